// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.act.Act;
import dev.credence.act.request.Memory;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Tier;
import dev.credence.generate.Maker;
import dev.credence.metrics.Counters;
import dev.credence.metrics.IdentityGauges;
import dev.credence.metrics.MetricsPage;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.FakeCluster;
import dev.credence.observe.KnownIdentities;
import dev.credence.observe.Objects;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SweepTest {
  private static final String SECRETS = "PATCH /api/v1/namespaces/payments/secrets/";
  private static final Map<String, ?> MARKED =
      Map.of(
          "apiVersion", "v1",
          "kind", "Secret",
          "metadata", Map.of("name", "any", "resourceVersion", "1000"));

  private final Wall clock = new Wall();
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient writer = api.metadataClient();
  private final KnownIdentities identities = new KnownIdentities();
  private final List<String> enqueued = new CopyOnWriteArrayList<>();
  private final ClusterCaches caches =
      new ClusterCaches(cluster.client(), cluster.client(), Set.of(), "credence-system", Set.of());
  private final Counters counters = new Counters(new IdentityGauges(clock, 0, 0, "1.2.3"));

  @AutoClose private final Sweep sweep = of(Tier.Enforce);

  private Sweep of(Tier tier) {
    return new Sweep(
        caches,
        new Act(
            writer,
            writer,
            new Maker(new SecureRandom()),
            "https://api",
            "credence-system",
            new Forgetful(),
            InstantSource.fixed(Instant.EPOCH)),
        tier,
        counters,
        clock,
        Duration.ofMinutes(10));
  }

  @BeforeEach
  void start() throws InterruptedException {
    cluster.put(
        new NamespaceBuilder().withNewMetadata().withName("payments").endMetadata().build());
    cluster.put(Objects.marked("orphan", "gone").build());
    cluster.put(Objects.marked("at-home", "payments-api").build());
    cluster.put(
        Objects.secret("labelled-by-others")
            .editMetadata()
            .addToLabels("credence.dev/identity", "gone")
            .withManagedFields(Objects.owns("helm", "f:labels", "credence.dev/identity"))
            .endMetadata()
            .build());
    cluster.put(
        Objects.marked("made-by-it", "gone")
            .editMetadata()
            .withOwnerReferences(Objects.controlledBy("gone"))
            .endMetadata()
            .build());
    cluster.put(
        Objects.marked("going-itself", "gone")
            .editMetadata()
            .withDeletionTimestamp("2027-01-01T00:00:00Z")
            .endMetadata()
            .build());
    identities.add(Objects.naming("payments-api"));
    caches.index(identities);
    caches.start();
    caches.enqueueBy(identity -> enqueued.add(identity.getName()));
  }

  @AfterEach
  void stop() {
    caches.stop();
  }

  @Test
  void members_of_an_identity_that_is_gone_lose_our_marks_and_nothing_else_is_touched() {
    api.answers(MARKED);
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    assertThat(api.lines()).containsExactly(SECRETS + "orphan");
    assertThat(api.last().json().at("/metadata/labels").isMissingNode()).isTrue();
  }

  @Test
  void an_operator_that_observes_sweeps_and_writes_nothing() {
    try (var observing = of(Tier.Observe)) {
      observing.start(() -> true);
      eventually("a sweep is done").until(() -> lastSweep() > 0);
      assertThat(api.lines()).isEmpty();
    }
  }

  @Test
  void everybody_is_looked_at_again() {
    api.answers(MARKED);
    sweep.start(() -> true);
    eventually("it is woken").until(() -> enqueued.contains("payments-api"));
    eventually("the time is told").until(() -> lastSweep() == clock.instant().getEpochSecond());
  }

  @Test
  void the_next_one_comes_by_the_clock_of_the_wall() {
    api.answers(MARKED);
    sweep.start(() -> true);
    eventually("the first sweep is done").until(() -> lastSweep() > 0);
    clock.goes(Duration.ofMinutes(10));
    eventually("the second is").until(() -> lastSweep() == clock.instant().getEpochSecond());
    clock.goes(Duration.ofDays(-1));
    eventually("and one where the clock was put back")
        .until(() -> lastSweep() == clock.instant().getEpochSecond());
  }

  @Test
  void while_the_caches_are_not_complete_nothing_is_swept() {
    var complete = new AtomicBoolean();
    var asked = new AtomicBoolean();
    sweep.start(
        () -> {
          asked.set(true);
          return complete.get();
        });
    eventually("it has asked").until(asked::get);
    assertThat(api.asked()).isEmpty();
    assertThat(lastSweep()).isZero();
    api.answers(MARKED);
    complete.set(true);
    eventually("then it sweeps").until(() -> lastSweep() > 0);
  }

  @Test
  void one_that_cannot_be_unmarked_holds_up_no_other() {
    cluster.put(Objects.marked("orphan-too", "gone").build());
    eventually("both are known")
        .until(() -> caches.find("payments", ObjectRef.secret("orphan-too")).isPresent());
    api.refuses(403, "not for you").refuses(500, "later");
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    assertThat(api.lines()).containsExactlyInAnyOrder(SECRETS + "orphan", SECRETS + "orphan-too");
  }

  @Test
  void an_identity_that_goes_lets_its_members_go_at_once() {
    api.answers(MARKED).answers(MARKED);
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    var leaving = identities.list().findFirst().orElseThrow();
    identities.remove(leaving);
    sweep.isGone(leaving);
    eventually("its member is let go").until(() -> api.asked().size() == 2);
    assertThat(api.lines().getLast()).isEqualTo(SECRETS + "at-home");
  }

  private void suspended(Map<String, String> entries) {
    var list = new SuspensionList();
    list.getMetadata().setNamespace("credence-system");
    list.getMetadata().setName("suspended-1");
    list.setSpec(new SuspensionListSpec("1", entries, null));
    cluster.put(list);
    eventually("the list is known").until(() -> caches.listed().count() == entries.size());
  }

  private static String entry(String since, String until) {
    return "gone uid-of-g " + since + until;
  }

  private void account(String name) {
    cluster.put(
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withNamespace("payments")
            .withName(name)
            .endMetadata()
            .build());
    eventually("the account is known")
        .until(() -> caches.find("payments", ObjectRef.account(name)).isPresent());
  }

  private static final String LIST =
      "PATCH /apis/credence.dev/v1alpha1/namespaces/credence-system/suspensionlists/suspended-1";

  @Test
  void an_account_that_a_policy_suspended_stays_so_without_its_identity() {
    account("by-policy");
    account("by-a-user");
    clock.goes(Duration.between(clock.instant(), Instant.parse("2027-03-01T00:00:00Z")));
    suspended(
        Map.of(
            "payments.by-policy", entry("2027-01-01T00:00:00Z", " until-released"),
            "payments.by-a-user", entry("2027-01-01T00:00:00Z", ""),
            "payments.for-long-no-account", entry("2027-01-01T00:00:00Z", " until-released"),
            "payments.lately-no-account", entry("2027-02-20T00:00:00Z", " until-released"),
            "no-such-namespace.any", entry("2027-02-20T00:00:00Z", " until-released")));
    for (var any = 0; any < 4; any++) {
      api.answers(MARKED);
    }
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    var thawed =
        api.asked().stream()
            .filter(asked -> asked.line().equals(LIST))
            .flatMap(asked -> asked.json().path("spec").path("accounts").propertyStream())
            .map(Map.Entry::getKey)
            .toList();
    assertThat(thawed)
        .containsExactlyInAnyOrder(
            "payments.by-a-user", "payments.for-long-no-account", "no-such-namespace.any");
    assertThat(MetricsPage.of(counters.page()).value("credence_suspensions_without_identity"))
        .isPositive();
  }

  @Test
  void the_deletion_of_an_identity_frees_what_a_user_suspended_alone() {
    api.answers(MARKED);
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    account("by-policy");
    account("by-a-user");
    suspended(
        Map.of(
            "payments.by-policy", entry("2027-01-01T00:00:00Z", " until-released"),
            "payments.by-a-user", entry("2027-01-01T00:00:00Z", "")));
    cluster.put(token("token-by-policy", "by-policy"));
    cluster.put(token("token-by-a-user", "by-a-user"));
    eventually("the tokens are known")
        .until(() -> caches.endedFor("payments", "uid-of-gone").size() == 2);
    api.answers(MARKED).answers(MARKED).answers(MARKED);
    sweep.isGone(Objects.naming("gone"));
    eventually("what a user suspended is freed")
        .until(() -> api.lines().contains(SECRETS + "token-by-a-user"));
    assertThat(api.lines()).contains(LIST).doesNotContain(SECRETS + "token-by-policy");
    assertThat(api.asked().stream().filter(asked -> asked.line().equals(LIST)))
        .singleElement()
        .satisfies(
            asked ->
                assertThat(asked.json().path("spec").path("accounts").has("payments.by-a-user"))
                    .isTrue());
  }

  private static HasMetadata token(String name, String account) {
    return Objects.secret(name)
        .editMetadata()
        .addToAnnotations("kubernetes.io/service-account.name", account)
        .addToAnnotations("credence.dev/suspended", "uid-of-gone")
        .addToLabels("kubernetes.io/legacy-token-invalid-since", "2027-01-01")
        .endMetadata()
        .build();
  }

  @Test
  void the_list_of_a_version_before_is_taken_over_and_deleted() {
    cluster.put(oldList("credence"));
    eventually("it is known").until(() -> caches.oldList().isPresent());
    api.answers(MARKED)
        .answers(
            Map.of(
                "apiVersion",
                "credence.dev/v1alpha1",
                "kind",
                "SuspensionList",
                "metadata",
                Map.of("name", "suspended-1", "uid", "1", "resourceVersion", "1"),
                "spec",
                Map.of("accounts", Map.of("payments.api", "by hand"))))
        .answers(Map.of("apiVersion", "v1", "kind", "Status", "status", "Success"));
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    assertThat(api.lines())
        .containsExactly(
            SECRETS + "orphan",
            "POST /apis/credence.dev/v1alpha1/namespaces/credence-system/suspensionlists",
            "DELETE /api/v1/namespaces/credence-system/configmaps/credence-suspended");
    // Nobody stays suspended for an identity that is gone.
    assertThat(api.asked().get(1).json().at("/spec/accounts"))
        .isEqualTo(FakeApi.tree("{\"payments.api\": \"by hand, at n?on\"}"));
  }

  @Test
  void a_config_map_of_somebody_else_stays() {
    cluster.put(oldList("somebody"));
    eventually("it is known").until(() -> caches.oldList().isPresent());
    api.answers(MARKED)
        .answers(
            Map.of(
                "apiVersion", "credence.dev/v1alpha1",
                "kind", "SuspensionList",
                "metadata", Map.of("name", "suspended-1", "uid", "1", "resourceVersion", "1")));
    sweep.start(() -> true);
    eventually("a sweep is done").until(() -> lastSweep() > 0);
    assertThat(api.lines()).noneMatch(line -> line.startsWith("DELETE"));
  }

  private static ConfigMap oldList(String partOf) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("credence-suspended")
        .withNamespace("credence-system")
        .addToLabels("app.kubernetes.io/part-of", partOf)
        .endMetadata()
        .addToData("payments.api", "by hand, at n\u00f6on")
        .addToData(
            "payments.gone", "MachineIdentity gone (77777777) since 2026-11-22T13:00:00Z: left")
        .build();
  }

  @Test
  void a_replica_that_does_not_act_writes_nothing_and_is_alive() {
    sweep.isGone(Objects.naming("gone"));
    sweep.close();
    sweep.isGone(Objects.naming("gone"));
    assertThat(api.asked()).isEmpty();
    assertThat(sweep.isAlive()).isTrue();
  }

  @Test
  void a_sweep_that_ends_in_an_error_is_followed_by_others() {
    var first = new AtomicBoolean(true);
    sweep.start(
        () -> {
          if (first.getAndSet(false)) {
            throw new StackOverflowError("as deep as it goes");
          }
          return true;
        });
    eventually("it sweeps after all").until(() -> lastSweep() > 0);
  }

  private double lastSweep() {
    return MetricsPage.of(counters.page()).value("credence_last_resync_timestamp_seconds");
  }

  private final class Forgetful implements Memory {
    @Override
    public List<SuspensionList> suspensionLists() {
      return caches.suspensionLists();
    }

    @Override
    public void wrote(HasMetadata object) {}

    @Override
    public void marked(String namespace, ObjectRef subject, ObjectMeta metadata) {}

    @Override
    public void restarted(String namespace) {}
  }
}
