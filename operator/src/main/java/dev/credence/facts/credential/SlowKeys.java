// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.KeyPair;
import java.util.List;
import java.util.Optional;

/// Keys that take seconds to generate, which are RSA keys. The schema allows none with more than
/// 4096 bits; an identity that was created before that may have one.
public final class SlowKeys {
  private static final int LARGEST = 4_096;

  public static boolean areIn(SecretContent material) {
    return material instanceof GeneratedContent(var keys)
        && keys.stream().map(KeySpec::generator).anyMatch(SlowKeys::isSlow);
  }

  private static boolean isSlow(Generator generator) {
    return generator instanceof KeyPair pair && pair.algorithm() == Algorithm.RSA;
  }

  /// Why a key is not generated.
  public static Optional<String> problem(List<KeySpec> keys) {
    return keys.stream()
        .filter(key -> isSlow(key.generator()) && size(key.generator()) > LARGEST)
        .findFirst()
        .map(
            key ->
                "key %s is an RSA key of %d bits, and at most %d are generated, since larger ones take minutes; an existing value stays. Set `size` to %d or less, or use `algorithm: Ed25519`, `ECDSA` or `MLDSA`."
                    .formatted(key.name(), size(key.generator()), LARGEST, LARGEST));
  }

  private static int size(Generator generator) {
    return generator instanceof KeyPair pair ? pair.size().orElse(0) : 0;
  }

  private SlowKeys() {}
}
