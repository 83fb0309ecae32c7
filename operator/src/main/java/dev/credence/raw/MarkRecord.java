// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.api.Api;
import dev.credence.facts.text.Digests;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The annotation [Api#WRITTEN] of an object that Credence created: digests of the label and
/// annotations that Credence wrote there. A user who changes one of these becomes its owner.
public final class MarkRecord {
  private static final String IDENTITY = "identity";
  private static final String OWNER = "owner";
  private static final String TEAM = "team";

  public static boolean isOn(ObjectMeta meta) {
    return Metadata.annotations(meta).containsKey(Api.WRITTEN);
  }

  public static boolean hasIdentity(ObjectMeta meta) {
    return has(meta, IDENTITY, Metadata.labels(meta).get(Api.IDENTITY));
  }

  public static boolean hasOwner(ObjectMeta meta) {
    return has(meta, OWNER, Metadata.annotations(meta).get(Api.OWNER));
  }

  public static boolean hasTeam(ObjectMeta meta) {
    return has(meta, TEAM, Metadata.annotations(meta).get(Api.TEAM));
  }

  private static boolean has(ObjectMeta meta, String what, @Nullable String value) {
    var record = Metadata.annotations(meta).get(Api.WRITTEN);
    return value != null
        && record != null
        && List.of(record.split(" ", -1)).contains(entry(what, value));
  }

  /// A label or annotation that is left out was not written by Credence.
  public static String text(
      Optional<String> identity, Optional<String> owner, Optional<String> team) {
    return Stream.of(
            identity.map(value -> entry(IDENTITY, value)),
            owner.map(value -> entry(OWNER, value)),
            team.map(value -> entry(TEAM, value)))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }

  private static String entry(String what, String value) {
    return what + ":" + Digests.of(value);
  }

  private MarkRecord() {}
}
