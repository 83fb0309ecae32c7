// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Decide;
import dev.credence.decide.DecisionTest;
import dev.credence.plan.IdentityStatus;
import org.junit.jupiter.api.Test;

/// Evidence changes with each request of an identity, and the status must not be written for that.
class BusyIdentityTest {

  @Test
  void requests_of_every_minute_change_the_status_once_a_day() {
    var given = DecisionTest.given("audit-events-show-that-a-token-is-used");
    var at = "at: 2026-03-02T09:00:00Z";
    assertThat(given).contains(at);
    for (var minute = 1; minute < 60; minute++) {
      var later = given.replace(at, "at: 2026-03-02T09:%02d:30Z".formatted(minute));
      assertThat(status(later)).isEqualTo(status(given));
    }
    assertThat(status(given.replace(at, "at: 2026-03-03T09:00:00Z"))).isNotEqualTo(status(given));
  }

  @Test
  void the_previous_token_changes_it_once_an_hour() {
    var given = DecisionTest.given("audit-events-show-the-last-use-of-each-token");
    var at = "at: 2026-03-03T12:40:00Z";
    assertThat(given).contains(at);
    assertThat(status(given.replace(at, "at: 2026-03-03T12:59:59Z"))).isEqualTo(status(given));
    assertThat(status(given.replace(at, "at: 2026-03-03T13:00:00Z"))).isNotEqualTo(status(given));
  }

  @Test
  void rights_in_use_change_it_never() {
    var given = DecisionTest.given("rights-that-were-not-used-break-a-policy-that-asks");
    var at = "at: 2026-02-20T09:00:00Z";
    assertThat(given).contains(at);
    assertThat(status(given.replace(at, "at: 2026-02-20T21:17:03Z"))).isEqualTo(status(given));
  }

  private static IdentityStatus status(String given) {
    return Decide.next(DecisionTest.snapshot(given)).status().orElseThrow();
  }
}
