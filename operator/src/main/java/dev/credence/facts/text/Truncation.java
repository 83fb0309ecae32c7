// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.nio.charset.StandardCharsets;

/// Texts that are cut where they are too long. A cut ends with an ellipsis, and never leaves half
/// of a character, which would not come back from the API server as it was written.
public final class Truncation {
  private static final String ELLIPSIS = "…";

  /// At most so many UTF-16 units, with the ellipsis.
  public static String truncate(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    var end = most - ELLIPSIS.length();
    return text.substring(
            0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + ELLIPSIS;
  }

  /// At most so many bytes in UTF-8, without the ellipsis.
  public static String truncateBytes(String text, int most) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= most
        ? text
        : new String(bytes, 0, most, StandardCharsets.UTF_8).replaceFirst("\\uFFFD$", "")
            + ELLIPSIS;
  }

  private Truncation() {}
}
