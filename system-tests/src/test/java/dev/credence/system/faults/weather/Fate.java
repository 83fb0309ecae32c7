// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import java.time.Duration;

/// What becomes of one request.
public sealed interface Fate {
  /// As it is.
  record Passes() implements Fate {}

  /// It arrives, is answered, and both take longer.
  record Slow(Duration by) implements Fate {}

  /// It never arrives: the connection ends.
  record Vanishes() implements Fate {}

  /// The API server does what it is asked, and nobody hears of it: the connection ends.
  record Unheard() implements Fate {}

  /// Half of the answer arrives, then the connection ends.
  record Truncated() implements Fate {}

  /// It arrives, and of the answer only half the body is sent, as if that were all.
  record Cut() implements Fate {}

  /// It arrives, and the answer speaks of what no client of today knows: fields and values of a
  /// newer API.
  record Newer() implements Fate {}

  /// It is answered on the way by somebody who is no API server.
  record Hijacked(String contentType, String body) implements Fate {}

  /// It is refused on the way, with a status of the API server's.
  /// `retryAfter` in seconds, 0 for none.
  record Refused(int code, int retryAfter, String message) implements Fate {
    public Refused(int code, int retryAfter) {
      this(code, retryAfter, "made by a test");
    }
  }
}
