// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.observe.KnownIdentities;
import dev.credence.observe.Objects;
import dev.credence.observe.Poisoned;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.read.PolicyReader;
import dev.credence.observe.usage.ConsumerIndex;
import dev.credence.observe.usage.UsageIndex;
import dev.credence.observe.wake.Enqueuer;
import dev.credence.observe.wake.Identities;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What an exception that nobody expected stays with: the object in whose reading it happens.
class FaultBarrierTest {
  private static final LocalDate TODAY = LocalDate.parse("2027-01-01");

  @Test
  void a_policy_that_cannot_be_read_is_a_problem_and_decides_about_nothing() {
    var policy =
        Poisoned.policy(new ObjectMetaBuilder().withName("production").withGeneration(4L).build());
    var facts = PolicyReader.of(policy);
    assertThat(facts.problems())
        .containsExactly(
            "CredentialPolicy production cannot be read: IllegalStateException: a field of tomorrow");
    assertThat(facts.namespaces().matches(Map.of("env", "prod"))).isFalse();
    assertThat(facts.identities().matches(Map.of())).isFalse();
    assertThat(facts.generation()).isEqualTo(4);
  }

  @Test
  void who_consumes_is_not_known_where_one_workload_cannot_be_read() {
    var found = new ConsumerIndex();
    found.add(new DeploymentBuilder().withNewMetadata().withName("crm-web").endMetadata().build());
    found.add(deployment());
    assertThat(found.consumers().problem())
        .contains("Deployment odd cannot be read: IllegalStateException: odd");
  }

  @Test
  void who_uses_an_account_tells_of_what_cannot_be_read_beside_the_rest() {
    var pod =
        new Pod() {
          @Override
          public PodSpec getSpec() {
            throw new IllegalStateException("odd");
          }
        };
    pod.setMetadata(new ObjectMetaBuilder().withName("odd-1").build());
    var uses =
        UsageIndex.of(
            List.of(
                deployment(),
                new io.fabric8.kubernetes.api.model.ServiceAccountBuilder()
                    .withNewMetadata()
                    .withName("crm")
                    .endMetadata()
                    .addNewImagePullSecret("registry")
                    .build()),
            List.of(pod),
            TODAY,
            List.of());
    assertThat(uses.problems())
        .containsExactly(
            "Deployment odd cannot be read: IllegalStateException: odd",
            "Pod odd-1 cannot be read: IllegalStateException: odd");
    assertThat(uses.setUp()).hasSize(1);
  }

  private static Deployment deployment() {
    var deployment =
        new Deployment() {
          @Override
          public DeploymentSpec getSpec() {
            throw new IllegalStateException("odd");
          }
        };
    deployment.setMetadata(new ObjectMetaBuilder().withName("odd").build());
    return deployment;
  }

  @Test
  void an_identity_that_cannot_be_read_keeps_no_other_from_being_found() {
    var known = new KnownIdentities();
    var identities = new Identities();
    identities.index(known);
    known.add(odd());
    known.add(Objects.naming("crm", "crm-db"));
    known.add(Objects.selecting("till", "app", "till"));
    var enqueuer = new Enqueuer(identities);
    var enqueued = new ArrayList<ResourceID>();
    enqueuer.by(enqueued::add);
    enqueuer.changed(
        Kind.Secret,
        null,
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace("payments")
            .withName("crm-db")
            .addToLabels("app", "till")
            .endMetadata()
            .build());
    assertThat(enqueued).extracting(ResourceID::getName).contains("crm", "till");
  }

  private static MachineIdentity odd() {
    return Poisoned.identity(
        new ObjectMetaBuilder().withNamespace("payments").withName("odd").build());
  }

  @Test
  void an_index_has_nothing_for_what_it_fails_at() {
    assertThat(
            KindCache.<MachineIdentity>unfailing(identity -> List.of(identity.getSpec().purpose()))
                .apply(odd()))
        .isEmpty();
  }

  @Test
  void the_fault_names_the_object_once() {
    assertThatThrownBy(
            () -> FaultBarrier.named(odd(), () -> FaultBarrier.named(odd(), () -> deep(0))))
        .isInstanceOf(FaultBarrier.class)
        .hasMessage("MachineIdentity odd cannot be read: StackOverflowError");
    assertThat(FaultBarrier.line(new IllegalStateException("a\u001b[2Jb")))
        .doesNotContain("\u001b");
    assertThat(FaultBarrier.line(new IllegalStateException("x".repeat(10_000))))
        .hasSizeLessThan(400);
    assertThat(Optional.of(FaultBarrier.line(new NullPointerException())))
        .hasValue("NullPointerException");
  }

  private static int deep(int level) {
    return level == Integer.MAX_VALUE ? 0 : deep(level + 1) + 1;
  }
}
