// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Map;
import java.util.Optional;

/// The namespace of an identity: its labels, and the owner of identities in it that name none.
/// `leaving`: it is being deleted, and the API server lets nothing new into it.
public record NamespaceFacts(
    Map<String, String> labels, Optional<String> owner, Optional<String> team, boolean leaving) {
  public NamespaceFacts {
    labels = Map.copyOf(labels);
  }
}
