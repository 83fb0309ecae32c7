// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.List;
import java.util.function.BiConsumer;

/// The order in which evidence is dropped where it does not fit. First what only findings about
/// odd behavior use, at last rights and accounts.
final class Reduction {
  private static final List<BiConsumer<Log, Bounded<String, AccountEvidence>>> STEPS =
      List.of(
          (_, accounts) -> accounts.forEachValue(one -> one.limitHours(48)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitHours(0)),
          (log, _) -> log.limitRollouts(50),
          (_, accounts) -> accounts.forEachValue(one -> one.limitRefused(50)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitOthers(30)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitNames(3)),
          (log, _) -> log.limitChanges(1_000),
          (_, accounts) -> accounts.forEachValue(one -> one.limitRefused(5)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitOthers(10)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitRights(500)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitRights(100)),
          (_, accounts) -> accounts.forEachValue(one -> one.limitNames(0)),
          (_, accounts) -> accounts.limit(500),
          (_, accounts) -> accounts.forEachValue(one -> one.limitRights(25)),
          (log, _) -> log.limitChanges(100),
          (log, _) -> log.limitReads(1_000),
          (_, accounts) -> accounts.limit(200),
          (_, accounts) -> accounts.limit(50),
          (log, _) -> log.limitReads(100),
          (_, accounts) -> accounts.limit(5),
          (_, accounts) -> accounts.limit(0));

  /// False where there is no such step.
  static boolean apply(int step, Log log, Bounded<String, AccountEvidence> accounts) {
    if (step >= STEPS.size()) {
      return false;
    }
    STEPS.get(step).accept(log, accounts);
    return true;
  }

  private Reduction() {}
}
