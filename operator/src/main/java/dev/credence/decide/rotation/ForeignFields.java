// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Did another writer replace the value that Credence wrote into a Secret? It is reported and not
/// written back: two writers of one Secret would go on for ever. The next rotation replaces it.
final class ForeignFields {

  static Optional<Blocker> of(RotationTarget t, IssuedSecret current) {
    return current
        .secret()
        .overwritten()
        .flatMap(
            found -> {
              var random = random(t.material());
              var keys = found.keys().stream().filter(random::contains).toList();
              return keys.isEmpty()
                  ? Optional.<Blocker>empty()
                  : Optional.of(
                      new Blocker(
                          Reason.ValueOverwritten,
                          "%s: The field manager %s replaced %s of version %d%s. Consumers do not read the value that Credence issued. Stop that writer, or remove this Secret from the identity. Then set the annotation credence.dev/rotate to a new value to issue a new version."
                              .formatted(
                                  t.subject(),
                                  found.manager(),
                                  (keys.size() == 1 ? "key " : "keys ") + String.join(", ", keys),
                                  current.issue().version(),
                                  found.at().map(time -> " at " + time).orElse("")),
                          Impact.Broken));
            });
  }

  /// Keys that have another value in each version. The first writer of a constant key is its owner.
  private static Set<String> random(SecretContent material) {
    return switch (material) {
      case TokenRecipe _ -> Set.of("token");
      case GeneratedContent(var keys) ->
          keys.stream().flatMap(ForeignFields::random).collect(Collectors.toSet());
    };
  }

  private static Stream<String> random(KeySpec key) {
    return switch (key.generator()) {
      case Generator.Password _, Generator.RandomBytes _, Generator.Uuid _, Generator.Issued _ ->
          Stream.of(key.name());
      case Generator.KeyPair pair ->
          Stream.concat(Stream.of(key.name()), pair.publicKey().stream());
      case Generator.Fixed _, Generator.Cycle _, Generator.Template _, Generator.Unknown _ ->
          Stream.of();
    };
  }

  private ForeignFields() {}
}
