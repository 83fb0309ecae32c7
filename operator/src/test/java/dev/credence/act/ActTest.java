package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Action;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import dev.credence.observe.FakeApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ActTest {
  private static final Action.Restart RESTART =
      new Action.Restart(
          new Subject(Kind.Deployment, "payments"), Payments.JUDGED, "payments-db-v2");
  private static final Action.Evict EVICT =
      new Action.Evict(Subject.pod("payments-1"), Payments.JUDGED);

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

  @Test
  void who_was_refused_does_not() {
    acting.api.refuses(403, "no").refuses(403, "no");
    assertThat(acting.refused(RESTART)).isNotNull();
    assertThat(acting.refused(EVICT)).isNotNull();
    assertThat(acting.memory.restarted).isEmpty();
  }
}
