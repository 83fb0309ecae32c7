// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.api.Api;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The keys of a Secret's data that Credence wrote. All other keys are never changed, whatever
/// their names are.
///
/// The record is the annotation [Api#KEYS]. The API server's `managedFields` are the second source,
/// for a Secret that lost the annotation: they are merged after ten managers, and a restore from a
/// backup assigns all fields to the restoring tool. The third source is the generator spec.
final class OwnKeys {

  /// `generated`: the keys of the generator spec.
  static Set<String> of(Secret secret, Collection<String> generated) {
    var meta = secret.getMetadata();
    var recorded = Metadata.annotations(meta).get(Api.KEYS);
    if (recorded != null) {
      return Stream.of(recorded.split(",", -1))
          .map(String::strip)
          .filter(key -> !key.isEmpty())
          .collect(Collectors.toCollection(TreeSet::new));
    }
    var owned = FieldOwners.ourData(meta);
    return owned.isEmpty() ? withPrevious(generated) : owned;
  }

  /// Of a Secret that is not managed by Credence, the first key whose name is needed for a previous
  /// value of these keys.
  static Optional<String> occupied(Secret secret, Collection<String> generated) {
    return generated.stream()
        .map(key -> key + Api.PREVIOUS)
        .filter(Data.of(secret)::containsKey)
        .sorted()
        .findFirst();
  }

  private static Set<String> withPrevious(Collection<String> keys) {
    return keys.stream()
        .flatMap(key -> Stream.of(key, key + Api.PREVIOUS))
        .collect(Collectors.toSet());
  }

  /// The keys that a generator spec writes, public halves of key pairs included.
  static Set<String> of(GeneratedContent generatorSpec) {
    return generatorSpec.keys().stream()
        .flatMap(
            key ->
                key.generator() instanceof Generator.KeyPair pair
                    ? Stream.concat(Stream.of(key.name()), pair.publicKey().stream())
                    : Stream.of(key.name()))
        .collect(Collectors.toSet());
  }

  /// As the annotation has it.
  static String text(Collection<String> keys) {
    return String.join(",", new TreeSet<>(keys));
  }

  private OwnKeys() {}
}
