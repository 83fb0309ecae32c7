// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.cli.Failed;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RollbackTest {
  private static final Map<String, String> KEPT =
      Map.of(
          "credence.dev/previous-retires-at", "2026-11-23T08:00:00Z",
          "credence.dev/previous", "kept");

  private static CredentialStatus credential(String type) {
    return Serialization.unmarshal(
        "---\n{name: crm-db, type: %s, state: Overlapping, version: 8}".formatted(type),
        CredentialStatus.class);
  }

  private static MachineIdentityStatus status(String credential) {
    return Serialization.unmarshal(
        "---\ncredentials: [{name: crm-db, type: Generated, %s}]".formatted(credential),
        MachineIdentityStatus.class);
  }

  @Test
  void it_is_possible_while_the_secret_contains_the_previous_version() {
    assertThat(Rollback.impossible(credential("Generated"), KEPT)).isEmpty();
  }

  @Test
  void it_names_the_reason_why_it_is_not_possible() {
    assertThat(Rollback.impossible(credential("Token"), KEPT))
        .hasValue("Secret crm-db contains a ServiceAccount token, which cannot be rolled back");
    assertThat(Rollback.impossible(credential("Generated"), Map.of()).orElseThrow())
        .contains("does not contain a previous version", "overlap is over");
    assertThat(
            Rollback.impossible(
                credential("Generated"),
                Map.of(
                    "credence.dev/previous-retires-at", "2026-11-23T08:00:00Z",
                    "credence.dev/previous", "gone")))
        .isPresent();
    assertThat(
            Rollback.impossible(
                    credential("Generated"),
                    Map.of(
                        "credence.dev/previous-retires-at", "2026-11-23T08:00:00Z",
                        "credence.dev/previous", "ending"))
                .orElseThrow())
        .contains("revoke hook", "has started");
  }

  @Test
  void it_is_done_with_the_new_version() {
    assertThat(Rollback.isDone(status("version: 9, handled: {rollback: now}"), "crm-db", "now", 8L))
        .isTrue();
    assertThat(
            Rollback.isDone(status("version: 8, handled: {rollback: before}"), "crm-db", "now", 8L))
        .isFalse();
  }

  @Test
  void a_request_that_came_too_late_fails() {
    assertThatThrownBy(
            () ->
                Rollback.isDone(
                    status("version: 8, message: too late, handled: {rollback: now}"),
                    "crm-db",
                    "now",
                    8L))
        .isInstanceOf(Failed.class)
        .hasMessage("Secret crm-db was not rolled back. too late");
  }
}
