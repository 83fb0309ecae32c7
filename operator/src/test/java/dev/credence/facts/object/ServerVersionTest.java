// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What API servers answer to `/version`.
class ServerVersionTest {

  @Test
  void a_minor_version_may_have_a_suffix() {
    assertThat(ServerVersion.of("1", "35")).contains(new ServerVersion(1, 35));
    assertThat(ServerVersion.of("1", "35+")).contains(new ServerVersion(1, 35));
    assertThat(ServerVersion.of("1", "")).isEqualTo(Optional.empty());
    assertThat(ServerVersion.of("", "35")).isEqualTo(Optional.empty());
    assertThat(ServerVersion.of("v1", "x")).isEqualTo(Optional.empty());
  }

  @Test
  void versions_are_compared_as_numbers() {
    assertThat(new ServerVersion(1, 9).isBefore(new ServerVersion(1, 35))).isTrue();
    assertThat(new ServerVersion(1, 35).isBefore(new ServerVersion(1, 35))).isFalse();
    assertThat(new ServerVersion(2, 0).isBefore(new ServerVersion(1, 35))).isFalse();
  }
}
