// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Policy;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterCachesTest {
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  private final KnownIdentities identities = new KnownIdentities();
  private final List<String> enqueued = new CopyOnWriteArrayList<>();
  private final ClusterCaches caches =
      new ClusterCaches(cluster.client(), cluster.client(), Set.of(), "credence-system", Set.of());

  @BeforeEach
  void start() throws InterruptedException {
    cluster.put(
        new NamespaceBuilder().withNewMetadata().withName("payments").endMetadata().build());
    identities.add(Objects.naming("payments-api", "payments-db"));
    identities.add(Objects.selecting("payments-batch", "part-of", "batch"));
    identities.add(Objects.naming("bystander", "something-else"));
    caches.index(identities);
    caches.start();
    caches.enqueueBy(identity -> enqueued.add(identity.getName()));
  }

  @AfterEach
  void stop() {
    caches.stop();
  }

  @Test
  void a_secret_wakes_the_identity_that_names_it() {
    cluster.put(Objects.secret("payments-db").build());
    eventuallyWoken("payments-api");
  }

  @Test
  void an_account_wakes_the_identity_that_names_it() {
    cluster.put(
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withNamespace("payments")
            .withName("bystander")
            .endMetadata()
            .build());
    eventuallyWoken("bystander");
  }

  @Test
  void a_secret_wakes_those_who_select_it_now_and_those_who_did() {
    var selected =
        cluster.put(
            Objects.secret("nightly")
                .editMetadata()
                .addToLabels("part-of", "batch")
                .endMetadata()
                .build());
    eventuallyWoken("payments-batch");
    enqueued.clear();
    cluster.put(
        new SecretBuilder(selected)
            .editMetadata()
            .removeFromLabels("part-of")
            .endMetadata()
            .build());
    eventuallyWoken("payments-batch");
  }

  @Test
  void a_secret_wakes_the_identity_that_marked_or_made_it_also_when_it_goes() {
    var marked = cluster.put(Objects.marked("left-behind", "payments-api").build());
    eventuallyWoken("payments-api");
    enqueued.clear();
    cluster.remove(marked);
    eventuallyWoken("payments-api");
  }

  /// Its suspension ended the token of a Secret of that name.
  @Test
  void a_secret_in_the_place_of_an_ended_token_wakes_the_identity_that_remembers_it() {
    var suspended = Objects.naming("suspended", "something-else");
    suspended.setStatus(Objects.remembering("legacy-token"));
    identities.add(suspended);
    var another = cluster.put(Objects.secret("legacy-token").build());
    eventuallyWoken("suspended");
    enqueued.clear();
    cluster.remove(another);
    eventuallyWoken("suspended");
    assertThat(enqueued).containsOnly("suspended");
  }

  @Test
  void a_secret_that_nobody_knows_wakes_nobody() {
    cluster.put(Objects.secret("of-somebody").build());
    cluster.put(Objects.secret("payments-db").build());
    eventuallyWoken("payments-api");
    assertThat(enqueued).containsOnly("payments-api");
  }

  @Test
  void a_namespace_wakes_the_identities_in_it() {
    cluster.put(
        new NamespaceBuilder()
            .withNewMetadata()
            .withName("payments")
            .addToAnnotations("credence.dev/owner", "ada@example.com")
            .endMetadata()
            .build());
    eventuallyWoken("payments-api", "payments-batch", "bystander");
    assertThat(caches.namespace("payments"))
        .hasValueSatisfying(
            meta ->
                assertThat(meta.getAnnotations())
                    .containsEntry("credence.dev/owner", "ada@example.com"));
  }

  @Test
  void a_policy_wakes_everybody_and_its_status_nobody() {
    var policy = cluster.put(policy(1, null));
    eventuallyWoken("payments-api", "payments-batch", "bystander");
    assertThat(caches.policies()).extracting(Policy::name).containsExactly("production");
    enqueued.clear();

    policy.setStatus(new CredentialPolicyStatus(1L, 3, 0, null, null, List.of()));
    cluster.put(policy);
    cluster.put(Objects.secret("payments-db").build());
    eventuallyWoken("payments-api");
    assertThat(enqueued).containsOnly("payments-api");

    cluster.put(policy(2, 7));
    eventuallyWoken("payments-api", "payments-batch", "bystander");
    assertThat(caches.policies()).extracting(Policy::priority).containsExactly(7);
  }

  @Test
  void cert_manager_may_come_and_go() {
    assertThat(caches.certManager()).isFalse();
    assertThat(caches.inNamespace(Kind.Certificate, "payments")).isEmpty();
    cluster.put(certificate());
    var definition = cluster.put(definition("certificates.cert-manager.io"));
    eventuallyWoken("payments-api", "payments-batch", "bystander");
    eventually("certificates are known").until(caches::certManager);
    assertThat(caches.find("payments", ObjectRef.certificate("payments-tls"))).isPresent();
    enqueued.clear();
    cluster.remove(definition);
    eventuallyWoken("payments-api", "payments-batch", "bystander");
    assertThat(caches.certManager()).isFalse();
  }

  @Test
  void argo_rollouts_may_come_and_go() {
    cluster.put(rollout());
    assertThat(caches.consumers("payments").workloads()).isEmpty();
    var definition = cluster.put(definition("rollouts.argoproj.io"));
    eventually("rollouts are consumers").until(this::hasRollout);
    cluster.remove(definition);
    eventually("rollouts are none").until(() -> !hasRollout());
    assertThat(enqueued).isEmpty();
  }

  private boolean hasRollout() {
    caches.consumersChanged("payments");
    return caches.consumers("payments").workloads().stream()
        .anyMatch(workload -> workload.subject().kind() == Kind.Rollout);
  }

  private static HasMetadata rollout() {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("argoproj.io/v1alpha1")
        .withKind("Rollout")
        .withNewMetadata()
        .withNamespace("payments")
        .withName("crm")
        .endMetadata()
        .build();
  }

  @Test
  void what_we_wrote_and_what_we_marked_is_seen_at_once() {
    var secret = cluster.put(Objects.secret("payments-db").build());
    eventually("it is known").until(() -> find("payments-db") != null);
    var meta =
        new ObjectMetaBuilder(secret.getMetadata())
            .withResourceVersion("1000")
            .addToLabels("credence.dev/identity", "payments-api")
            .addToAnnotations("helm.sh/hook", "not kept")
            .build();
    caches.marked("payments", ObjectRef.secret("payments-db"), meta);
    var known = find("payments-db").getMetadata();
    assertThat(known.getLabels()).containsEntry("credence.dev/identity", "payments-api");
    assertThat(known.getAnnotations()).isEmpty();

    caches.wrote(
        Objects.secret("new-one")
            .editMetadata()
            .withUid("new")
            .withResourceVersion("1001")
            .endMetadata()
            .build());
    assertThat(find("new-one")).isNotNull();
  }

  @Test
  void rivals_are_those_who_want_the_same() {
    var rival = Objects.naming("rival", "payments-db");
    identities.add(rival);
    caches.enqueueRivals(rival);
    assertThat(enqueued).containsExactlyInAnyOrder("payments-api", "payments-batch");
  }

  @Test
  void everything_is_healthy_once_it_is_connected() {
    eventually("all are connected").until(() -> caches.unhealthy().isEmpty());
    assertThat(caches.identities()).hasSize(3);
    assertThat(caches.identityExists("payments", "bystander")).isTrue();
    assertThat(caches.identityExists("sales", "bystander")).isFalse();
  }

  private HasMetadata find(String secret) {
    return caches.find("payments", ObjectRef.secret(secret)).orElse(null);
  }

  private void eventuallyWoken(String... names) {
    eventually("these are woken").until(() -> Set.copyOf(enqueued).containsAll(Set.of(names)));
  }

  private static CredentialPolicy policy(long generation, Integer priority) {
    var policy = new CredentialPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder().withName("production").withGeneration(generation).build());
    policy.setSpec(
        new CredentialPolicySpec(
            priority, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null));
    return policy;
  }

  private static HasMetadata certificate() {
    return new CertificateBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName("payments-tls")
        .endMetadata()
        .build();
  }

  private static HasMetadata definition(String name) {
    return new CustomResourceDefinitionBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .build();
  }
}
