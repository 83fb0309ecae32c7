// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.time.Duration;
import java.util.List;

/// A token of a ServiceAccount. No `audiences`: it opens the API server. `lifetime` is what is
/// asked for; the API server grants what it likes.
public record TokenRecipe(
    String account, List<String> audiences, Duration lifetime, boolean kubeconfig)
    implements SecretContent {

  public TokenRecipe {
    audiences = List.copyOf(audiences);
  }

  @Override
  public String digest() {
    return Digests.of(
        "token\t"
            + account
            + "\t"
            + String.join("\t", audiences)
            + "\t"
            + lifetime.toSeconds()
            + "\t"
            + kubeconfig);
  }

  @Override
  public Change since(String made) {
    return made.equals(digest()) ? Change.Nothing : Change.Generators;
  }
}
