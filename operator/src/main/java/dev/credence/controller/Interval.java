// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An interval in wall-clock time, which may be set back.
final class Interval {

  /// `last`: when it was done; null where it never was.
  static boolean isDue(@Nullable Instant last, Duration every, Instant now) {
    return last == null || now.isBefore(last) || !now.isBefore(last.plus(every));
  }

  private Interval() {}
}
