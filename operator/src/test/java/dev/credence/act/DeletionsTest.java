// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class DeletionsTest {
  @AutoClose private final Acting acting = new Acting();

  @ParameterizedTest
  @CsvSource({
    "Secret, /api/v1/namespaces/payments/secrets/payments-db-pending, Background",
    // Its pods go first, since they read values.
    "Job, /apis/batch/v1/namespaces/payments/jobs/payments-db-pending, Foreground"
  })
  void only_the_very_version_that_was_judged_is_deleted(
      Kind kind, String path, String propagation) {
    acting.api.answers("{\"kind\": \"Status\", \"status\": \"Success\"}");
    acting.perform(remove(kind));
    assertThat(acting.api.lines()).containsExactly("DELETE " + path);
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "%s",
                 "preconditions": {"uid": "uid-of-it", "resourceVersion": "8"}}
                """
                    .formatted(propagation)));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409})
  void what_is_gone_or_another_by_now_is_a_race(int code) {
    acting.api.refuses(code, "Precondition failed: UID in precondition: uid-of-it");
    assertThat(acting.refused(remove(Kind.Secret)).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void a_no_is_told() {
    acting.api.refuses(403, "secrets is forbidden");
    assertThat(acting.refused(remove(Kind.Secret)))
        .hasMessage(
            "Secret payments-db-pending: The API server rejected the request to delete it (403): secrets is forbidden");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"Secret", "Job", "ServiceAccount", "Certificate"})
  void nothing_that_we_do_not_make_is_deleted(Kind kind) {
    assertThatIllegalArgumentException().isThrownBy(() -> acting.perform(remove(kind)));
    assertThat(acting.api.asked()).isEmpty();
  }

  private static Action.Remove remove(Kind kind) {
    return new Action.Remove(
        new ObjectRef(kind, "payments-db-pending"), new Preconditions("uid-of-it", "8"), "proven");
  }
}
