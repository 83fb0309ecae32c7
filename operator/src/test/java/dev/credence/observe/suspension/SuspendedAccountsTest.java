// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Listed.Until;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuspendedAccountsTest {
  private static final Instant SINCE = Instant.parse("2026-03-03T13:00:00Z");

  @ParameterizedTest
  @EnumSource(Until.class)
  void an_entry_is_read_as_it_was_written(Until until) {
    var entry = new Listed("crm", "crm-1", SINCE, "", until);
    assertThat(SuspendedAccounts.listed(SuspendedAccounts.text(entry))).isEqualTo(entry);
  }

  /// As the versions before wrote it.
  @Test
  void an_entry_that_does_not_say_so_goes_with_its_identity() {
    assertThat(
            SuspendedAccounts.listed(
                "MachineIdentity crm (crm-1) since 2026-03-03T13:00:00Z: left"))
        .isEqualTo(new Listed("crm", "crm-1", SINCE, "", Until.Deleted));
  }
}
