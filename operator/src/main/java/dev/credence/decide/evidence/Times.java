// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Times in sentences.
final class Times {

  static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private Times() {}
}
