// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Decide;
import dev.credence.decide.DecisionTest;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAnchorsTest {

  /// Four fifths of 24 hours after it was issued, as if nobody had written the annotation.
  @ParameterizedTest
  @ValueSource(strings = {"wrote-far-away", "wrote-in-the-past", "removed"})
  void a_token_is_renewed_in_time_whatever_somebody_says_of_its_expiration(String what) {
    var given =
        DecisionTest.given("a-token-whose-expiration-somebody-" + what + "-is-renewed-in-time");
    var decision = Decide.next(DecisionTest.snapshot(given));
    assertThat(decision.actions()).isEmpty();
    var credential = decision.status().orElseThrow().credentials().getFirst();
    assertThat(credential.nextRotation()).contains(Instant.parse("2026-03-03T13:12:00Z"));
    assertThat(credential.ends()).contains(Instant.parse("2026-03-03T18:00:00Z"));
  }
}
