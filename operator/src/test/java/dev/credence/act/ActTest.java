// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.usage.Evicted;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ActTest {
  private static final Action.Restart RESTART =
      new Action.Restart(
          new ObjectRef(Kind.Deployment, "payments"), Payments.JUDGED, "payments-db-v2");
  private static final Action.Evict EVICT =
      new Action.Evict(ObjectRef.pod("payments-1"), Payments.JUDGED, Optional.empty());

  @AutoClose private final Acting acting = new Acting();

  @Test
  void who_restarts_pods_looks_again_at_who_is_there() {
    acting
        .api
        .answers(
            FakeApi.yaml("{apiVersion: apps/v1, kind: Deployment, metadata: {name: payments}}"))
        .answers(FakeApi.yaml("{kind: Status, status: Success}"));
    acting.perform(RESTART);
    acting.perform(EVICT);
    assertThat(acting.memory.restarted).containsExactly("payments", "payments");
    assertThat(acting.api.lines())
        .containsExactly(
            "PATCH /apis/apps/v1/namespaces/payments/deployments/payments",
            "POST /api/v1/namespaces/payments/pods/payments-1/eviction");
  }

  private static Action.Evict noted() {
    return new Action.Evict(
        ObjectRef.pod("payments-1"),
        Payments.JUDGED,
        Optional.of(
            new Action.Noted(
                Payments.DB,
                Payments.JUDGED,
                List.of(new Evicted("uid-1", 3, 2, Instant.parse("2027-01-01T00:00:00Z"))))));
  }

  @Test
  void how_many_pods_there_were_is_written_down_before_the_first_is_evicted() {
    acting.api.answers(Payments.MARKED).answers(FakeApi.yaml("{kind: Status, status: Success}"));
    acting.perform(noted());
    assertThat(acting.api.lines())
        .containsExactly(
            "PATCH /api/v1/namespaces/payments/secrets/payments-db",
            "POST /api/v1/namespaces/payments/pods/payments-1/eviction");
    assertThat(acting.api.asked().getFirst().body())
        .contains("\"credence.dev/evicted\":\"uid-1=3/2@2027-01-01T00:00:00Z\"");
  }

  @Test
  void a_pod_is_not_evicted_where_that_cannot_be_written_down() {
    acting.api.refuses(409, "the object has been modified");
    assertThat(acting.refused(noted())).isNotNull();
    assertThat(acting.api.lines())
        .containsExactly("PATCH /api/v1/namespaces/payments/secrets/payments-db");
  }

  @Test
  void who_was_refused_does_not() {
    acting.api.refuses(403, "no").refuses(403, "no");
    assertThat(acting.refused(RESTART)).isNotNull();
    assertThat(acting.refused(EVICT)).isNotNull();
    assertThat(acting.memory.restarted).isEmpty();
  }
}
