// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialIdTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void the_token_before_stays_valid_for_the_overlap_and_those_before_it_do_not() {
    var first = CredentialId.issued(List.of(), 1, "JTI=a", false, NOW);
    var second = CredentialId.issued(first, 2, "JTI=b", true, NOW.plusSeconds(10));
    var third = CredentialId.issued(second, 3, "JTI=c", true, NOW.plusSeconds(20));
    assertThat(CredentialId.text(third)).isEqualTo("3=JTI=c 2=JTI=b 1=JTI=a@2027-01-01T00:00:20Z");
    assertThat(CredentialId.text(CredentialId.retiredBefore(3, third, NOW.plusSeconds(30))))
        .isEqualTo("3=JTI=c 2=JTI=b@2027-01-01T00:00:30Z 1=JTI=a@2027-01-01T00:00:20Z");
  }

  @Test
  void a_token_that_is_replaced_at_once_is_retired_at_once() {
    var first = CredentialId.issued(List.of(), 1, "JTI=a", false, NOW);
    assertThat(CredentialId.text(CredentialId.issued(first, 2, "JTI=b", false, NOW)))
        .isEqualTo("2=JTI=b 1=JTI=a@2027-01-01T00:00:00Z");
  }

  @Test
  void a_secret_remembers_five_of_them() {
    var all = List.<CredentialId>of();
    for (var version = 1; version <= 9; version++) {
      all = CredentialId.issued(all, version, "JTI=" + version, true, NOW);
    }
    assertThat(all).extracting(CredentialId::version).containsExactly(9L, 8L, 7L, 6L, 5L);
    assertThat(CredentialId.of(CredentialId.text(all))).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "JTI=a",
        "x=JTI=a",
        "1=a",
        "1=JTI=a@yesterday",
        "9999999999999999999=JTI=a",
        "1=JTI=<script>"
      })
  void what_cannot_be_read_is_left_out(String text) {
    assertThat(CredentialId.of("2=JTI=b " + text))
        .containsExactly(new CredentialId(2, "JTI=b", Optional.empty()));
  }
}
