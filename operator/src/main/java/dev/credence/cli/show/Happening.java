// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import java.time.Instant;
import java.util.Comparator;

/// Something that happened to an object, and where that is recorded.
record Happening(Instant time, Source source, String reason, String message, boolean warning) {
  /// The newest first.
  static final Comparator<Happening> ORDER =
      Comparator.comparing(Happening::time)
          .reversed()
          .thenComparing(Happening::source)
          .thenComparing(Happening::message);

  enum Source {
    Event,
    Status,
    Annotation,
    /// The API server records in `metadata.managedFields` when a client last wrote a field.
    ManagedFields
  }

  static Happening of(Instant time, Source source, String reason, String message) {
    return new Happening(time, source, reason, message, false);
  }
}
