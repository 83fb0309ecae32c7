// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.rbac;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Grants;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.FakeCluster;
import dev.credence.observe.KnownIdentities;
import dev.credence.observe.Objects;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Roles and bindings as they come and go, and whom each change wakes. `Objects.naming` is an
/// identity with the ServiceAccount of its own name.
class RbacCacheTest {
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  private final KnownIdentities identities = new KnownIdentities();
  private final List<String> enqueued = new CopyOnWriteArrayList<>();
  private final ClusterCaches caches =
      new ClusterCaches(cluster.client(), cluster.client(), Set.of(), "credence-system", Set.of());

  private void start() throws InterruptedException {
    identities.add(Objects.naming("payments-api", "payments-db"));
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
  void the_version_of_the_api_server_is_known_and_asked_for_again() throws InterruptedException {
    start();
    assertThat(caches.grants("sales", Set.of()))
        .isInstanceOfSatisfying(
            Grants.Known.class,
            known -> assertThat(known.server()).contains(new ServerVersion(1, 34)));

    var changes = new AtomicInteger();
    var release = new ServerRelease(cluster.client(), changes::incrementAndGet);
    assertThat(release.known()).isEmpty();
    release.ask();
    release.ask();
    assertThat(release.known()).contains(new ServerVersion(1, 34));
    cluster.version("35");
    release.ask();
    assertThat(release.known()).contains(new ServerVersion(1, 35));
    assertThat(changes).hasValue(2);
    assertThat(release.isOld()).isFalse();
  }

  @Test
  void a_binding_wakes_those_whose_account_it_names_and_nobody_else() throws InterruptedException {
    start();
    var binding = cluster.put(binding("{kind: ServiceAccount, name: payments-api}"));
    eventuallyWoken("payments-api");
    assertThat(given("payments-api"))
        .singleElement()
        .satisfies(grant -> assertThat(grant.rules()).isEmpty());
    assertThat(given("bystander")).isEmpty();

    enqueued.clear();
    cluster.put(role("[get]"));
    eventuallyWoken("payments-api");
    assertThat(given("payments-api"))
        .singleElement()
        .satisfies(grant -> assertThat(grant.rules()).isPresent());

    enqueued.clear();
    cluster.put(binding("{kind: ServiceAccount, name: bystander}"));
    eventuallyWoken("payments-api", "bystander");
    assertThat(given("payments-api")).isEmpty();

    enqueued.clear();
    cluster.remove(binding);
    eventuallyWoken("bystander");
    assertThat(enqueued).containsOnly("bystander");
    assertThat(given("bystander")).isEmpty();
  }

  @Test
  void what_changes_nothing_about_rights_wakes_nobody() throws InterruptedException {
    start();
    // One after the other: each is a watch of its own, and each wakes once.
    var binding = cluster.put(binding("{kind: ServiceAccount, name: payments-api}"));
    eventuallyWoken("payments-api");
    enqueued.clear();
    cluster.put(role("[get]"));
    eventuallyWoken("payments-api");
    enqueued.clear();
    binding.getMetadata().getLabels().put("colour", "blue");
    cluster.put(binding);
    cluster.put(role("[get]"));
    cluster.put(binding("other", "{kind: User, name: ada}"));
    cluster.put(binding("third", "{kind: ServiceAccount, name: bystander}"));
    eventuallyWoken("bystander");
    assertThat(enqueued).containsOnly("bystander");
  }

  @Test
  void a_group_wakes_everybody_in_it() throws InterruptedException {
    start();
    cluster.put(binding("{kind: Group, name: 'system:serviceaccounts:payments'}"));
    eventuallyWoken("payments-api", "bystander");
    enqueued.clear();
    cluster.put(
        binding("user", "{kind: User, name: 'system:serviceaccount:payments:payments-api'}"));
    eventuallyWoken("payments-api");
    assertThat(enqueued).containsOnly("payments-api");
  }

  @Test
  void an_account_that_only_a_label_ties_to_an_identity_wakes_that_one()
      throws InterruptedException {
    start();
    cluster.put(
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withNamespace("payments")
            .withName("left-behind")
            .addToLabels("credence.dev/identity", "payments-api")
            .endMetadata()
            .build());
    eventuallyWoken("payments-api");
    enqueued.clear();
    cluster.put(binding("{kind: ServiceAccount, name: left-behind}"));
    eventuallyWoken("payments-api");
    assertThat(enqueued).containsOnly("payments-api");
  }

  @Test
  void without_the_right_to_watch_them_it_goes_on_and_says_so() throws InterruptedException {
    cluster.refuse("clusterroles");
    start();
    eventually("it knows why")
        .until(
            () ->
                caches.grants("payments", Set.of("payments-api"))
                        instanceof Grants.Unknown(var problems)
                    && problems.equals(
                        List.of("the operator has no permission to list and watch clusterroles")));
    assertThat(caches.bindings("payments", Set.of("payments-api")).problem()).isPresent();
    eventually("nothing else suffers").until(() -> caches.unhealthy().isEmpty());

    enqueued.clear();
    cluster.allow("clusterroles");
    within(Duration.ofSeconds(60), "everybody is looked at again")
        .until(() -> Set.copyOf(enqueued).equals(Set.of("payments-api", "bystander")));
    assertThat(given("payments-api")).isEmpty();
  }

  private List<Grant> given(String account) {
    return caches.grants("payments", Set.of(account)) instanceof Grants.Known known
        ? known.of(account)
        : List.of();
  }

  private void eventuallyWoken(String... names) {
    eventually("these are woken").until(() -> Set.copyOf(enqueued).containsAll(Set.of(names)));
  }

  private static HasMetadata role(String verbs) {
    return read(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: payments}, rules: [{apiGroups: [''], resources: [pods], verbs: %s}]}"
            .formatted(verbs));
  }

  private static HasMetadata binding(String subject) {
    return binding("reader", subject);
  }

  private static HasMetadata binding(String name, String subject) {
    return read(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: %s, namespace: payments, labels: {colour: red}}, roleRef: {kind: Role, name: reader}, subjects: [%s]}"
            .formatted(name, subject));
  }

  private static HasMetadata read(String yaml) {
    return Yaml.read(Yaml.node(Yaml.documents(yaml).getFirst()));
  }
}
