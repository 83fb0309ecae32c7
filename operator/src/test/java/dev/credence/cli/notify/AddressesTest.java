// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static final Addresses ANY = Addresses.of(Optional.empty(), Set.of("*"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@example.com",
        "Alice.Smith+oncall@example.com",
        "o'neil@mail.example.com",
        "a@localhost",
        "team_sales@xn--bcher-kva.example"
      })
  void a_plain_address_is_one(String address) {
    assertThat(Addresses.isValid(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice",
        "#sales-oncall",
        "alice@",
        "@example.com",
        "alice@@example.com",
        "Alice <alice@example.com>",
        "alice@example.com, bob@example.com",
        "alice@example.com;bob@example.com",
        "alice@example.com\nBcc: bob@example.com",
        "alice@example.com\r\nSubject: hello",
        "alice\r\n@example.com",
        "alice@example.com\n",
        " alice@example.com",
        "alice@example.com ",
        "alice@exam\u0000ple.com",
        "alice@example.com\u2028",
        "\u202Ealice@example.com",
        "\"alice smith\"@example.com",
        "alice(comment)@example.com",
        "alice@[127.0.0.1]",
        "alice@example..com",
        "alice@-example.com",
        ".alice@example.com",
        "alice.@example.com",
        "al..ice@example.com",
        "-oQ/tmp@example.com",
        "müller@example.com",
        "alice@exämple.com",
        "<alice@example.com>",
        "mailto:alice@example.com"
      })
  void anything_else_is_none(String contact) {
    assertThat(Addresses.isValid(contact)).isFalse();
    assertThat(ANY.of(contact)).isEmpty();
  }

  @Test
  void an_address_that_is_too_long_is_none() {
    assertThat(Addresses.isValid("a".repeat(64) + "@example.com")).isTrue();
    assertThat(Addresses.isValid("a".repeat(65) + "@example.com")).isFalse();
    assertThat(Addresses.isValid("a@" + "b.".repeat(126) + "example")).isFalse();
  }

  @Test
  void only_allowed_domains_get_notices() {
    var ofFallback = Addresses.of(Optional.of("platform@Example.com"), Set.of());
    assertThat(ofFallback.of("Alice@EXAMPLE.com")).contains("alice@example.com");
    assertThat(ofFallback.of("alice@example.org")).isEmpty();
    assertThat(ofFallback.of("alice@mail.example.com")).isEmpty();

    var named = Addresses.of(Optional.of("platform@example.com"), Set.of("Example.ORG"));
    assertThat(named.of("alice@example.org")).contains("alice@example.org");
    assertThat(named.of("alice@example.com")).isEmpty();

    assertThat(Addresses.of(Optional.empty(), Set.of()).of("a@example.org")).isPresent();
  }
}
