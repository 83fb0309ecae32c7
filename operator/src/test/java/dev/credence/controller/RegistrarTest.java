// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.act.IdentityWrites;
import dev.credence.decide.discovery.RegistrationPlan;
import dev.credence.facts.object.Preconditions;
import dev.credence.metrics.DiscoveryGauges.Progress;
import dev.credence.plan.RegistrationStep;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RegistrarTest {
  private static final String IDENTITIES =
      "/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities";

  private final Wall clock = new Wall();
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final Registrar registrar = new Registrar(new IdentityWrites(client)::perform);

  private static RegistrationStep register(String account) {
    return new RegistrationStep.Register("sales", account, account, "production");
  }

  private static RegistrationPlan all(RegistrationStep... steps) {
    return new RegistrationPlan(List.of(steps), List.of());
  }

  @Test
  void so_many_in_a_minute_and_no_more() {
    var done = new ArrayList<RegistrationStep>();
    var slow = new Registrar(done::add);
    var steps =
        IntStream.range(0, 100)
            .<RegistrationStep>mapToObj(number -> register("account-" + number))
            .toList();
    var some = new RegistrationPlan(steps, List.of());

    assertThat(slow.perform(some, clock.instant()))
        .isEqualTo(Map.of("production", new Progress(40, Optional.empty())));
    assertThat(done).hasSize(60);
    assertThat(slow.isUnfinished()).isTrue();

    clock.goes(Duration.ofMinutes(1));
    var rest = new RegistrationPlan(steps.subList(60, 100), List.of());
    assertThat(slow.perform(rest, clock.instant())).isEmpty();
    assertThat(done).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void an_identity_says_nothing_but_which_account_it_is_for() {
    api.echoes();
    assertThat(registrar.perform(all(register("crm-sync")), clock.instant())).isEmpty();
    assertThat(api.lines()).containsExactly("POST " + IDENTITIES);
    assertThat(api.last().json())
        .isEqualTo(
            FakeApi.yaml(
                """
                apiVersion: credence.dev/v1alpha1
                kind: MachineIdentity
                metadata: {name: crm-sync, namespace: sales, labels: {credence.dev/discovered: "true"}}
                spec: {serviceAccounts: [{name: crm-sync}]}
                """));
  }

  @Test
  void what_was_written_is_not_written_again_before_the_cache_shows_it() {
    api.echoes();
    registrar.perform(all(register("crm-sync")), clock.instant());
    registrar.perform(all(register("crm-sync")), clock.instant());
    assertThat(api.lines()).hasSize(1);
  }

  @Test
  void a_missing_right_is_asked_for_once() {
    api.refuses(
        403,
        "machineidentities.credence.dev is forbidden: User \"credence\" cannot create resource \"machineidentities\"");
    var both = all(register("crm-sync"), register("crm-report"));
    for (var observe = 0; observe < 3; observe++) {
      assertThat(registrar.perform(both, clock.instant()).get("production"))
          .extracting(progress -> progress.problem().orElseThrow())
          .asString()
          .contains("`discovery.register: true`");
    }
    assertThat(api.lines()).hasSize(1);

    clock.goes(Duration.ofMinutes(5));
    api.echoes().echoes();
    assertThat(registrar.perform(both, clock.instant())).isEmpty();
    assertThat(api.lines()).hasSize(3);
  }

  @Test
  void what_one_account_is_refused_stops_no_other() {
    api.refuses(403, "admission policy names.example.com denied it").echoes();
    var progress =
        registrar.perform(all(register("crm-sync"), register("crm-report")), clock.instant());
    assertThat(progress.get("production").problem().orElseThrow())
        .contains("ServiceAccount crm-sync", "names.example.com");
    assertThat(api.lines()).hasSize(2);
  }

  @Test
  void a_name_that_was_taken_meanwhile_is_no_problem() {
    api.refuses(409, "machineidentities.credence.dev \"crm-sync\" already exists");
    assertThat(registrar.perform(all(register("crm-sync")), clock.instant())).isEmpty();
  }

  @Test
  void only_the_very_object_that_was_judged_goes() {
    api.answers(Map.of("kind", "Status", "apiVersion", "v1", "status", "Success"));
    registrar.perform(
        all(new RegistrationStep.Withdraw("sales", "crm-sync", new Preconditions("uid-1", "7"))),
        clock.instant());
    assertThat(api.lines()).containsExactly("DELETE " + IDENTITIES + "/crm-sync");
    assertThat(api.last().json().at("/preconditions/uid").asText()).isEqualTo("uid-1");
    assertThat(api.last().json().at("/preconditions/resourceVersion").asText()).isEqualTo("7");
  }

  @Test
  void of_an_adopted_one_the_label_alone_is_changed() {
    api.echoes();
    registrar.perform(
        all(new RegistrationStep.Acknowledge("sales", "crm-sync", new Preconditions("uid-1", "7"))),
        clock.instant());
    assertThat(api.lines()).containsExactly("PATCH " + IDENTITIES + "/crm-sync");
    assertThat(api.last().json())
        .isEqualTo(
            FakeApi.yaml(
                "{metadata: {uid: uid-1, resourceVersion: '7', labels: {credence.dev/discovered: null}}}"));
  }
}
