// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.decide.Decide;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import dev.credence.observe.cache.Kinds;
import dev.credence.observe.cache.TrimmedStore;
import dev.credence.observe.certmanager.Issuers;
import dev.credence.observe.discovery.SecretOrigins;
import dev.credence.observe.port.ClusterReader;
import dev.credence.observe.rbac.RbacReader;
import dev.credence.observe.read.HookJobReader;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.read.PolicyReader;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.observe.usage.UsageIndex;
import dev.credence.observe.usage.Workloads;
import dev.credence.observe.wake.Enqueuer;
import dev.credence.observe.wake.Identities;
import dev.credence.observe.wake.MemberReferences;
import dev.credence.plan.Action;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import dev.credence.world.Yaml;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.certmanager.api.model.v1.CertificateConditionBuilder;
import io.fabric8.certmanager.api.model.v1.IssuerBuilder;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Whatever stands in a spec, an annotation or a status: it is read without an exception, and a
/// decision comes of it. One object that cannot be read must not stop the operator.
class GarbageTest {
  private static final int SEEDS = Integer.getInteger("credence.seeds", 300) / 4;
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void the_keys_are_those_of_the_api() {
    assertThat(Garbage.KEYS)
        .contains("credence.dev/rotate", "credence.dev/expires-at", Api.ISSUED_AT);
  }

  @Test
  void every_member_is_read() {
    each(
        garbage -> {
          var secret = secret(garbage);
          MemberReader.of(secret, garbage.perhaps(), (_, _) -> garbage.perhaps());
          MemberReader.carriesOurMarks(secret);
          MemberReader.of(account(garbage), garbage.perhaps(), (_, _) -> garbage.perhaps());
          MemberReader.of(certificate(garbage), garbage.perhaps(), (_, _) -> garbage.perhaps());
          HookJobReader.of(job(garbage), "uid-of-payments-api");
        });
  }

  @Test
  void every_identity_is_read() {
    each(
        garbage -> {
          var identity = identity(garbage);
          IdentityReader.identity(identity);
          IdentityReader.selector(identity);
          MemberReferences.names(identity)
              .forEach(subject -> MemberReferences.makes(identity, subject));
        });
  }

  @Test
  void every_policy_is_read() {
    each(garbage -> PolicyReader.of(policy(garbage)));
  }

  @Test
  void a_policy_or_an_identity_without_a_spec_is_read() {
    var policy = new CredentialPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("empty").build());
    policy.setSpec(null);
    assertThat(PolicyReader.of(policy).problems()).isEmpty();
    var identity = new MachineIdentity();
    identity.setMetadata(meta("empty"));
    identity.setSpec(null);
    identity.setStatus(null);
    assertThat(IdentityReader.identity(identity).secrets()).isEmpty();
  }

  /// What an informer does with each object that it is told of: an exception there would end it.
  @Test
  void no_object_is_too_odd_for_a_watch() {
    each(
        garbage -> {
          var known = new KnownIdentities();
          var identities = new Identities();
          identities.index(known);
          var enqueuer = new Enqueuer(identities);
          var enqueued = new ArrayList<ResourceID>();
          enqueuer.by(enqueued::add);
          IntStream.range(0, 3).forEach(_ -> known.add(identity(garbage)));
          for (var object : watched(garbage)) {
            var before = garbage.perhaps() ? null : object;
            var after = before == null || garbage.perhaps() ? object : null;
            new TrimmedStore<HasMetadata>().put("key", object);
            Kinds.identityNames(object).forEach(name -> assertThat(name).isNotNull());
            RbacReader.subjectKeys(object);
            RbacReader.roleKeys(object);
            enqueuer.changed(garbage.of(List.of(Kind.values())), before, after);
            enqueuer.given(
                RbacReader.binding(object).stream().flatMap(found -> found.subjects().stream()),
                (_, _) -> Optional.of(object));
            Metadata.annotations(object.getMetadata()).values().forEach(TokenInvalidation::of);
            ForeignManagers.of(object.getMetadata());
            ForeignManagers.maker(object.getMetadata());
            SecretOrigins.of(object.getMetadata());
            FieldOwners.ourData(object.getMetadata());
            FieldOwners.weWrote(object.getMetadata());
            Workloads.of(object);
          }
          Issuers.of(issuer(garbage), _ -> List.of((Certificate) certificate(garbage)));
          Issuers.secret(issuer(garbage));
          assertThat(enqueued).doesNotContainNull();
        });
  }

  private static HasMetadata issuer(Garbage garbage) {
    var issuer = new IssuerBuilder().withMetadata(written(garbage, "ca"));
    return garbage.perhaps()
        ? issuer.build()
        : issuer
            .withNewSpec()
            .withNewCa()
            .withSecretName(garbage.perhaps() ? null : garbage.text())
            .endCa()
            .endSpec()
            .build();
  }

  private static List<HasMetadata> watched(Garbage garbage) {
    var pods =
        new PodSpecBuilder()
            .withServiceAccountName(garbage.perhaps() ? null : garbage.text())
            .addNewVolume()
            .withNewSecret()
            .withSecretName(garbage.perhaps() ? null : garbage.text())
            .endSecret()
            .endVolume()
            .build();
    var subject =
        new SubjectBuilder()
            .withKind(garbage.of(List.of("ServiceAccount", "User", "Group", "", "user")))
            .withName(
                garbage.of(
                    List.of(
                        "",
                        "system:serviceaccount::",
                        "system:serviceaccounts:",
                        "system:serviceaccount:payments:payments-api",
                        garbage.text())))
            .withNamespace(garbage.perhaps() ? null : garbage.text())
            .build();
    var role = garbage.perhaps() ? null : new RoleRef(garbage.text(), garbage.text(), null);
    var rule = new PolicyRule(Arrays.asList("", null), null, null, List.of("*/*", "/"), null);
    return List.of(
        secret(garbage),
        account(garbage),
        certificate(garbage),
        job(garbage),
        issuer(garbage),
        new NamespaceBuilder().withMetadata(written(garbage, "payments")).build(),
        new RoleBuilder().withMetadata(written(garbage, "role")).withRules(rule).build(),
        new ClusterRoleBuilder().withMetadata(written(garbage, "role")).withRules(rule).build(),
        new RoleBindingBuilder()
            .withMetadata(written(garbage, "binding"))
            .withRoleRef(role)
            .withSubjects(garbage.perhaps() ? null : List.of(subject))
            .build(),
        new ClusterRoleBindingBuilder()
            .withMetadata(written(garbage, "binding"))
            .withRoleRef(role)
            .withSubjects(subject)
            .build(),
        new CronJobBuilder()
            .withMetadata(written(garbage, "hook"))
            .withSpec(garbage.perhaps() ? null : new CronJobSpec())
            .build(),
        new DeploymentBuilder()
            .withMetadata(written(garbage, "api"))
            .withNewSpec()
            .withReplicas(garbage.perhaps() ? null : -1)
            .withTemplate(
                new PodTemplateSpec(garbage.perhaps() ? null : written(garbage, "x"), pods))
            .endSpec()
            .build());
  }

  @Test
  void a_decision_comes_of_all_of_it() {
    each(
        garbage -> {
          var identity = identity(garbage);
          var cluster = new Surroundings(garbage, identity);
          var snapshot = new Snapshots(cluster).of(identity, NOW, List.of(), Map.of());
          assertThat(Decide.next(snapshot)).isNotNull();
          assertThat(snapshot.toString()).isNotEmpty();
        });
  }

  /// Whatever its neighbours are, it is decided.
  @Test
  void beside_all_of_it_a_good_identity_gets_its_secret() {
    each(
        garbage -> {
          var identity = Objects.making("crm", "crm-db");
          var cluster =
              new Surroundings(garbage, identity(garbage)) {
                @Override
                public List<Policy> policies() {
                  return List.of();
                }

                @Override
                public Optional<HasMetadata> find(String namespace, ObjectRef subject) {
                  return Optional.empty();
                }
              };
          var snapshot = new Snapshots(cluster).of(identity, NOW, List.of(), Map.of());
          var decision = Decide.next(snapshot);
          if (!snapshot.namespaceFacts().leaving() && snapshot.rivals().isEmpty()) {
            assertThat(decision.actions())
                .anyMatch(
                    action ->
                        action instanceof Action.Issue issue
                            && issue.subject().equals(ObjectRef.secret("crm-db")));
          }
        });
  }

  private interface Check {
    void with(Garbage garbage);
  }

  private static void each(Check check) {
    for (var seed = 0; seed < SEEDS; seed++) {
      var garbage = new Garbage(seed);
      try {
        check.with(garbage);
      } catch (RuntimeException thrown) {
        throw new AssertionError("seed " + seed, thrown);
      }
    }
  }

  private static MachineIdentity identity(Garbage garbage) {
    var identity = new MachineIdentity();
    identity.setMetadata(meta("payments-api"));
    identity.getMetadata().setAnnotations(garbage.annotations(Garbage.KEYS));
    identity.getMetadata().setLabels(garbage.annotations(Garbage.KEYS));
    identity.getMetadata().setCreationTimestamp(garbage.text());
    identity.setSpec(garbage.perhaps() ? garbage.record(MachineIdentitySpec.class) : null);
    identity.setStatus(garbage.perhaps() ? garbage.record(MachineIdentityStatus.class) : null);
    return identity;
  }

  private static CredentialPolicy policy(Garbage garbage) {
    var policy = new CredentialPolicy();
    policy.setMetadata(meta("production"));
    policy.setSpec(garbage.record(CredentialPolicySpec.class));
    return policy;
  }

  private static HasMetadata secret(Garbage garbage) {
    return new SecretBuilder().withMetadata(written(garbage, "payments-db")).build();
  }

  private static HasMetadata account(Garbage garbage) {
    return new ServiceAccountBuilder()
        .withMetadata(written(garbage, "payments-api"))
        .withAutomountServiceAccountToken(garbage.perhaps() ? garbage.perhaps() : null)
        .build();
  }

  private static HasMetadata certificate(Garbage garbage) {
    var certificate =
        new CertificateBuilder().withMetadata(written(garbage, "payments-tls")).build();
    if (garbage.perhaps()) {
      return certificate;
    }
    return new CertificateBuilder(certificate)
        .withNewSpec()
        .withSecretName(garbage.perhaps() ? null : garbage.text())
        .withNewIssuerRef(garbage.text(), garbage.text(), garbage.perhaps() ? null : garbage.text())
        .withCommonName(garbage.text())
        .withDnsNames(garbage.text())
        .withDuration(duration(garbage))
        .withRenewBefore(duration(garbage))
        .withRenewBeforePercentage(garbage.perhaps() ? -1 : 101)
        .withNewPrivateKey(garbage.text(), garbage.text(), garbage.text(), -1)
        .addToAdditionalProperties("renewal", garbage.text())
        .endSpec()
        .withNewStatus()
        .withFailedIssuanceAttempts(garbage.perhaps() ? -1 : Integer.MAX_VALUE)
        .withLastFailureTime(garbage.text())
        .withNotBefore(garbage.text())
        .withNotAfter(garbage.text())
        .withRenewalTime(garbage.text())
        .withConditions(
            new CertificateConditionBuilder()
                .withType("Ready")
                .withStatus(garbage.perhaps() ? "True" : garbage.text())
                .withMessage(garbage.perhaps() ? null : garbage.text())
                .build())
        .endStatus()
        .build();
  }

  private static io.fabric8.kubernetes.api.model.Duration duration(Garbage garbage) {
    return garbage.perhaps()
        ? null
        : Yaml.as(garbage.text(), io.fabric8.kubernetes.api.model.Duration.class);
  }

  private static Job job(Garbage garbage) {
    return new JobBuilder()
        .withMetadata(written(garbage, "payments-db-v2-apply-1"))
        .withNewStatus()
        .withConditions(
            new JobConditionBuilder()
                .withType(garbage.of(List.of("Complete", "Failed", "Suspended")))
                .withStatus(garbage.perhaps() ? "True" : garbage.text())
                .withLastTransitionTime(garbage.perhaps() ? null : garbage.text())
                .withReason(garbage.perhaps() ? null : garbage.text())
                .withMessage(garbage.perhaps() ? null : garbage.text())
                .build())
        .endStatus()
        .build();
  }

  private static ObjectMeta meta(String name) {
    return new ObjectMetaBuilder()
        .withNamespace("payments")
        .withName(name)
        .withUid("uid-of-" + name)
        .withResourceVersion("1")
        .withGeneration(1L)
        .build();
  }

  /// Metadata that others may have written to, with what we wrote still in it.
  private static ObjectMeta written(Garbage garbage, String name) {
    var meta = meta(name);
    meta.setAnnotations(garbage.mostly() ? garbage.annotations(Garbage.KEYS) : null);
    meta.setLabels(garbage.mostly() ? garbage.annotations(Garbage.KEYS) : null);
    if (!garbage.mostly()) {
      meta.setDeletionTimestamp(garbage.text());
    }
    if (garbage.mostly()) {
      meta.setOwnerReferences(
          List.of(
              new OwnerReferenceBuilder()
                  .withApiVersion(garbage.mostly() ? "credence.dev/v1alpha1" : garbage.text())
                  .withKind(garbage.mostly() ? "MachineIdentity" : garbage.text())
                  .withName(garbage.mostly() ? "payments-api" : garbage.text())
                  .withUid(garbage.mostly() ? "uid-of-payments-api" : garbage.text())
                  .withController(garbage.mostly())
                  .build()));
    }
    if (garbage.perhaps()) {
      var fields = new FieldsV1();
      fields.setAdditionalProperty(
          "f:metadata",
          garbage.perhaps() ? Map.of("f:labels", Map.of("f:" + Api.IDENTITY, Map.of())) : 7);
      meta.setManagedFields(
          Arrays.asList(
              new ManagedFieldsEntryBuilder()
                  .withManager(garbage.perhaps() ? "credence" : garbage.text())
                  .withFieldsV1(garbage.perhaps() ? null : fields)
                  .build()));
    }
    return meta;
  }

  /// A cluster in which everything is garbage, ours included.
  private static class Surroundings implements ClusterReader {
    private final Garbage garbage;
    private final List<Policy> policies;
    private final MachineIdentity other;

    Surroundings(Garbage garbage, MachineIdentity identity) {
      this.garbage = garbage;
      this.policies = List.of(PolicyReader.of(policy(garbage)));
      this.other = garbage.perhaps() ? identity : identity(garbage);
    }

    @Override
    public List<Policy> policies() {
      return policies;
    }

    @Override
    public Optional<ObjectMeta> namespace(String name) {
      return garbage.perhaps() ? Optional.of(written(garbage, name)) : Optional.empty();
    }

    @Override
    public Optional<HasMetadata> find(String namespace, ObjectRef subject) {
      if (!garbage.mostly()) {
        return Optional.empty();
      }
      var object = object(subject.kind());
      object.getMetadata().setName(subject.name());
      return Optional.of(object);
    }

    private HasMetadata object(Kind kind) {
      return switch (kind) {
        case Secret -> secret(garbage);
        case ServiceAccount -> account(garbage);
        case Certificate -> certificate(garbage);
        default -> throw new AssertionError(kind + " is no member");
      };
    }

    @Override
    public Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity) {
      return garbage.perhaps() ? List.of(object(kind)) : List.of();
    }

    @Override
    public Collection<HasMetadata> inNamespace(Kind kind, String namespace) {
      return garbage.perhaps() ? List.of(object(kind)) : List.of();
    }

    @Override
    public Collection<Job> jobs(String namespace, String identity) {
      return garbage.perhaps() ? List.of(job(garbage)) : List.of();
    }

    @Override
    public Consumers consumers(String namespace) {
      return garbage.mostly() ? Consumers.NONE : Consumers.unknown(garbage.text());
    }

    @Override
    public UsageListing uses(String namespace, Instant now, boolean news) {
      var object = garbage.perhaps() ? secret(garbage) : account(garbage);
      return UsageIndex.of(
          List.of(object, job(garbage)),
          List.of(),
          LocalDate.ofEpochDay(20_000),
          garbage.perhaps() ? List.of(garbage.text()) : List.of());
    }

    @Override
    public Tracking tracking(Instant now) {
      return garbage.perhaps()
          ? new Tracking.Since(LocalDate.ofEpochDay(19_000))
          : new Tracking.Unknown(garbage.text());
    }

    @Override
    public Collection<MachineIdentity> naming(String namespace, ObjectRef subject) {
      return garbage.perhaps() ? List.of(other) : List.of();
    }

    @Override
    public Collection<MachineIdentity> selecting(String namespace) {
      return garbage.perhaps() ? List.of(other) : List.of();
    }

    @Override
    public boolean exists(String namespace, String name, String uid) {
      return garbage.perhaps();
    }

    @Override
    public Collection<HasMetadata> tokensOf(String namespace, String account) {
      return garbage.perhaps() ? List.of(secret(garbage)) : List.of();
    }

    @Override
    public Collection<HasMetadata> anchorsOf(String namespace, String accountUid) {
      return List.of();
    }

    @Override
    public Collection<HasMetadata> endedFor(String namespace, String uid) {
      return garbage.perhaps() ? List.of(secret(garbage)) : List.of();
    }

    @Override
    public Map<String, Listed> listed(String namespace) {
      var list = new SuspensionList();
      list.setMetadata(new ObjectMetaBuilder().withName(garbage.text()).build());
      list.setSpec(
          new SuspensionListSpec(
              garbage.text(),
              Map.of(
                  garbage.text(), garbage.text(), namespace + "." + garbage.text(), garbage.text()),
              null));
      return SuspendedAccounts.in(List.of(list), namespace);
    }

    @Override
    public Set<Admission> unconfirmed() {
      return garbage.perhaps() ? Set.of(Admission.Writes) : Set.of();
    }

    @Override
    public Optional<String> asked() {
      return garbage.perhaps() ? Optional.of("https://10.96.0.1:443") : Optional.empty();
    }

    @Override
    public int mostSuspended() {
      return garbage.perhaps() ? 0 : 1_000;
    }

    @Override
    public Set<Admission> admissions() {
      return garbage.perhaps() ? Set.of(Admission.Writes, Admission.Approvals) : Set.of();
    }

    @Override
    public Map<Admission, Installation> installed() {
      return Map.of();
    }

    @Override
    public HookTemplate hook(String namespace, String cronJob) {
      return new HookTemplate.Absent();
    }

    @Override
    public boolean isNeverSuspended(String namespace, String account) {
      return garbage.perhaps();
    }

    @Override
    public Bindings bindings(String namespace, Set<String> accounts) {
      return new Bindings(List.of(garbage.text()), Optional.of(garbage.text()));
    }

    @Override
    public Grants grants(String namespace, Set<String> accounts) {
      return new Grants.Unknown(List.of(garbage.text()));
    }

    @Override
    public Collection<MachineIdentity> dependingOn(String namespace, ObjectRef secret) {
      return List.of();
    }

    @Override
    public Optional<Issuer> issuer(String namespace, Issuer.Ref ref) {
      return Optional.empty();
    }

    @Override
    public List<String> writers(String namespace, String secret) {
      return List.of();
    }

    @Override
    public boolean certManager() {
      return garbage.perhaps();
    }
  }
}
