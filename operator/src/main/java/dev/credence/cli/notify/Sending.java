// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.notify.Delivery.Undelivered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Sends the notices of a round, and remembers each one that was sent.
///
/// @param sent the number of notices that were sent
/// @param failures what failed, in words
/// @param left the number of notices that were not sent
record Sending(int sent, List<String> failures, int left) {
  /// More wait for the next run.
  static final int MOST = 200;

  /// A crash between two writes of the state repeats so many notices at most.
  private static final int BETWEEN_WRITES = 10;

  private static final int FAILURES_IN_A_ROW = 5;

  static Sending of(Round round, Delivery delivery, Consumer<Memory> store, Instant now) {
    var memory = round.memory();
    store.accept(memory);
    var failures = new ArrayList<String>();
    var sent = 0;
    var inARow = 0;
    for (var notice : round.notices().stream().limit(MOST).toList()) {
      try {
        delivery.deliver(notice);
        memory = memory.after(notice, now);
        sent++;
        inARow = 0;
        if (sent % BETWEEN_WRITES == 0) {
          store.accept(memory);
        }
      } catch (Undelivered failed) {
        failures.add(
            "The notice to %s was not sent: %s."
                .formatted(notice.group().recipient().words(), failed.getMessage()));
        inARow++;
        if (failed.isUnreachable() || inARow == FAILURES_IN_A_ROW) {
          break;
        }
      }
    }
    store.accept(memory);
    return new Sending(sent, List.copyOf(failures), round.notices().size() - sent);
  }
}
