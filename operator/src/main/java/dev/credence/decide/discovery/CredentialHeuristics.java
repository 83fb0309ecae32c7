// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import dev.credence.facts.credential.CredentialType;
import dev.credence.facts.discovery.Inventory.Item;
import dev.credence.facts.discovery.Inventory.Nature;
import java.util.Optional;

/// Recognizes a Secret that looks like a credential: by its type, by what its owner wrote on it, or
/// by the words of its name; never by its value, which is not read. docs/discovery.md has the same
/// table.
final class CredentialHeuristics {
  /// Argo CD reads logins of repositories and clusters from Secrets with this label.
  private static final String ARGO_CD = "argocd.argoproj.io/secret-type";

  /// Why it is taken for a credential; empty where it is not.
  static Optional<String> of(Item item) {
    return switch (item.nature()) {
      case Nature.Account _ -> Optional.of("can authenticate to the API server");
      case Nature.Token(var account) ->
          Optional.of("a token of ServiceAccount " + account + " that never expires");
      case Nature.Certificate _ -> Optional.of("a certificate of cert-manager");
      case Nature.Stored stored -> ofSecret(item, stored);
    };
  }

  private static Optional<String> ofSecret(Item item, Nature.Stored stored) {
    return stored
        .type()
        .flatMap(CredentialType::of)
        .map(type -> type.holds() + ", by its type")
        .or(
            () ->
                stored.stated()
                    ? Optional.of("its owner set an expiration time (credence.dev/expires-at)")
                    : Optional.empty())
        .or(
            () ->
                Optional.ofNullable(item.labels().get(ARGO_CD))
                    .map(kind -> "a login of Argo CD (" + kind + "), by its label"))
        .or(() -> NameWords.in(item.name()).map(word -> "'" + word + "' in its name"));
  }

  private CredentialHeuristics() {}
}
