// SPDX-License-Identifier: Apache-2.0
package dev.credence.explore;

import dev.credence.explore.Rules.Lag;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A moment of one history: the cluster, what a late watch shows, what the operator is about to do,
/// and what may still happen.
record Node(State truth, @Nullable Late late, @Nullable Plan plan, Left left) {

  /// The watch shows this for so many events already.
  record Late(State seen, Lag lag, int age) {}

  /// How often people, failing hooks, dying pods and late watches may still come in.
  record Left(int edits, int failures, int podRestarts, int lags) {}

  /// What happens next.
  record Step(Supplier<String> what, Node to, @Nullable String harm) {}
}
