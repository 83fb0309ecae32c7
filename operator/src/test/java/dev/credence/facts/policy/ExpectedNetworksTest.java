// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedNetworksTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.4.0.0/16, true",
    "10.4.0.0/16, 10.4.0.0/16, true",
    "10.4.1.0/24, 10.4.0.0/16, false",
    "10.0.0.0/8, 11.4.0.0/16, false",
    "0.0.0.0/0, 203.0.113.0/24, true",
    "0.0.0.0/0, 2001:db8::/48, false",
    "2001:db8::/32, 2001:db8:1::/48, true",
    "pool-a, pool-a, true",
    "pool-a, pool-b, false",
    "pool-a, 10.4.0.0/16, false",
    "10.0.0.0/8, (unknown), false"
  })
  void a_place_is_expected_as_a_whole_or_not(String expected, String place, boolean contained) {
    assertThat(ExpectedNetworks.of(List.of(expected)).contain(place)).isEqualTo(contained);
  }
}
