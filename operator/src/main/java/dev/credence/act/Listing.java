// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.WriteRefused;
import dev.credence.plan.Action;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Changes of the list of suspended accounts by the actions of one decision: one write for all of
/// them, whose result is the result of each.
final class Listing {
  private final List<Action> changes;
  private final Consumer<List<Action>> write;
  private boolean done;
  private @Nullable RuntimeException failure;

  Listing(List<Action> actions, Consumer<List<Action>> write) {
    this.changes = actions.stream().filter(Listing::isAbout).toList();
    this.write = write;
  }

  private static boolean isAbout(Action action) {
    return action instanceof Action.DenyWrites || action instanceof Action.AllowWrites;
  }

  /// Whether the action is about the list.
  boolean perform(Action action) {
    if (!isAbout(action)) {
      return false;
    }
    if (!done) {
      done = true;
      try {
        write.accept(changes);
      } catch (RuntimeException failed) {
        failure = failed;
      }
    }
    var failed = failure;
    if (failed != null) {
      throw failed instanceof WriteRefused refusal ? refusal.stopping(action.subject()) : failed;
    }
    return true;
  }
}
