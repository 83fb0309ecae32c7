// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.time.Duration;

/// When a value is to be replaced.
public sealed interface Timing {
  record Every(Duration interval) implements Timing {}

  record Scheduled(Cron cron) implements Timing {}

  /// A schedule that cannot be read; `problem` is the sentence for its author.
  record Unreadable(String problem) implements Timing {}
}
