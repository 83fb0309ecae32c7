// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A token of a ServiceAccount. No `audiences`: it opens the API server. `lifetime` is what is
/// asked for; the API server grants what it likes. `server`: a digest of what the kubeconfig says
/// of the API server, where that is known and there is a kubeconfig.
public record TokenRecipe(
    String account,
    List<String> audiences,
    Duration lifetime,
    boolean kubeconfig,
    Optional<String> server)
    implements SecretContent {
  private static final String SERVER = " server=";

  public TokenRecipe {
    audiences = List.copyOf(audiences);
  }

  /// One of which the server is not known.
  public TokenRecipe(
      String account, List<String> audiences, Duration lifetime, boolean kubeconfig) {
    this(account, audiences, lifetime, kubeconfig, Optional.empty());
  }

  @Override
  public String digest() {
    return token() + server.map(digest -> SERVER + digest).orElse("");
  }

  private String token() {
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

  /// Another server is a change of a text: the token stays.
  @Override
  public Change since(String recordedDigest) {
    var recorded = recordedDigest.split(SERVER, 2);
    if (!recorded[0].equals(token())) {
      return Change.Generators;
    }
    return recorded.length < 2 || server.isEmpty() || server.get().equals(recorded[1])
        ? Change.Nothing
        : Change.Texts;
  }
}
