// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import dev.credence.facts.usage.UsageListing.SetUp;
import dev.credence.testing.FakeApi;
import dev.credence.testing.FakeApi.Answer;
import dev.credence.testing.FakeApi.Asked;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ListedUsageTest {
  private static final int KINDS = 8;
  private static final Instant NOW = Instant.parse("2026-03-03T14:00:00Z");
  private static final ObjectRef SYNC = ObjectRef.account("crm-sync");

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final WorkloadLister workloads =
      new WorkloadLister(
          client,
          namespace -> List.of(),
          () -> this.hasRollouts,
          asking -> false,
          () -> this.isWide,
          nanos::get);

  private boolean isWide;
  private boolean hasRollouts;

  /// What is in the namespace, by kind.
  private final Map<String, String> there = new HashMap<>();

  private UsageListing usage(String namespace, Instant now, boolean news) {
    nanos.set(Long.MAX_VALUE - 5 + Duration.between(NOW, now).toNanos());
    return workloads.usage(namespace, now, news);
  }

  private UsageListing list(Instant now, boolean news) {
    IntStream.range(0, hasRollouts ? KINDS + 1 : KINDS).forEach(kind -> api.then(this::list));
    return usage("sales", now, news);
  }

  private Answer list(Asked asked) {
    var plural = asked.path().substring(asked.path().lastIndexOf('/') + 1);
    return new Answer(
        200,
        FakeApi.json(
            FakeApi.yaml("{kind: List, items: [" + there.getOrDefault(plural, "") + "]}")));
  }

  @Test
  void each_kind_is_listed_once_from_the_servers_cache() {
    assertThat(list(NOW, false)).isEqualTo(UsageListing.NONE);
    assertThat(api.lines())
        .containsExactlyInAnyOrder(
            "GET /api/v1/namespaces/sales/pods",
            "GET /apis/apps/v1/namespaces/sales/deployments",
            "GET /apis/apps/v1/namespaces/sales/statefulsets",
            "GET /apis/apps/v1/namespaces/sales/daemonsets",
            "GET /apis/batch/v1/namespaces/sales/jobs",
            "GET /apis/batch/v1/namespaces/sales/cronjobs",
            "GET /apis/networking.k8s.io/v1/namespaces/sales/ingresses",
            "GET /apis/gateway.networking.k8s.io/v1/namespaces/sales/gateways");
    assertThat(api.asked())
        .allSatisfy(asked -> assertThat(asked.query()).containsEntry("resourceVersion", "0"));
  }

  @Test
  void the_template_of_an_argo_rollout_uses_what_it_names() {
    hasRollouts = true;
    there.put(
        "rollouts",
        """
        {apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: crm}, spec: {replicas: 0,
         template: {spec: {serviceAccountName: crm-sync}}}}
        """);
    assertThat(list(NOW, false).setUp()).containsExactly(new SetUp(SYNC, "Rollout", "crm"));
    assertThat(api.lines())
        .contains("GET /apis/argoproj.io/v1alpha1/namespaces/sales/rollouts")
        .hasSize(KINDS + 1);
  }

  @Test
  void an_answer_serves_until_about_the_next_sweep_and_a_new_identity_for_half_a_minute() {
    list(NOW, false);
    usage("sales", NOW.plusSeconds(30), true);
    usage("sales", NOW.plus(Duration.ofMinutes(9)), false);
    assertThat(api.asked()).hasSize(KINDS);
    list(NOW.plusSeconds(31), true);
    assertThat(api.asked()).hasSize(2 * KINDS);
    list(NOW.plusSeconds(32).plus(Duration.ofMinutes(9)), false);
    assertThat(api.asked()).hasSize(3 * KINDS);
  }

  @Test
  void all_namespaces_are_listed_at_once_where_many_have_identities() {
    isWide = true;
    there.put(
        "pods",
        "{metadata: {name: a, namespace: sales}, spec: {serviceAccountName: crm-sync}},"
            + "{metadata: {name: b, namespace: ops}, spec: {serviceAccountName: backup}}");
    assertThat(list(NOW, false).ran()).containsOnlyKeys(SYNC);
    assertThat(usage("ops", NOW, true).ran()).containsOnlyKeys(ObjectRef.account("backup"));
    assertThat(usage("empty", NOW, false)).isEqualTo(UsageListing.NONE);
    assertThat(api.asked()).hasSize(KINDS);
    assertThat(api.lines()).contains("GET /api/v1/pods", "GET /apis/apps/v1/deployments");
    assertThat(api.asked())
        .allSatisfy(asked -> assertThat(asked.query()).containsEntry("limit", "250"));
  }

  @Test
  void a_namespace_that_was_forgotten_is_listed_by_itself() {
    isWide = true;
    list(NOW, false);
    workloads.usageChanged("sales", NOW);
    list(NOW, false);
    assertThat(api.lines()).contains("GET /api/v1/namespaces/sales/pods");
    assertThat(api.asked()).hasSize(2 * KINDS);
  }

  @Test
  void news_of_a_namespace_is_asked_for_there_alone() {
    isWide = true;
    list(NOW, false);
    list(NOW.plusSeconds(31), true);
    assertThat(api.lines()).contains("GET /api/v1/namespaces/sales/pods");
    assertThat(api.asked()).hasSize(2 * KINDS);
  }

  @Test
  void pages_are_read_to_the_last_one() {
    isWide = true;
    IntStream.range(0, KINDS - 1).forEach(kind -> api.then(this::list));
    api.answers(
        FakeApi.yaml(
            "{kind: PodList, metadata: {continue: more}, items: [{metadata: {name: a, namespace: sales}, spec: {serviceAccountName: crm-sync}}]}"));
    api.answers(
        FakeApi.yaml(
            "{kind: PodList, items: [{metadata: {name: b, namespace: sales}, spec: {serviceAccountName: backup}}]}"));
    assertThat(usage("sales", NOW, false).ran())
        .containsOnlyKeys(SYNC, ObjectRef.account("backup"));
    assertThat(api.asked().getLast().query()).containsEntry("continue", "more");
  }

  @Test
  void what_was_forgotten_is_listed_anew() {
    list(NOW, false);
    workloads.usageChanged("sales", NOW);
    list(NOW, false);
    assertThat(api.asked()).hasSize(2 * KINDS);
  }

  @Test
  void a_clock_that_is_put_back_does_not_keep_an_answer_for_ever() {
    list(NOW, false);
    IntStream.range(0, KINDS).forEach(kind -> api.then(this::list));
    nanos.addAndGet(Duration.ofMinutes(10).toNanos());
    workloads.usage("sales", NOW.minus(Duration.ofDays(1)), false);
    assertThat(api.asked()).hasSize(2 * KINDS);
  }

  @Test
  void what_may_not_be_listed_is_named_and_hides_nothing_of_the_rest() {
    there.put(
        "pods",
        "{metadata: {name: a}, spec: {serviceAccountName: crm-sync}, status: {phase: Running}}");
    api.refuses(403, "deployments is forbidden");
    IntStream.range(1, KINDS).forEach(kind -> api.then(this::list));
    var uses = usage("sales", NOW, false);
    assertThat(uses.problems())
        .containsExactly("deployments cannot be listed: deployments is forbidden");
    assertThat(uses.ran()).containsEntry(SYNC, LocalDate.parse("2026-03-03"));

    usage("sales", NOW.plusSeconds(60), false);
    assertThat(api.asked()).hasSize(KINDS);
    assertThat(list(NOW.plusSeconds(61), false).problems()).isEmpty();
  }

  @Test
  void gateways_that_nobody_installed_are_no_gap() {
    IntStream.range(1, KINDS - 1).forEach(kind -> api.then(this::list));
    api.refuses(404, "not found");
    api.then(this::list);
    assertThat(usage("sales", NOW, false)).isEqualTo(UsageListing.NONE);
  }

  @Test
  void a_server_that_does_not_answer_is_asked_once() {
    api.close();
    assertThat(usage("sales", NOW, false).problems())
        .containsExactly("deployments cannot be listed: the API server does not answer");
  }

  @Test
  void the_controller_of_a_job_speaks_for_it() {
    var template = "spec: {template: {spec: {serviceAccountName: crm-sync}}}";
    there.put(
        "jobs",
        "{metadata: {name: by-hand}, %s}, {metadata: {name: nightly-1, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly, uid: u, controller: true}]}, %s}"
            .formatted(template, template));
    assertThat(list(NOW, false).setUp()).containsExactly(new SetUp(SYNC, "Job", "by-hand"));
  }

  @Test
  void since_when_the_use_of_tokens_is_noted_is_asked_once() {
    var tracking = new TokenTracking(client);
    api.refuses(403, "configmaps is forbidden");
    assertThat(tracking.refresh(NOW)).isInstanceOf(Tracking.Unknown.class);
    assertThat(tracking.refresh(NOW.plusSeconds(60))).isInstanceOf(Tracking.Unknown.class);
    api.answers(
        FakeApi.yaml(
            "{kind: ConfigMapList, items: [{metadata: {name: x}, data: {since: '2023-08-15'}}]}"));
    var since = new Tracking.Since(LocalDate.parse("2023-08-15"));
    assertThat(tracking.refresh(NOW.plus(Duration.ofMinutes(9)))).isEqualTo(since);
    assertThat(tracking.refresh(NOW.plus(Duration.ofDays(9)))).isEqualTo(since);
    assertThat(api.asked()).hasSize(2);
  }
}
