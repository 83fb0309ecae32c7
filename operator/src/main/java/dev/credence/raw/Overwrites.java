// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.api.Api;
import dev.credence.facts.identity.Member.Overwritten;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds values that another client overwrote, by the owners of the fields: the value itself is not
/// read. A writer that sends the same value does not become an owner by that.
public final class Overwrites {
  private static final List<String> VERSION =
      List.of("f:metadata", "f:annotations", "f:" + Api.SECRET_VERSION);

  public static Optional<Overwritten> of(ObjectMeta meta) {
    var recorded = Metadata.annotations(meta).get(Api.KEYS);
    // In an object that a backup tool restored nothing is ours, and nothing was overwritten.
    if (recorded == null || owners(meta, VERSION).noneMatch(FieldOwners::isOurs)) {
      return Optional.empty();
    }
    var keys =
        Stream.of(recorded.split(",", -1))
            .map(String::strip)
            .filter(key -> !key.isEmpty() && !key.endsWith(Api.PREVIOUS))
            .filter(key -> writer(meta, key).isPresent())
            .sorted()
            .toList();
    return keys.stream()
        .findFirst()
        .flatMap(key -> writer(meta, key))
        .map(
            entry ->
                new Overwritten(
                    keys,
                    UntrustedText.oneLine(Objects.requireNonNullElse(entry.getManager(), "")),
                    UntrustedText.time(entry.getTime())));
  }

  /// The other writer of the current value. Nothing is known of writers that the API server has
  /// merged.
  private static Optional<ManagedFieldsEntry> writer(ObjectMeta meta, String key) {
    var owners = owners(meta, List.of("f:data", "f:" + key)).toList();
    return owners.stream().allMatch(Predicate.not(Overwrites::mayBeOurs))
        ? owners.stream().findFirst()
        : Optional.empty();
  }

  private static boolean mayBeOurs(ManagedFieldsEntry entry) {
    return FieldOwners.isOurs(entry) || FieldOwners.isMerged(entry);
  }

  private static Stream<ManagedFieldsEntry> owners(ObjectMeta meta, List<String> path) {
    return NullSafe.in(meta.getManagedFields()).filter(entry -> FieldOwners.owns(entry, path));
  }

  private Overwrites() {}
}
