package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.decide.Decide;
import dev.credence.facts.Consumers;
import dev.credence.facts.Evidence.Tracking;
import dev.credence.facts.Grants;
import dev.credence.facts.Issuer;
import dev.credence.facts.Policy;
import dev.credence.facts.Safeguards.Admission;
import dev.credence.facts.Safeguards.Bindings;
import dev.credence.facts.Safeguards.Listed;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import dev.credence.facts.Uses;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.certmanager.api.model.v1.CertificateConditionBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whatever stands in a spec, an annotation or a status: it is read without an exception, and a
/// decision comes of it. One object that cannot be read must not stop the operator.
class GarbageTest {
  private static final int SEEDS = 400;
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  /// Every annotation and label that we read.
  private static final List<String> KEYS = keys();

  private static List<String> keys() {
    var keys = new ArrayList<>(List.of("kubernetes.io/service-account.name"));
    for (var field : Api.class.getFields()) {
      try {
        if (field.get(null) instanceof String text && text.contains("/")) {
          keys.add(text);
        }
      } catch (IllegalAccessException impossible) {
        throw new AssertionError(impossible);
      }
    }
    return keys;
  }

  @Test
  void the_keys_are_those_of_the_api() {
    assertThat(KEYS).contains("credence.dev/rotate", "credence.dev/expires-at", Api.ISSUED_AT);
  }

  @Test
  void every_member_is_read() {
    each(
        garbage -> {
          var secret = secret(garbage);
          Members.of(secret, garbage.perhaps(), (_, _) -> garbage.perhaps());
          Members.carriesOurMarks(secret);
          Members.of(account(garbage), garbage.perhaps(), (_, _) -> garbage.perhaps());
          Members.of(certificate(garbage), garbage.perhaps(), (_, _) -> garbage.perhaps());
          HookJobs.of(job(garbage), "uid-of-payments-api");
        });
  }

  @Test
  void every_identity_is_read() {
    each(
        garbage -> {
          var identity = identity(garbage);
          Specs.identity(identity);
          Specs.selector(identity);
          Wants.names(identity).forEach(subject -> Wants.makes(identity, subject));
        });
  }

  @Test
  void every_policy_is_read() {
    each(garbage -> Policies.of(policy(garbage)));
  }

  @Test
  void a_policy_or_an_identity_without_a_spec_is_read() {
    var policy = new CredentialPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("empty").build());
    policy.setSpec(null);
    assertThat(Policies.of(policy).problems()).isEmpty();
    var identity = new MachineIdentity();
    identity.setMetadata(meta("empty"));
    identity.setSpec(null);
    identity.setStatus(null);
    assertThat(Specs.identity(identity).secrets()).isEmpty();
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
    identity.getMetadata().setAnnotations(garbage.annotations(KEYS));
    identity.getMetadata().setLabels(garbage.annotations(KEYS));
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
    meta.setAnnotations(garbage.mostly() ? garbage.annotations(KEYS) : null);
    meta.setLabels(garbage.mostly() ? garbage.annotations(KEYS) : null);
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
  private static final class Surroundings implements Cluster {
    private final Garbage garbage;
    private final List<Policy> policies;
    private final MachineIdentity other;

    Surroundings(Garbage garbage, MachineIdentity identity) {
      this.garbage = garbage;
      this.policies = List.of(Policies.of(policy(garbage)));
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
    public Optional<HasMetadata> find(String namespace, Subject subject) {
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
    public Uses uses(String namespace, Instant now, boolean anew) {
      var object = garbage.perhaps() ? secret(garbage) : account(garbage);
      return WhoUses.of(
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
    public Collection<MachineIdentity> naming(String namespace, Subject subject) {
      return garbage.perhaps() ? List.of(other) : List.of();
    }

    @Override
    public Collection<MachineIdentity> selecting(String namespace) {
      return garbage.perhaps() ? List.of(other) : List.of();
    }

    @Override
    public boolean lives(String namespace, String name, String uid) {
      return garbage.perhaps();
    }

    @Override
    public Collection<HasMetadata> tokensOf(String namespace, String account) {
      return garbage.perhaps() ? List.of(secret(garbage)) : List.of();
    }

    @Override
    public Collection<HasMetadata> endedFor(String namespace, String uid) {
      return garbage.perhaps() ? List.of(secret(garbage)) : List.of();
    }

    @Override
    public Map<String, Listed> listed(String namespace) {
      var list = new ConfigMapBuilder().addToData(garbage.text(), garbage.text());
      return SuspendedAccounts.in(
          list.addToData(namespace + "." + garbage.text(), garbage.text()).build(), namespace);
    }

    @Override
    public Set<Admission> admissions() {
      return garbage.perhaps() ? Set.of(Admission.Writes, Admission.Approvals) : Set.of();
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
    public Collection<MachineIdentity> heeding(String namespace, Subject secret) {
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
