// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A short name of a text: SHA-256, cut to 64 bits where two texts of one name would help no
/// attacker.
public final class Digests {
  private static final int BYTES = 8;

  public static String of(String text) {
    return of(text, BYTES);
  }

  public static String of(String text, int bytes) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  private Digests() {}
}
