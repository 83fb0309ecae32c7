// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretMetadataTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "team",
        "app.kubernetes.io/part-of",
        "tekton.dev/git-0",
        "hnc.x-k8s.io/none",
        "Example.name_1",
        "my-kubernetes.io/x"
      })
  void a_key_of_the_user_is_written(String key) {
    assertThat(SecretMetadata.of(Map.of(key, "x"), Map.of(key, "y")).problem()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "credence.dev/identity",
        "hooks.credence.dev/x",
        "app.kubernetes.io/managed-by",
        "kubernetes.io/legacy-token-invalid-since",
        "secrets.kubernetes.io/x",
        "k8s.io/x",
        "csi.k8s.io/x"
      })
  void a_reserved_key_is_not(String key) {
    assertThat(SecretMetadata.of(Map.of(key, "x"), Map.of()).problem())
        .contains(
            "metadata: the label " + key + " is reserved for Kubernetes and Credence; remove it");
    assertThat(SecretMetadata.of(Map.of(), Map.of(key, "x")).problem()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/x", "-x", "x-", "a b", "A.b/x", "example.com/", "a/b/c", "ä"})
  void what_is_no_key_is_not(String key) {
    assertThat(SecretMetadata.of(Map.of(), Map.of(key, "x")).problem())
        .contains(
            "metadata: '"
                + key
                + "' is not a key of labels or annotations, such as app.kubernetes.io/part-of");
  }

  @Test
  void what_is_too_large_is_not() {
    assertThat(SecretMetadata.of(Map.of(), Map.of("x", "y".repeat(30_000))).problem())
        .contains("metadata: annotations of 30001 characters together, where 24576 is the most");
  }
}
