// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.SecretContent.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TokenRecipeTest {
  @Test
  void another_server_leaves_the_token() {
    assertThat(token("a", Optional.of("1")).since(token("a", Optional.of("2")).digest()))
        .isEqualTo(Change.Texts);
    assertThat(token("a", Optional.of("1")).since(token("a", Optional.of("1")).digest()))
        .isEqualTo(Change.Nothing);
  }

  @Test
  void a_server_that_is_not_known_changes_nothing() {
    assertThat(token("a", Optional.of("1")).since(token("a", Optional.empty()).digest()))
        .isEqualTo(Change.Nothing);
    assertThat(token("a", Optional.empty()).since(token("a", Optional.of("1")).digest()))
        .isEqualTo(Change.Nothing);
  }

  @Test
  void another_account_is_another_token() {
    assertThat(token("a", Optional.of("1")).since(token("b", Optional.of("1")).digest()))
        .isEqualTo(Change.Generators);
  }

  private static TokenRecipe token(String account, Optional<String> server) {
    return new TokenRecipe(account, List.of(), Duration.ofHours(24), true, server);
  }
}
