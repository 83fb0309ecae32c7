// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworksTest {

  @ParameterizedTest
  @CsvSource({
    "10.4.1.7, 10.4.0.0/16",
    "172.20.3.4, 172.20.0.0/16",
    "100.64.9.1, 100.64.0.0/16",
    "203.0.113.9, 203.0.113.0/24",
    "2001:db8:1:2::3, 2001:db8:1:0:0:0:0:0/48",
    "::1, 0:0:0:0:0:0:0:0/48",
    "example.com, (unknown)",
    "'', (unknown)"
  })
  void without_declared_networks_a_block_of_fixed_size_is_a_place(String address, String place) {
    assertThat(Networks.NONE.place(address)).isEqualTo(place);
  }

  @Test
  void a_declared_network_is_one_place() {
    var networks = Networks.of(List.of("pool-a=10.4.0.0/14", "192.0.2.0/28"));
    assertThat(networks.place("10.7.255.1")).isEqualTo("pool-a");
    assertThat(networks.place("10.8.0.1")).isEqualTo("10.8.0.0/16");
    assertThat(networks.place("192.0.2.15")).isEqualTo("192.0.2.0/28");
    assertThat(networks.place("192.0.2.16")).isEqualTo("192.0.2.0/24");
  }

  @ParameterizedTest
  @CsvSource({"10.4.0.0", "10.4.0.0/33", "pool=", "example.com/8", "10.4.0.0/x"})
  void what_is_no_network_is_rejected(String text) {
    assertThatThrownBy(() -> Networks.of(List.of(text))).hasMessageContaining(text);
  }

  @ParameterizedTest
  @CsvSource({
    "kubectl/v1.36.0 (linux/amd64) kubernetes/abc, kubectl",
    "Mozilla/5.0 (X11), mozilla",
    "crm, crm",
    "'', (none)"
  })
  void the_product_of_an_agent_has_no_version(String agent, String product) {
    assertThat(UserAgent.product(agent)).isEqualTo(product);
  }
}
