// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.modelcheck.WorldRules.Lag;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A node of the state graph: the cluster, what a stale cache shows, the actions that are not yet
/// carried out, and what may still happen.
record Node(ModelState truth, @Nullable Late late, @Nullable PendingActions plan, Left left) {

  /// The watch shows this for so many events already.
  record Late(ModelState seen, Lag lag, int age) {}

  /// How often people, failing hooks, dying pods and late watches may still come in.
  record Left(int edits, int failures, int podRestarts, int lags) {}

  /// What happens next.
  record Step(Supplier<String> what, Node to, @Nullable String harm) {}
}
