// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Issuer;
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
import dev.credence.observe.port.ClusterReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  private final Around around = new Around();

  @Test
  void consumers_are_asked_for_while_a_previous_value_is_there() {
    around.add(stored("credence.dev/previous-retires-at", "2027-01-02T00:00:00Z"));
    assertThat(observe(Objects.making("payments-api", "payments-db")).consumers())
        .contains(Consumers.NONE);
    assertThat(around.asked).containsExactly("payments");
  }

  @Test
  void nobody_is_asked_for_where_nobody_has_to_move() {
    around.add(stored("credence.dev/recipe", "0123456789abcdef"));
    assertThat(observe(Objects.making("payments-api", "payments-db")).consumers()).isEmpty();
    around.add(stored("credence.dev/previous-retires-at", "2027-01-02T00:00:00Z"));
    assertThat(observe(Objects.naming("payments-api", "payments-db")).consumers()).isEmpty();
    assertThat(around.asked).isEmpty();
  }

  @Test
  void hooks_of_the_identity_are_there_in_their_order_and_no_other_jobs() {
    around.jobs.addAll(
        List.of(
            job("payments-db-v2-verify-1", "payments-api"),
            job("payments-db-v2-apply-1", "payments-api"),
            job("payments-db-v1-apply-1", "another")));
    assertThat(observe(Objects.making("payments-api", "payments-db")).jobs())
        .extracting(HookJob::subject)
        .containsExactly(
            ObjectRef.job("payments-db-v2-apply-1"), ObjectRef.job("payments-db-v2-verify-1"));
  }

  @Test
  void what_has_the_name_of_the_next_value_is_looked_at() {
    around.add(Objects.secret("payments-db-pending").build());
    around.add(Objects.secret("payments-db-anchor-v3").build());
    around.add(stored("credence.dev/recipe", "0123456789abcdef"));
    assertThat(
            members(
                "{name: payments-db, generate: {keys: []}, hooks: {apply: {cronJobName: alter}}}"))
        .contains("payments-db-pending");
    assertThat(
            members("{name: payments-db, generate: {keys: []}, hooks: {revoke: {cronJobName: a}}}"))
        .doesNotContain("payments-db-pending");
    assertThat(members("{name: payments-db, token: {serviceAccountName: payments-api}}"))
        .contains("payments-db-anchor-v3");
  }

  private List<String> members(String secret) {
    var identity = Objects.naming("payments-api");
    identity.setSpec(Written.as(MachineIdentitySpec.class, "{secrets: [" + secret + "]}"));
    return observe(identity).members().stream().map(member -> member.subject().name()).toList();
  }

  private Snapshot observe(MachineIdentity identity) {
    return new Snapshots(around).of(identity, NEW_YEAR, List.of(), Map.of());
  }

  /// Version 2, and one annotation more.
  private static HasMetadata stored(String annotation, String value) {
    return Objects.secret("payments-db")
        .editMetadata()
        .addToAnnotations("credence.dev/version", "2")
        .addToAnnotations("credence.dev/issued-at", "2027-01-01T00:00:00Z")
        .addToAnnotations(annotation, value)
        .withOwnerReferences(Objects.controlledBy("payments-api"))
        .endMetadata()
        .build();
  }

  private static Job job(String name, String identity) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName(name)
        .addToAnnotations("credence.dev/hook-for", "payments-db")
        .addToAnnotations("credence.dev/step", "apply")
        .addToAnnotations("credence.dev/version", "2")
        .addToAnnotations("credence.dev/attempt", "1")
        .addToAnnotations("credence.dev/value-uid", "uid")
        .withOwnerReferences(Objects.controlledBy(identity))
        .endMetadata()
        .build();
  }

  /// Secrets and Jobs, and nobody else.
  private static final class Around implements ClusterReader {
    private final Map<ObjectRef, HasMetadata> secrets = new HashMap<>();
    private final List<Job> jobs = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    void add(HasMetadata secret) {
      secrets.put(ObjectRef.secret(secret.getMetadata().getName()), secret);
    }

    @Override
    public List<Policy> policies() {
      return List.of();
    }

    @Override
    public Optional<ObjectMeta> namespace(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<HasMetadata> find(String namespace, ObjectRef subject) {
      return Optional.ofNullable(secrets.get(subject));
    }

    @Override
    public Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity) {
      return List.of();
    }

    @Override
    public Collection<HasMetadata> inNamespace(Kind kind, String namespace) {
      return List.of();
    }

    @Override
    public Collection<Job> jobs(String namespace, String identity) {
      return jobs;
    }

    @Override
    public Consumers consumers(String namespace) {
      asked.add(namespace);
      return Consumers.NONE;
    }

    @Override
    public UsageListing uses(String namespace, Instant now, boolean news) {
      return UsageListing.NONE;
    }

    @Override
    public Tracking tracking(Instant now) {
      throw new AssertionError("asked for no token");
    }

    @Override
    public Collection<MachineIdentity> naming(String namespace, ObjectRef subject) {
      return List.of();
    }

    @Override
    public Collection<MachineIdentity> selecting(String namespace) {
      return List.of();
    }

    @Override
    public boolean exists(String namespace, String name, String uid) {
      return false;
    }

    @Override
    public Collection<HasMetadata> tokensOf(String namespace, String account) {
      return List.of();
    }

    @Override
    public Collection<HasMetadata> anchorsOf(String namespace, String accountUid) {
      return List.of();
    }

    @Override
    public Collection<HasMetadata> endedFor(String namespace, String uid) {
      return List.of();
    }

    @Override
    public Map<String, Listed> listed(String namespace) {
      return Map.of();
    }

    @Override
    public Set<Admission> admissions() {
      return Set.of();
    }

    @Override
    public Set<Admission> unconfirmed() {
      return Set.of();
    }

    @Override
    public Optional<String> asked() {
      return Optional.empty();
    }

    @Override
    public int mostSuspended() {
      return 1_000;
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
      return false;
    }

    @Override
    public Bindings bindings(String namespace, Set<String> accounts) {
      throw new AssertionError("listed for nobody");
    }

    @Override
    public Grants grants(String namespace, Set<String> accounts) {
      return Grants.UNKNOWN;
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
      return true;
    }
  }
}
