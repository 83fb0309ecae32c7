// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.api.ActorType;
import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.ApprovalStatus;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.EndedFor;
import dev.credence.api.MachineIdentityStatus.EndedToken;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Passage;
import dev.credence.api.MachineIdentityStatus.ReviewStatus;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.api.MachineIdentityStatus.UsageSource;
import dev.credence.api.MachineIdentityStatus.UsageStatus;
import dev.credence.api.SuspensionList;
import dev.credence.controller.status.StatusMapper;
import dev.credence.decide.Decide;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.identity.RecordedStatus.Approval;
import dev.credence.facts.identity.RecordedStatus.RecordedApproval;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Catalog;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import dev.credence.observe.Snapshots;
import dev.credence.observe.certmanager.Issuers;
import dev.credence.observe.port.ClusterReader;
import dev.credence.observe.rbac.RbacCache;
import dev.credence.observe.read.Anchors;
import dev.credence.observe.read.HookTemplates;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.read.PolicyReader;
import dev.credence.observe.read.TerminationMessages;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.observe.usage.ConsumerIndex;
import dev.credence.observe.usage.UsageIndex;
import dev.credence.observe.wake.MemberReferences;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.world.FieldOwners.Field;
import dev.credence.world.Server.Id;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster in memory and the operator in it: what the caches hold (which may be old), what the
/// API server does with an action, and a clock.
public final class World implements ClusterReader {
  private static final Set<String> WORKLOADS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob");
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
  /// The list of suspended accounts.
  static final Id LIST = new Id("SuspensionList", "credence-system", "suspended-1");

  /// What an operator of before kept, which is taken over.
  static final Id OLD_LIST = new Id("ConfigMap", "credence-system", SuspendedAccounts.OLD);

  private static final Duration RACED_AGAIN = Duration.ofSeconds(1);
  private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);

  private final Server server;
  private final Hands hands;
  private final Map<String, Integer> lag = new HashMap<>();
  private final Map<ObjectRef, String> refused = new TreeMap<>();
  private final Map<Id, List<FailedWrite>> failedWrites = new HashMap<>();
  private final Map<Id, IdentityStatus> statuses = new TreeMap<>();
  private boolean certManager = true;
  private Optional<ServerVersion> version = Optional.of(new ServerVersion(1, 34));
  private Exclusions exclusions = Exclusions.NONE;
  private boolean mayReadRoles = true;
  private Set<Admission> admissions = Set.of(Admission.values());
  private Set<Admission> unconfirmed = Set.of();
  private Optional<String> asked = Optional.empty();
  private int mostSuspended = SuspensionFacts.MOST_SUSPENDED;
  private String installation = "a1b2c3d4";
  private Instant installedAt = Instant.EPOCH;
  private Set<String> neverSuspended = Set.of();
  private Optional<String> kubeconfigServer = Optional.empty();
  private Map<String, List<Instant>> recent = Map.of();
  private Set<String> unlisted = Set.of();
  private Optional<Evidence> audited = Optional.empty();
  private Tracking tracking = new Tracking.Since(LocalDate.parse("2023-08-15"));
  private Instant now;

  public World(Instant now) {
    this(now, new Server());
  }

  private World(Instant now, Server server) {
    this(now, server, new Hands(server));
  }

  private World(Instant now, Server server, Hands hands) {
    this.now = now;
    this.server = server;
    this.hands = hands;
  }

  /// The same world, to try something in.
  public World copy() {
    var of = server.copy();
    var copy = new World(now, of, hands.copy(of));
    copy.lag.putAll(lag);
    copy.refused.putAll(refused);
    copy.failedWrites.putAll(failedWrites);
    copy.statuses.putAll(statuses);
    copy.certManager = certManager;
    copy.mayReadRoles = mayReadRoles;
    copy.version = version;
    copy.exclusions = exclusions;
    copy.admissions = admissions;
    copy.unconfirmed = unconfirmed;
    copy.asked = asked;
    copy.mostSuspended = mostSuspended;
    copy.installation = installation;
    copy.installedAt = installedAt;
    copy.neverSuspended = neverSuspended;
    copy.kubeconfigServer = kubeconfigServer;
    copy.recent = recent;
    copy.unlisted = unlisted;
    copy.tracking = tracking;
    copy.audited = audited;
    return copy;
  }

  // The clock.

  public Instant now() {
    return now;
  }

  public void moveTo(Instant time) {
    if (time.isBefore(now)) {
      throw new IllegalArgumentException("time does not run back from " + now + " to " + time);
    }
    now = time;
  }

  /// What the operator's clock says from now on, which may be wrong.
  public void clock(Instant time) {
    now = time;
  }

  // What people and other controllers do.

  /// An object as a test begins with it, with the field owners that it names.
  public void put(HasMetadata object) {
    server.put(object, now);
    if (object instanceof Secret) {
      hands.find(truth(object.getKind(), namespaceOf(object), name(object)).orElseThrow());
    }
  }

  /// Creates or replaces an object.
  public void write(String manager, HasMetadata object) {
    var isNew = server.find(Id.of(object)).isEmpty();
    server.write(manager, object, now);
    if (isNew && object instanceof Secret) {
      hands.find(truth(object.getKind(), namespaceOf(object), name(object)).orElseThrow());
    }
  }

  /// The pod of this Job writes the keys that another system issued, if it is admitted and they are
  /// not there: what the admission policy issued.credence.dev lets it do.
  public void obtain(HasMetadata job) {
    server
        .find(
            new Id(
                "Secret",
                namespaceOf(job),
                ObjectRef.pendingOf(Server.annotations(job).get(Api.HOOK_FOR)).name()))
        .filter(secret -> name(job).equals(Server.annotations(secret).get(Api.ISSUER_JOB)))
        .filter(
            secret ->
                MemberReader.of(secret, false, (name, uid) -> true) instanceof StoredSecret pending
                    && pending.issuedKeys().filter(keys -> keys.written().isEmpty()).isPresent())
        .ifPresent(
            secret ->
                server.write(
                    "hook",
                    with(
                        secret,
                        new ObjectMetaBuilder(secret.getMetadata())
                            .addToManagedFields(
                                written(Server.annotations(secret).get(Api.ISSUED_KEYS).split(",")))
                            .build()),
                    now));
  }

  private static ManagedFieldsEntry written(String... keys) {
    var data = new TreeMap<String, Object>();
    Stream.of(keys).forEach(key -> data.put("f:" + key, Map.of()));
    var fields = new FieldsV1();
    fields.setAdditionalProperty("f:data", data);
    return new ManagedFieldsEntryBuilder()
        .withManager("hook")
        .withOperation("Update")
        .withFieldsV1(fields)
        .build();
  }

  /// The same object with other metadata.
  public static HasMetadata with(HasMetadata object, ObjectMeta metadata) {
    return Server.with(object, metadata);
  }

  public void delete(String kind, String namespace, String name) {
    server.delete(new Id(kind, namespace, name));
  }

  /// What the API server does with those who update an object once there are more than ten: it
  /// keeps that there were some, and not who.
  public void mergeFieldOwners(HasMetadata object) {
    server.put(
        Server.with(object, FieldOwners.of(object.getMetadata()).merged(object.getMetadata())),
        now);
  }

  /// `kubectl delete --cascade=orphan`
  public void orphan(String kind, String namespace, String name) {
    server.orphan(new Id(kind, namespace, name), now);
  }

  /// The API server says no to every write of this object from now on.
  public void refuse(ObjectRef subject, String message) {
    refused.put(subject, message);
  }

  public void allow(ObjectRef subject) {
    refused.remove(subject);
  }

  public void certManager(boolean installed) {
    certManager = installed;
  }

  /// Whether the operator may watch roles and bindings.
  public void mayReadRoles(boolean may) {
    mayReadRoles = may;
  }

  /// The version of the API server; empty where it does not say.
  public void server(Optional<ServerVersion> known) {
    version = known;
  }

  /// Bindings that are not judged.
  public void riskExclude(Set<String> entries) {
    exclusions = new Exclusions(entries);
  }

  /// These admission policies are in force, and no others.
  public void admissions(Set<Admission> inForce) {
    admissions = Set.copyOf(inForce);
  }

  /// The admission policies were installed then, with this mark.
  public void installed(String mark, Instant since) {
    installation = mark;
    installedAt = since;
  }

  /// ServiceAccounts of every namespace, by name.
  public void mostSuspended(int accounts) {
    mostSuspended = accounts;
  }

  /// Policies that are there, and that the API server does not go by.
  public void unconfirmed(Set<Admission> policies) {
    unconfirmed = Set.copyOf(policies);
  }

  /// The API server that was asked whether it goes by the policies.
  public void asked(String address) {
    asked = Optional.of(address);
  }

  /// A digest of what generated kubeconfigs say of the API server.
  public void kubeconfigServer(String digest) {
    kubeconfigServer = Optional.of(digest);
  }

  @Override
  public Optional<String> kubeconfigServer() {
    return kubeconfigServer;
  }

  public void neverSuspended(Set<String> accounts) {
    neverSuspended = Set.copyOf(accounts);
  }

  /// When policies suspended other identities by themselves.
  public void recent(Map<String, List<Instant>> times) {
    recent = Map.copyOf(times);
  }

  /// Kinds that the operator may not list, by their plural.
  public void unlisted(Set<String> kinds) {
    unlisted = Set.copyOf(kinds);
  }

  /// What audit events show, of all namespaces.
  public void audited(Evidence evidence) {
    audited = Optional.of(Audited.stored(evidence, now));
  }

  @Override
  public AuditedUse auditedUse(String namespace, Set<String> accounts) {
    return audited
        .map(evidence -> AuditedUse.of(evidence, namespace, accounts))
        .orElse(AuditedUse.NONE);
  }

  /// Whether the API server notes the use of tokens.
  public void tracking(Tracking known) {
    tracking = known;
  }

  /// The cache of this kind shows what was there so many writes ago.
  public void lag(String kind, int writes) {
    lag.put(kind, writes);
  }

  public void catchUp() {
    lag.clear();
  }

  /// A new process of the operator knows of no setback.
  public void restart() {
    failedWrites.clear();
    statuses.clear();
  }

  // The truth.

  public Optional<HasMetadata> truth(String kind, String namespace, String name) {
    return server.find(new Id(kind, namespace, name));
  }

  public Collection<HasMetadata> truth() {
    return server.objects().values();
  }

  /// Labels and annotations of the object that somebody else than us has written, or has too.
  public static Map<String, String> foreign(HasMetadata object) {
    var owners = FieldOwners.of(object.getMetadata());
    var foreign = new TreeMap<String, String>();
    Server.labels(object)
        .forEach(
            (key, value) -> {
              if (owners.isForeign(Api.MANAGER, new Field(true, key))) {
                foreign.put("label " + key, value);
              }
            });
    Server.annotations(object)
        .forEach(
            (key, value) -> {
              if (owners.isForeign(Api.MANAGER, new Field(false, key))) {
                foreign.put("annotation " + key, value);
              }
            });
    return foreign;
  }

  /// Of a Secret, as numbers; `previous` is what is readable as `<key>.previous`.
  public record Value(long current, Optional<Long> previous) {}

  public Optional<Value> value(HasMetadata secret) {
    return hands.value(secret);
  }

  /// Writes that changed anything, those of people and of a status included.
  public int writes() {
    return server.writes();
  }

  public Stream<MachineIdentity> identities() {
    return server.objects().values().stream()
        .filter(MachineIdentity.class::isInstance)
        .map(MachineIdentity.class::cast);
  }

  // The operator.

  /// What the operator saw, what it wanted to do, and what became of it. `status` is what it
  /// then said about the identity.
  public record Look(
      Snapshot seen,
      Decision decision,
      List<FailedWrite> failedWrites,
      Optional<IdentityStatus> status) {
    public boolean isQuiet() {
      return decision.actions().isEmpty();
    }
  }

  /// Empty where the cache does not show such an identity.
  private Optional<List<Policy>> assumed = Optional.empty();

  public Optional<Snapshot> see(String namespace, String identity) {
    var id = new Id("MachineIdentity", namespace, identity);
    return Optional.ofNullable(view("MachineIdentity").get(id))
        .map(MachineIdentity.class::cast)
        .map(
            found ->
                new Snapshots(this)
                    .of(found, now, List.copyOf(failedWrites.getOrDefault(id, List.of())), recent));
  }

  public Optional<Look> observe(String namespace, String identity) {
    return observe(namespace, identity, Integer.MAX_VALUE);
  }

  /// Dies after so many actions, before it says anything.
  public Optional<Look> observe(String namespace, String identity, int diesAfter) {
    return see(namespace, identity).map(snapshot -> act(snapshot, diesAfter));
  }

  private Look act(Snapshot seen, int diesAfter) {
    var decision = Decide.next(seen);
    var id = new Id("MachineIdentity", seen.identity().namespace(), seen.identity().name());
    var resource = (MachineIdentity) view("MachineIdentity").get(id);
    var failed =
        new ArrayList<>(
            seen.failedWrites().stream().filter(s -> s.retryAt().isAfter(now)).toList());
    for (var action : decision.actions().stream().limit(diesAfter).toList()) {
      perform(action, resource).ifPresent(failed::add);
    }
    if (diesAfter < Integer.MAX_VALUE) {
      restart();
      return new Look(seen, decision, List.of(), Optional.empty());
    }
    failedWrites.put(id, failed);
    var status = failed.isEmpty() ? decision.status() : Decide.next(seen.with(failed)).status();
    status.ifPresent(says -> writeStatus(id, seen.identity().uid(), says));
    return new Look(seen, decision, failed, status);
  }

  private Optional<FailedWrite> perform(Action action, MachineIdentity resource) {
    var subject = action.subject();
    if (refused.containsKey(subject)) {
      var retryAt = now.plus(REFUSED_AGAIN);
      return Optional.of(new FailedWrite(subject, Cause.Refused, refused.get(subject), retryAt));
    }
    return hands
        .perform(action, resource, now)
        .map(
            cause ->
                new FailedWrite(
                    subject,
                    cause,
                    subject + " was changed by another writer",
                    now.plus(RACED_AGAIN)));
  }

  /// The part of the status that the operator itself reads again.
  private void writeStatus(Id id, String uid, IdentityStatus status) {
    if (status.equals(statuses.put(id, status))) {
      return;
    }
    var found = server.find(id).filter(object -> object.getMetadata().getUid().equals(uid));
    if (found.isEmpty()) {
      return;
    }
    var resource = (MachineIdentity) Server.with(found.get(), found.get().getMetadata());
    resource.setStatus(status(status, (MachineIdentity) found.get()));
    server.put(resource, now);
  }

  private MachineIdentityStatus status(IdentityStatus status, MachineIdentity before) {
    var credentials =
        status.credentials().stream()
            .map(
                credential ->
                    new CredentialStatus(
                        credential.name(),
                        CredentialType.valueOf(credential.kind().name()),
                        CredentialState.valueOf(credential.phase().name()),
                        credential.version().orElse(null),
                        null,
                        null,
                        null,
                        null,
                        null,
                        credential
                            .consumers()
                            .map(
                                users ->
                                    new MachineIdentityStatus.Consumers(
                                        users.total(),
                                        users.current(),
                                        users.leftBehind() > 0 ? users.leftBehind() : null))
                            .orElse(null),
                        handled(credential.handled()),
                        credential.failedAttempts().orElse(null),
                        credential.renewing().orElse(null),
                        null,
                        StatusMapper.probe(credential),
                        null,
                        null,
                        null))
            .toList();
    return new MachineIdentityStatus(
        null,
        LifeState.valueOf(status.state().name()),
        status.type().map(typed -> ActorType.valueOf(typed.type())).orElse(null),
        status.type().map(IdentityStatus.Typed::reason).orElse(null),
        null,
        null,
        null,
        null,
        null,
        credentials,
        status.use().map(World::usage).orElse(null),
        null,
        StatusMapper.behavior(status),
        status.review().map(World::review).orElse(null),
        status
            .suspension()
            .map(suspended -> suspended(suspended.since(), suspended.reason().name()))
            .orElse(null),
        status.ended().stream().map(World::ended).toList(),
        approval(status.approval()),
        history(status, before.getStatus()),
        null,
        inUse(status));
  }

  private static List<Condition> inUse(IdentityStatus status) {
    return status.results().stream()
        .filter(result -> result.type() == ConditionResult.ConditionType.InUse)
        .map(
            result ->
                new Condition(
                    "InUse",
                    Condition.Truth.valueOf(result.status().name()),
                    null,
                    null,
                    result.reason().name(),
                    ""))
        .toList();
  }

  private static UsageStatus usage(IdentityStatus.Use use) {
    return new UsageStatus(
        use.lastDay().map(LocalDate::toString).orElse(null),
        use.source() == IdentityStatus.Use.Source.None
            ? null
            : UsageSource.valueOf(use.source().name()),
        use.referencedUntil().map(LocalDate::toString).orElse(null));
  }

  private static ReviewStatus review(IdentityStatus.Review review) {
    return new ReviewStatus(
        review.due().orElse(null),
        review.record().last().map(RecordedReview::at).orElse(null),
        review.record().last().map(RecordedReview::by).orElse(null),
        review.record().disregarded().orElse(null),
        review.record().checkedBy().orElse(null));
  }

  /// Only how it was out of service last, and when it came back.
  private List<Passage> history(IdentityStatus status, @Nullable MachineIdentityStatus before) {
    var known = before == null || before.history() == null ? List.<Passage>of() : before.history();
    return before != null && before.state() == LifeState.Suspended && status.suspension().isEmpty()
        ? List.of(
            new Passage(
                now,
                LifeState.Active,
                LifeState.Suspended,
                before.suspension() == null ? "" : before.suspension().reason()),
            new Passage(
                now.truncatedTo(ChronoUnit.SECONDS),
                LifeState.Suspended,
                LifeState.Active,
                "Resumed"))
        : known;
  }

  private static SuspensionStatus suspended(Instant since, String reason) {
    return new SuspensionStatus(since, reason, null, null);
  }

  private static EndedToken ended(RecordedStatus.EndedToken token) {
    return new EndedToken(
        token.secret(),
        token.account(),
        token.accountUid(),
        token.unused() ? EndedFor.Unused : EndedFor.Suspended);
  }

  private static ApprovalStatus approval(Approval approval) {
    return new ApprovalStatus(
        approval.approved().map(RecordedApproval::scope).orElse(null),
        approval.approved().map(RecordedApproval::by).orElse(null),
        approval.approved().map(RecordedApproval::at).orElse(null),
        approval.approved().map(RecordedApproval::hooks).orElse(List.of()),
        approval.disregarded().orElse(null));
  }

  private static MachineIdentityStatus.Handled handled(Handled handled) {
    return new MachineIdentityStatus.Handled(
        handled.rotate().orElse(null),
        handled.rollback().orElse(null),
        handled.abort().orElse(null),
        handled.revoke().orElse(null),
        handled.rotations().now().orElse(null),
        handled.rotations().spec().orElse(null));
  }

  /// What was last said about the identity.
  public Optional<IdentityStatus> status(String namespace, String identity) {
    return Optional.ofNullable(statuses.get(new Id("MachineIdentity", namespace, identity)));
  }

  // What the caches hold.

  private Map<Id, HasMetadata> view(String kind) {
    return server.objects(lag.getOrDefault(kind, 0));
  }

  private <T> Stream<T> all(String kind, Class<T> type) {
    return view(kind).values().stream().filter(type::isInstance).map(type::cast);
  }

  private Stream<MachineIdentity> identities(String namespace) {
    return all("MachineIdentity", MachineIdentity.class)
        .filter(identity -> namespaceOf(identity).equals(namespace));
  }

  @Override
  public List<Policy> policies() {
    return assumed.orElseGet(
        () -> all("CredentialPolicy", CredentialPolicy.class).map(PolicyReader::of).toList());
  }

  /// What is seen as if the cluster had these policies.
  public Optional<Snapshot> see(String namespace, String identity, List<Policy> policies) {
    assumed = Optional.of(policies);
    try {
      return see(namespace, identity);
    } finally {
      assumed = Optional.empty();
    }
  }

  @Override
  public Collection<Job> jobs(String namespace, String identity) {
    return ofIdentity(Kind.Job, namespace, identity).stream()
        // The watch has this label as its selector.
        .filter(job -> Server.labels(job).containsKey(Api.IDENTITY))
        .map(Job.class::cast)
        .toList();
  }

  @Override
  public Consumers consumers(String namespace) {
    var objects =
        server.objects().values().stream().filter(o -> namespaceOf(o).equals(namespace)).toList();
    var found = new ConsumerIndex();
    objects.stream().filter(object -> WORKLOADS.contains(object.getKind())).forEach(found::add);
    objects.stream()
        .flatMap(object -> object instanceof Pod pod ? Stream.of(pod) : Stream.of())
        .filter(pod -> !ENDED.contains(phase(pod)))
        .forEach(found::add);
    return found.consumers();
  }

  private static String phase(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getPhase() == null
        ? "Running"
        : pod.getStatus().getPhase();
  }

  @Override
  public UsageListing uses(String namespace, Instant time, boolean news) {
    var objects =
        server.objects().values().stream().filter(o -> namespaceOf(o).equals(namespace)).toList();
    return UsageIndex.of(
        objects,
        objects.stream()
            .flatMap(object -> object instanceof Pod pod ? Stream.of(pod) : Stream.of())
            .toList(),
        time.atZone(ZoneOffset.UTC).toLocalDate(),
        unlisted.stream().map(kind -> kind + " cannot be listed: forbidden").toList());
  }

  @Override
  public Tracking tracking(Instant time) {
    return truth("ConfigMap", "kube-system", "kube-apiserver-legacy-service-account-token-tracking")
        .map(ConfigMap.class::cast)
        .<Tracking>map(found -> new Tracking.Since(LocalDate.parse(found.getData().get("since"))))
        .orElse(tracking);
  }

  @Override
  public Optional<ObjectMeta> namespace(String name) {
    return Optional.ofNullable(view("Namespace").get(new Id("Namespace", "", name)))
        .map(HasMetadata::getMetadata);
  }

  @Override
  public Optional<HasMetadata> find(String namespace, ObjectRef subject) {
    var kind = subject.kind().name();
    return Optional.ofNullable(view(kind).get(new Id(kind, namespace, subject.name())));
  }

  @Override
  public Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity) {
    return inNamespace(kind, namespace).stream()
        .filter(
            object ->
                identity.equals(Server.labels(object).get(Api.IDENTITY))
                    || isControlledBy(object, identity))
        .toList();
  }

  private static boolean isControlledBy(HasMetadata object, String identity) {
    return object.getMetadata().getOwnerReferences() != null
        && object.getMetadata().getOwnerReferences().stream()
            .anyMatch(
                owner ->
                    Boolean.TRUE.equals(owner.getController())
                        && owner.getKind().equals("MachineIdentity")
                        && owner.getName().equals(identity));
  }

  @Override
  public Collection<HasMetadata> inNamespace(Kind kind, String namespace) {
    return all(kind.name(), HasMetadata.class)
        .filter(object -> object.getKind().equals(kind.name()))
        .filter(object -> namespaceOf(object).equals(namespace))
        .toList();
  }

  @Override
  public Collection<MachineIdentity> naming(String namespace, ObjectRef subject) {
    return identities(namespace)
        .filter(identity -> MemberReferences.names(identity).anyMatch(subject::equals))
        .toList();
  }

  @Override
  public Collection<MachineIdentity> dependingOn(String namespace, ObjectRef secret) {
    return identities(namespace)
        .filter(identity -> MemberReferences.dependsOn(identity).anyMatch(secret::equals))
        .toList();
  }

  @Override
  public Collection<MachineIdentity> selecting(String namespace) {
    return identities(namespace).filter(MemberReferences::selects).toList();
  }

  @Override
  public boolean exists(String namespace, String name, String uid) {
    return identities(namespace)
        .map(HasMetadata::getMetadata)
        .anyMatch(meta -> meta.getName().equals(name) && meta.getUid().equals(uid));
  }

  @Override
  public Collection<HasMetadata> tokensOf(String namespace, String account) {
    return annotated(namespace, "kubernetes.io/service-account.name", account);
  }

  @Override
  public Collection<HasMetadata> endedFor(String namespace, String uid) {
    return inNamespace(Kind.Secret, namespace).stream()
        .filter(
            secret ->
                Optional.ofNullable(Server.annotations(secret).get(Api.SUSPENDED))
                    .filter(text -> TokenInvalidation.of(text).uid().equals(uid))
                    .isPresent())
        .toList();
  }

  @Override
  public Collection<HasMetadata> anchorsOf(String namespace, String accountUid) {
    return Anchors.of(
        annotated(namespace, Api.ACCOUNT_UID, accountUid),
        secret -> annotated(namespace, Api.ANCHOR_FOR, secret));
  }

  private Collection<HasMetadata> annotated(String namespace, String annotation, String value) {
    return inNamespace(Kind.Secret, namespace).stream()
        .filter(secret -> value.equals(Server.annotations(secret).get(annotation)))
        .toList();
  }

  @Override
  public Map<String, Listed> listed(String namespace) {
    var known = new TreeMap<String, Listed>();
    if (view("ConfigMap").get(OLD_LIST) instanceof ConfigMap old) {
      SuspendedAccounts.entries(old).stream()
          .filter(entry -> entry.namespace().equals(namespace))
          .forEach(entry -> known.put(entry.account(), entry.listed()));
    }
    if (view("SuspensionList").get(LIST) instanceof SuspensionList list) {
      known.putAll(SuspendedAccounts.in(List.of(list), namespace));
    }
    return known;
  }

  @Override
  public Set<Admission> unconfirmed() {
    return unconfirmed;
  }

  @Override
  public Optional<String> asked() {
    return asked;
  }

  @Override
  public int mostSuspended() {
    return mostSuspended;
  }

  @Override
  public Set<Admission> admissions() {
    return admissions;
  }

  @Override
  public Map<Admission, Installation> installed() {
    return admissions.stream()
        .collect(Collectors.toMap(one -> one, _ -> new Installation(installation, installedAt)));
  }

  @Override
  public HookTemplate hook(String namespace, String cronJob) {
    return server
        .find(new Id("CronJob", namespace, cronJob))
        .<HookTemplate>map(found -> HookTemplates.of((CronJob) found))
        .orElseGet(HookTemplate.Absent::new);
  }

  @Override
  public Optional<String> terminationMessage(String namespace, HookJob job, Set<String> open) {
    var objects =
        server.objects().values().stream().filter(o -> namespaceOf(o).equals(namespace)).toList();
    return TerminationMessages.among(
        objects.stream().flatMap(o -> o instanceof Pod pod ? Stream.of(pod) : Stream.of()).toList(),
        job,
        objects.stream()
            .flatMap(o -> o instanceof Secret secret ? Stream.of(secret) : Stream.of())
            .filter(
                secret ->
                    List.of(job.secret(), ObjectRef.pendingOf(job.secret()).name())
                        .contains(secret.getMetadata().getName()))
            .toList(),
        open);
  }

  @Override
  public boolean isNeverSuspended(String namespace, String account) {
    return neverSuspended.contains(account);
  }

  @Override
  public Bindings bindings(String namespace, Set<String> accounts) {
    return new Bindings(RbacCache.naming(rights(), namespace, accounts), Optional.empty());
  }

  @Override
  public Grants grants(String namespace, Set<String> accounts) {
    return mayReadRoles
        ? RbacCache.grants(
            rights(),
            namespace,
            accounts,
            Set.of("kube-system", "credence-system"),
            true,
            version,
            exclusions)
        : new Grants.Unknown(
            List.of("the operator has no permission to list and watch clusterrolebindings"));
  }

  private Catalog rights() {
    var objects =
        new TreeSet<HasMetadata>(Comparator.comparing(object -> Id.of(object).toString()));
    Stream.of("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
        .flatMap(kind -> view(kind).values().stream().filter(o -> o.getKind().equals(kind)))
        .forEach(objects::add);
    return Rbac.of(objects);
  }

  @Override
  public boolean certManager() {
    return certManager;
  }

  @Override
  public Optional<Issuer> issuer(String namespace, Issuer.Ref ref) {
    if (!certManager || !ref.group().equals(Issuer.GROUP)) {
      return Optional.empty();
    }
    var isOfCluster = ref.kind().equals("ClusterIssuer");
    var found = view(ref.kind()).get(new Id(ref.kind(), isOfCluster ? "" : namespace, ref.name()));
    return Optional.of(
        found == null
            ? new Issuer.Absent()
            : Issuers.of(
                found, secret -> certificates(isOfCluster ? "cert-manager" : namespace, secret)));
  }

  @Override
  public List<String> writers(String namespace, String secret) {
    return certificates(namespace, secret).stream().map(World::name).toList();
  }

  private List<Certificate> certificates(String namespace, String secret) {
    return all("Certificate", Certificate.class)
        .filter(found -> namespaceOf(found).equals(namespace))
        .filter(found -> found.getSpec() != null)
        .filter(found -> secret.equals(found.getSpec().getSecretName()))
        .toList();
  }

  private static String namespaceOf(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getNamespace()).orElse("");
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }
}
