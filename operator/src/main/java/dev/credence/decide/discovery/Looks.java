package dev.credence.decide.discovery;

import dev.credence.facts.CredentialType;
import dev.credence.facts.Inventory.Item;
import dev.credence.facts.Inventory.Nature;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What makes a Secret look like a credential? Its type, what its holder says of it, or the words
/// of its name; never its value, which is not read. docs/discovery.md has the same table.
final class Looks {
  /// Argo CD reads logins of repositories and clusters from Secrets with this label.
  private static final String ARGO_CD = "argocd.argoproj.io/secret-type";

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[-._]+");

  private static final Set<String> WORDS =
      Set.of(
          "apikey",
          "auth",
          "cred",
          "creds",
          "credential",
          "credentials",
          "htpasswd",
          "jwt",
          "kubeconfig",
          "login",
          "oauth",
          "passwd",
          "password",
          "passwords",
          "pat",
          "token",
          "tokens");

  /// Words that are harmless alone.
  private static final Set<List<String>> PAIRS =
      Set.of(
          List.of("access", "key"),
          List.of("access", "keys"),
          List.of("api", "key"),
          List.of("api", "keys"),
          List.of("client", "secret"),
          List.of("deploy", "key"),
          List.of("private", "key"),
          List.of("pull", "secret"),
          List.of("service", "principal"),
          List.of("signing", "key"),
          List.of("ssh", "key"),
          List.of("ssh", "keys"));

  /// Why it is taken for a credential; empty where it is not.
  static Optional<String> of(Item item) {
    return switch (item.nature()) {
      case Nature.Account _ -> Optional.of("acts by itself");
      case Nature.Token(var account) ->
          Optional.of("a token of ServiceAccount " + account + " that never ends");
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
                stored.said()
                    ? Optional.of("its holder says when it ends (credence.dev/expires-at)")
                    : Optional.empty())
        .or(
            () ->
                Optional.ofNullable(item.labels().get(ARGO_CD))
                    .map(kind -> "a login of Argo CD (" + kind + "), by its label"))
        .or(() -> word(item.name()).map(word -> "'" + word + "' in its name"));
  }

  private static Optional<String> word(String name) {
    var words =
        Arrays.stream(BETWEEN_WORDS.split(name.toLowerCase(Locale.ROOT)))
            .collect(Collectors.toList());
    for (var i = 0; i < words.size(); i++) {
      if (WORDS.contains(words.get(i))) {
        return Optional.of(words.get(i));
      }
      if (i + 1 < words.size() && PAIRS.contains(words.subList(i, i + 2))) {
        return Optional.of(words.get(i) + "-" + words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  private Looks() {}
}
