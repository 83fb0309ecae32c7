// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// Days in UTC, to which the use of tokens and pods is known.
public final class Days {

  /// The first moment after it.
  public static Instant end(LocalDate day) {
    return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private Days() {}
}
