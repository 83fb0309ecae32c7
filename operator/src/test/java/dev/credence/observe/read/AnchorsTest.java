// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.Objects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnchorsTest {
  private static Secret anchor(String name, String secret, Map<String, String> more) {
    return Objects.secret(name)
        .editMetadata()
        .addToAnnotations("credence.dev/anchor-for", secret)
        .addToAnnotations("credence.dev/version", "3")
        .addToAnnotations(more)
        .withOwnerReferences(Objects.controlledBy("taker"))
        .endMetadata()
        .build();
  }

  private static List<String> names(List<HasMetadata> issued, List<HasMetadata> beside) {
    return Anchors.of(issued, secret -> secret.equals("token") ? beside : List.of()).stream()
        .map(anchor -> anchor.getMetadata().getName())
        .toList();
  }

  private static Secret token() {
    return Objects.secret("token")
        .editMetadata()
        .addToAnnotations("credence.dev/account-uid", "crm-1")
        .endMetadata()
        .build();
  }

  @Test
  void an_anchor_that_names_the_account_is_found_without_its_secret() {
    var anchor = anchor("token-anchor-v3", "token", Map.of("credence.dev/account-uid", "crm-1"));
    assertThat(names(List.of(anchor), List.of())).containsExactly("token-anchor-v3");
  }

  /// As the versions before made it.
  @Test
  void one_that_does_not_is_found_by_its_secret() {
    assertThat(names(List.of(token()), List.of(anchor("token-anchor-v3", "token", Map.of()))))
        .containsExactly("token-anchor-v3");
  }

  /// The Secret holds a token of another account by now.
  @Test
  void one_that_names_another_account_is_left() {
    var other = anchor("token-anchor-v3", "token", Map.of("credence.dev/account-uid", "other-1"));
    assertThat(names(List.of(token()), List.of(other))).isEmpty();
  }

  @Test
  void what_only_says_that_it_is_an_anchor_is_left() {
    var renamed = anchor("somebodys", "token", Map.of());
    var owned =
        Objects.secret("token-anchor-v3")
            .editMetadata()
            .addToAnnotations("credence.dev/anchor-for", "token")
            .addToAnnotations("credence.dev/version", "3")
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("ConfigMap")
                    .withName("taker")
                    .withUid("uid-of-taker")
                    .withController(true)
                    .build())
            .endMetadata()
            .build();
    assertThat(names(List.of(token()), List.of(renamed, owned))).isEmpty();
  }
}
