// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.plan.Action;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes that the API server itself enforces: the list of suspended accounts, and the label that
/// invalidates tokens.
final class SuspensionWrites {
  private final MetadataWrites metadata;
  private final ListWrites lists;

  SuspensionWrites(MetadataWrites metadata, ListWrites lists) {
    this.metadata = metadata;
    this.lists = lists;
  }

  /// `changes`: those of one identity to the list.
  void list(String operatorNamespace, List<Action> changes) {
    var entries = new HashMap<String, Optional<String>>();
    for (var change : changes) {
      var key = SuspendedAccounts.key(operatorNamespace, change.subject().name());
      switch (change) {
        case Action.DenyWrites freeze ->
            entries.put(key, Optional.of(SuspendedAccounts.text(freeze.entry())));
        case Action.AllowWrites _ -> entries.put(key, Optional.empty());
        default -> throw new IllegalArgumentException("not about the list: " + change);
      }
    }
    var subject = changes.getFirst().subject();
    if (!WriteRefused.asked(subject, "patch", () -> lists.write(entries))) {
      // Other accounts of the namespace were listed meanwhile: the next reconcile counts them.
      throw WriteRefused.raced(subject);
    }
  }

  /// Entries that the list does not have yet.
  void takeOver(List<SuspendedAccounts.Entry> entries) {
    var taken = new HashMap<String, Optional<String>>();
    entries.forEach(
        entry -> taken.put(entry.key(), Optional.of(SuspendedAccounts.text(entry.listed()))));
    if (!lists.write(taken)) {
      throw new IllegalStateException("a namespace has more entries than its limit");
    }
  }

  void removeOldList(ConfigMap list) {
    lists.remove(list);
  }

  /// The API server wants a day, and refuses the token from then on (KEP-2799).
  void invalidate(String operatorNamespace, Action.Invalidate invalidate) {
    metadata.patch(
        operatorNamespace,
        invalidate.subject(),
        invalidate.preconditions(),
        Map.of(
            "labels",
            Map.of(
                Api.INVALID_SINCE,
                invalidate.since().atZone(ZoneOffset.UTC).toLocalDate().toString()),
            "annotations",
            Map.of(Api.SUSPENDED, invalidate.ended().text())));
  }

  /// Takes off what [#invalidate] put there.
  void revalidate(String operatorNamespace, ObjectRef subject, Preconditions preconditions) {
    metadata.patch(operatorNamespace, subject, preconditions, Revalidation.metadata());
  }
}
