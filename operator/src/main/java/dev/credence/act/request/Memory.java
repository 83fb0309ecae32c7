// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import dev.credence.api.SuspensionList;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.object.ObjectRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/// Remembers written objects until the watch shows them.
public interface Memory {
  /// The whole object; of a Secret without its bytes.
  void wrote(HasMetadata object);

  /// An object of which we wrote the metadata alone.
  void marked(String namespace, ObjectRef subject, ObjectMeta metadata);

  /// Pods of this namespace were restarted, or will be in a moment.
  void restarted(String namespace);

  /// The lists of suspended accounts as they are, with what we wrote.
  default List<SuspensionList> suspensionLists() {
    return List.of();
  }

  /// The limit of listed accounts of one namespace.
  default int mostSuspended() {
    return SuspensionFacts.MOST_SUSPENDED;
  }

  /// A list that we deleted, whenever the watch shows it.
  default void removed(SuspensionList list) {}
}
