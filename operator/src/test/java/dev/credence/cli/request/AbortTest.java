// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbortTest {
  private static CredentialStatus credential(String state) {
    return Serialization.unmarshal(
        "---\n{name: crm-db, type: Generated, state: %s}".formatted(state), CredentialStatus.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Fresh, false, true",
    "Overlapping, false, true",
    "Blocked, false, false",
    "Verifying, true, false",
    "Deferred, true, false"
  })
  void there_is_nothing_to_abort_without_a_pending_version(
      String state, boolean isPending, boolean isNothing) {
    assertThat(Abort.nothing(credential(state), isPending).isPresent()).isEqualTo(isNothing);
  }

  @Test
  void it_names_the_state_where_there_is_nothing_to_abort() {
    assertThat(Abort.nothing(credential("Fresh"), false))
        .hasValue(
            "Nothing to abort. Secret crm-db has no pending version, and its state is Fresh.");
  }

  @Test
  void it_is_done_when_the_operator_has_handled_this_request() {
    var status =
        Serialization.unmarshal(
            "---\ncredentials: [{name: crm-db, type: Generated, handled: {abort: now}}]",
            MachineIdentityStatus.class);
    assertThat(Abort.isDone(status, "crm-db", "now")).isTrue();
    assertThat(Abort.isDone(status, "crm-db", "later")).isFalse();
    assertThat(Abort.isDone(status, "crm-api", "now")).isFalse();
  }
}
