// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Cycle;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Generator.RandomBytes;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.Generator.Uuid;
import dev.credence.facts.credential.KeySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MakerTest {

  private static final List<KeySpec> CRM_DB =
      List.of(
          new KeySpec("url", new Template("postgres://{username}:{password}@db/crm?as={role}")),
          new KeySpec("username", new Fixed("crm")),
          new KeySpec("password", new Password(32, Characters.AlphaNumeric)),
          new KeySpec("api-key", new RandomBytes(32, Encoding.Base64Url)),
          new KeySpec("blob", new RandomBytes(48, Encoding.Raw)),
          new KeySpec("client-id", new Uuid()),
          new KeySpec("role", new Cycle(List.of("crm_blue", "crm_green"))),
          new KeySpec(
              "id_key",
              new KeyPair(
                  Algorithm.Ed25519, Optional.empty(), Format.OpenSSH, Optional.of("id_key.pub"))),
          new KeySpec("bundle", new Template("{id_key}{id_key.pub}")));

  private final Maker maker = new Maker(Seeded.random(1));

  @Test
  void every_key_is_made_and_the_public_half_too() {
    Map<String, byte[]> created = maker.make(CRM_DB, 1);
    assertThat(created)
        .containsOnlyKeys(
            "api-key",
            "blob",
            "bundle",
            "client-id",
            "id_key",
            "id_key.pub",
            "password",
            "role",
            "url",
            "username");
    assertThat(text(created, "username")).isEqualTo("crm");
    assertThat(text(created, "password")).matches("[A-Za-z0-9]{32}");
    assertThat(text(created, "api-key")).matches("[-_A-Za-z0-9]{43}");
    assertThat(created.get("blob")).hasSize(48);
    assertThat(text(created, "client-id")).hasSize(36);
    assertThat(text(created, "url"))
        .isEqualTo("postgres://crm:%s@db/crm?as=crm_blue".formatted(text(created, "password")));
    assertThat(text(created, "bundle"))
        .isEqualTo(text(created, "id_key") + text(created, "id_key.pub"))
        .contains("-----END OPENSSH PRIVATE KEY-----\nssh-ed25519 ");
  }

  @Test
  void the_next_version_shares_nothing_but_what_is_fixed() {
    Map<String, byte[]> first = maker.make(CRM_DB, 1);
    Map<String, byte[]> second = maker.make(CRM_DB, 2);
    assertThat(second.keySet()).isEqualTo(first.keySet());
    assertThat(second)
        .allSatisfy(
            (name, value) -> {
              if (name.equals("username")) {
                assertThat(value).isEqualTo(first.get(name));
              } else {
                assertThat(value).isNotEqualTo(first.get(name));
              }
            });
  }

  @Test
  void what_is_there_decides_whose_turn_it_is() {
    List<KeySpec> roles = List.of(new KeySpec("role", new Cycle(List.of("blue", "green", "red"))));
    assertThat(text(maker.make(roles, 7, before("blue")), "role")).isEqualTo("green");
    assertThat(text(maker.make(roles, 7, before("red")), "role")).isEqualTo("blue");
    // 7 is the turn of the first, where what is there is none of the list
    assertThat(text(maker.make(roles, 7, before("yellow")), "role")).isEqualTo("blue");
    assertThat(text(maker.make(roles, 7, Map.of()), "role")).isEqualTo("blue");
  }

  private static Map<String, byte[]> before(String role) {
    return Map.of("role", role.getBytes(UTF_8));
  }

  @Test
  void the_list_is_taken_in_turn_from_the_first_version_on() {
    List<KeySpec> roles = List.of(new KeySpec("role", new Cycle(List.of("blue", "green", "red"))));
    assertThat(List.of(1L, 2L, 3L, 4L, 3_000_000_000L))
        .extracting(version -> text(maker.make(roles, version), "role"))
        .containsExactly("blue", "green", "red", "blue", "red");
  }

  @Test
  void keys_with_a_problem_are_not_made() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> maker.make(List.of(new KeySpec("url", new Template("{user}"))), 1))
        .withMessage("template url: {user} is not a key of this Secret");
  }

  private static String text(Map<String, byte[]> created, String name) {
    return new String(created.get(name), UTF_8);
  }
}
