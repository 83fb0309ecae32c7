// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.CertManager;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.identity.Claim;
import dev.credence.facts.identity.Claim.Strength;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Selector;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence;
import dev.credence.observe.discovery.InventoryReader;
import dev.credence.observe.port.ClusterReader;
import dev.credence.observe.read.HookJobReader;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.suspension.SuspensionReader;
import dev.credence.observe.usage.UsageReader;
import dev.credence.observe.wake.MemberReferences;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One identity and what surrounds it, out of the caches.
public final class Snapshots {
  private final ClusterReader cluster;

  public Snapshots(ClusterReader cluster) {
    this.cluster = cluster;
  }

  /// `recent`: when policies suspended identities by themselves, by the policy's name.
  public Snapshot of(
      MachineIdentity resource,
      Instant now,
      List<FailedWrite> failedWrites,
      Map<String, List<Instant>> recent) {
    var identity = FaultBarrier.named(resource, () -> IdentityReader.identity(resource));
    var members = members(identity, identity.selector());
    var accounts = new SuspensionReader(cluster).accounts(identity, members);
    return of(
        identity,
        members,
        now,
        failedWrites,
        recent,
        consumers(identity, members),
        evidence(resource, identity, members, now),
        cluster.grants(identity.namespace(), accounts),
        cluster.auditedUse(identity.namespace(), accounts),
        (job, open) -> cluster.terminationMessage(identity.namespace(), job, open));
  }

  /// The termination message of a hook that failed.
  private interface Messages {
    Optional<String> of(HookJob job, Set<String> open);
  }

  /// The same without facts that take long to read: the consumers of members, the rights of
  /// accounts and what they did, and the messages of hooks. It is enough to carry out a suspension
  /// that was requested.
  public Snapshot urgent(
      MachineIdentity resource,
      Instant now,
      List<FailedWrite> failedWrites,
      Map<String, List<Instant>> recent) {
    var identity = FaultBarrier.named(resource, () -> IdentityReader.identity(resource));
    return of(
        identity,
        members(identity, identity.selector()),
        now,
        failedWrites,
        recent,
        Optional.empty(),
        UsageEvidence.NONE,
        Grants.UNKNOWN,
        AuditedUse.NONE,
        (_, _) -> Optional.empty());
  }

  private Snapshot of(
      Identity identity,
      List<Member> members,
      Instant now,
      List<FailedWrite> failedWrites,
      Map<String, List<Instant>> recent,
      Optional<Consumers> consumers,
      UsageEvidence evidence,
      Grants grants,
      AuditedUse auditedUse,
      Messages messages) {
    return new Snapshot(
        now,
        identity,
        namespaceFacts(identity.namespace()),
        cluster.policies(),
        members,
        rivals(identity, members),
        certManager(identity, members),
        jobs(identity, messages),
        consumers,
        evidence,
        grants,
        new SuspensionReader(cluster).of(identity, members, recent, now),
        failedWrites,
        cluster.kubeconfigServer(),
        auditedUse);
  }

  private UsageEvidence evidence(
      MachineIdentity resource, Identity identity, List<Member> members, Instant now) {
    var answered =
        Optional.ofNullable(resource.getStatus()).map(MachineIdentityStatus::observedGeneration);
    return new UsageReader(cluster)
        .of(
            identity,
            members,
            now,
            answered.filter(seen -> seen == identity.generation()).isEmpty());
  }

  private List<HookJob> jobs(Identity identity, Messages messages) {
    return cluster.jobs(identity.namespace(), identity.name()).stream()
        .flatMap(job -> HookJobReader.of(job, identity.uid()).stream())
        .map(
            job ->
                job.outcome() instanceof Outcome.Failed
                    ? messages.of(job, open(identity, job)).map(job::withMessage).orElse(job)
                    : job)
        .sorted(Comparator.comparing(HookJob::subject))
        .toList();
  }

  private static Set<String> open(Identity identity, HookJob job) {
    return identity.secrets().stream()
        .filter(secret -> secret.name().equals(job.secret()))
        .flatMap(secret -> secret.material().stream())
        .flatMap(
            material ->
                material instanceof GeneratedContent content
                    ? content.openKeys().stream()
                    : Stream.of())
        .collect(Collectors.toSet());
  }

  /// Listed only while a previous value still exists, or while consumers may use one that does not:
  /// otherwise no consumer has to move.
  private Optional<Consumers> consumers(Identity identity, List<Member> members) {
    var created =
        identity.secrets().stream()
            .filter(secret -> secret.material().isPresent())
            .map(SecretWanted::name)
            .collect(Collectors.toSet());
    return members.stream()
            .anyMatch(
                member ->
                    member instanceof StoredSecret secret
                        && created.contains(secret.subject().name())
                        && secret.issue().filter(Issue::isMoving).isPresent())
        ? Optional.of(cluster.consumers(identity.namespace()))
        : Optional.empty();
  }

  private CertManager certManager(Identity identity, List<Member> members) {
    if (!cluster.certManager()) {
      return CertManager.ABSENT;
    }
    var issuers = new HashMap<Issuer.Ref, Issuer>();
    Stream.concat(
            issued(identity),
            members.stream()
                .flatMap(
                    member ->
                        member instanceof Member.Certificate certificate
                            ? certificate.asked().stream()
                            : Stream.of()))
        .map(Issuance::issuer)
        .distinct()
        .forEach(
            ref ->
                cluster
                    .issuer(identity.namespace(), ref)
                    .ifPresent(issuer -> issuers.put(ref, issuer)));
    return new CertManager(
        true,
        issuers,
        issued(identity)
            .map(Issuance::secretName)
            .distinct()
            .collect(Collectors.toMap(Function.identity(), name -> output(identity, name))));
  }

  private CertManager.Output output(Identity identity, String name) {
    var namespace = identity.namespace();
    var secret = ObjectRef.secret(name);
    var found = cluster.find(namespace, secret).map(HasMetadata::getMetadata);
    var ours = new Claim(Strength.Makes, identity.createdAt(), identity.name());
    return new CertManager.Output(
        found.isPresent(),
        found
            .map(meta -> Metadata.annotations(meta).get(ForeignManagers.CERT_MANAGER))
            .flatMap(UntrustedText::line),
        cluster.writers(namespace, name),
        Stream.concat(
                cluster.naming(namespace, secret).stream()
                    .filter(
                        other ->
                            isRival(identity, other)
                                && FaultBarrier.or(
                                    false, other, () -> MemberReferences.makes(other, secret)))
                    .map(other -> other.getMetadata().getName()),
                cluster.dependingOn(namespace, secret).stream()
                    .filter(other -> isRival(identity, other))
                    .map(other -> claim(other, Strength.Makes))
                    .filter(claim -> claim.compareTo(ours) < 0)
                    .map(Claim::identity))
            .sorted()
            .findFirst());
  }

  private static Stream<Issuance> issued(Identity identity) {
    return identity.certificates().stream().flatMap(certificate -> certificate.issue().stream());
  }

  private NamespaceFacts namespaceFacts(String namespace) {
    return InventoryReader.namespaceFacts(cluster.namespace(namespace).orElseGet(ObjectMeta::new));
  }

  private List<Member> members(Identity identity, Optional<Selector> selector) {
    var found = new TreeMap<ObjectRef, HasMetadata>();
    named(identity)
        .forEach(
            subject ->
                cluster
                    .find(identity.namespace(), subject)
                    .ifPresent(object -> found.put(subject, object)));
    for (var kind : Kind.OF_MEMBERS) {
      Stream.concat(
              cluster.ofIdentity(kind, identity.namespace(), identity.name()).stream(),
              selector.stream().flatMap(chosen -> selected(chosen, kind, identity)))
          .forEach(
              object -> found.put(new ObjectRef(kind, object.getMetadata().getName()), object));
    }
    return found.values().stream()
        .map(
            object ->
                FaultBarrier.named(
                    object,
                    () ->
                        MemberReader.of(
                            object,
                            selector.filter(chosen -> matches(chosen, object)).isPresent(),
                            (name, uid) -> cluster.exists(identity.namespace(), name, uid))))
        .toList();
  }

  private Stream<HasMetadata> selected(Selector selector, Kind kind, Identity identity) {
    return cluster.inNamespace(kind, identity.namespace()).stream()
        .filter(object -> matches(selector, object));
  }

  private Stream<ObjectRef> named(Identity identity) {
    return Stream.of(
            identity.accounts().stream().map(account -> ObjectRef.account(account.name())),
            identity.secrets().stream().map(secret -> ObjectRef.secret(secret.name())),
            identity.secrets().stream()
                .filter(secret -> secret.hooks().stage())
                .map(secret -> ObjectRef.pendingOf(secret.name())),
            identity.secrets().stream()
                .filter(SecretWanted::isToken)
                .map(secret -> ObjectRef.anchorOf(secret.name(), nextVersion(identity, secret))),
            identity.certificates().stream()
                .map(certificate -> ObjectRef.certificate(certificate.name())))
        .flatMap(subjects -> subjects);
  }

  /// The version of the next token: its anchor's name may be taken.
  private long nextVersion(Identity identity, SecretWanted secret) {
    return 1
        + cluster
            .find(identity.namespace(), ObjectRef.secret(secret.name()))
            .map(found -> Metadata.annotations(found.getMetadata()))
            .flatMap(annotations -> UntrustedText.version(annotations.get(Api.SECRET_VERSION)))
            .or(() -> Optional.ofNullable(identity.knownVersions().get(secret.name())))
            .orElse(0L);
  }

  private static boolean matches(Selector selector, HasMetadata object) {
    return IdentityReader.selects(selector, object);
  }

  private Map<ObjectRef, List<Claim>> rivals(Identity identity, List<Member> members) {
    var subjects = new TreeSet<ObjectRef>();
    named(identity).forEach(subjects::add);
    members.forEach(member -> subjects.add(member.subject()));
    var selecting = cluster.selecting(identity.namespace());
    var rivals = new HashMap<ObjectRef, List<Claim>>();
    for (var subject : subjects) {
      var claims =
          Stream.concat(
                  cluster.naming(identity.namespace(), subject).stream()
                      .filter(other -> isRival(identity, other))
                      .filter(other -> FaultBarrier.or(false, other, () -> canHave(other, subject)))
                      .map(other -> claim(other, strength(other, subject))),
                  selecting.stream()
                      .filter(other -> isRival(identity, other))
                      .filter(
                          other ->
                              FaultBarrier.or(
                                  false,
                                  other,
                                  () -> selects(other, identity.namespace(), subject)))
                      .map(other -> claim(other, Strength.Selects)))
              .sorted()
              .toList();
      if (!claims.isEmpty()) {
        rivals.put(subject, claims);
      }
    }
    return rivals;
  }

  /// One that wants to make an object which is there already and is not its own will not get it.
  private boolean canHave(MachineIdentity other, ObjectRef subject) {
    return !MemberReferences.makes(other, subject)
        || cluster
            .find(other.getMetadata().getNamespace(), subject)
            .filter(object -> !MemberReader.isCreatedFor(other.getMetadata().getUid(), object))
            .isEmpty();
  }

  private static boolean isRival(Identity identity, MachineIdentity other) {
    return !other.getMetadata().getName().equals(identity.name())
        && other.getMetadata().getDeletionTimestamp() == null;
  }

  private static Claim claim(MachineIdentity other, Strength strength) {
    return new Claim(
        strength,
        UntrustedText.time(other.getMetadata().getCreationTimestamp()).orElse(Instant.EPOCH),
        other.getMetadata().getName());
  }

  private static Strength strength(MachineIdentity other, ObjectRef subject) {
    return MemberReferences.makes(other, subject) ? Strength.Makes : Strength.Names;
  }

  private boolean selects(MachineIdentity other, String namespace, ObjectRef subject) {
    return IdentityReader.selector(other)
        .filter(
            selector ->
                cluster
                    .find(namespace, subject)
                    .filter(object -> matches(selector, object))
                    .isPresent())
        .isPresent();
  }
}
