// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/// The empty Secrets that tokens of one ServiceAccount are bound to, whichever identity asked for
/// them. An anchor names the account by its UID; one of an older version of the operator does not,
/// and is found by the Secret that holds the token.
public final class Anchors {

  /// `issued`: the Secrets that name the account; `beside`: the anchors of a Secret, by its name.
  public static List<HasMetadata> of(
      Collection<? extends HasMetadata> issued,
      Function<String, Collection<? extends HasMetadata>> beside) {
    var found = new TreeMap<String, HasMetadata>();
    var candidates = new ArrayList<HasMetadata>(issued);
    for (var secret : issued) {
      beside.apply(secret.getMetadata().getName()).stream()
          .filter(
              anchor -> !Metadata.annotations(anchor.getMetadata()).containsKey(Api.ACCOUNT_UID))
          .forEach(candidates::add);
    }
    candidates.stream()
        .filter(MemberReader::isAnchor)
        .forEach(anchor -> found.put(anchor.getMetadata().getName(), anchor));
    return List.copyOf(found.values());
  }

  private Anchors() {}
}
