// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import dev.credence.facts.credential.Generator.Encoding;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/// Random bytes, and how they are written: Hex in lower case, Base64 with padding, Base64Url
/// without (RFC 4648), Raw as they are.
final class EncodedBytes {

  private EncodedBytes() {}

  static byte[] draw(int length, Encoding encoding, SecureRandom random) {
    byte[] raw = new byte[length];
    random.nextBytes(raw);
    byte[] encoded = encode(raw, encoding);
    Arrays.fill(raw, (byte) 0);
    return encoded;
  }

  private static byte[] encode(byte[] raw, Encoding encoding) {
    return switch (encoding) {
      case Hex -> hex(raw);
      case Base64 -> Base64.getEncoder().encode(raw);
      case Base64Url -> Base64.getUrlEncoder().withoutPadding().encode(raw);
      case Raw -> raw.clone();
    };
  }

  private static byte[] hex(byte[] raw) {
    HexFormat format = HexFormat.of();
    byte[] digits = new byte[2 * raw.length];
    for (int i = 0; i < raw.length; i++) {
      digits[2 * i] = (byte) format.toHighHexDigit(raw[i]);
      digits[2 * i + 1] = (byte) format.toLowHexDigit(raw[i]);
    }
    return digits;
  }
}
