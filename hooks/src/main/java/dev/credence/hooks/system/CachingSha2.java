// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/// Hashes of MySQL's plugin `caching_sha2_password`: SHA-crypt with SHA-256, as Ulrich Drepper
/// specified it, with MySQL's salt of 20 characters in place of 16.
final class CachingSha2 {
  private static final String LETTERS =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ROUNDS = 5000;
  private static final int SALT_LENGTH = 20;
  private static final int DIGEST_LENGTH = 32;

  static String hash(String password) {
    var salt = new StringBuilder();
    new SecureRandom()
        .ints(SALT_LENGTH, 0, LETTERS.length())
        .forEach(at -> salt.append(LETTERS.charAt(at)));
    return hash(password, salt.toString());
  }

  static String hash(String password, String salt) {
    var digest = digest(bytes(password), bytes(salt));
    // ROUNDS in thousands, as hexadecimal digits.
    return "$A$005$" + salt + encoded(digest);
  }

  private static byte[] digest(byte[] password, byte[] salt) {
    var once = sha(password, salt, password);
    var mixed = new ByteArrayOutputStream();
    mixed.writeBytes(password);
    mixed.writeBytes(salt);
    mixed.writeBytes(repeated(once, password.length));
    for (var bits = password.length; bits > 0; bits >>= 1) {
      mixed.writeBytes((bits & 1) == 1 ? once : password);
    }
    var digest = sha(mixed.toByteArray());
    var p = repeated(sha(repeated(password, password.length * password.length)), password.length);
    var s = repeated(sha(repeated(salt, salt.length * (16 + (digest[0] & 0xFF)))), salt.length);
    var none = new byte[0];
    for (var round = 0; round < ROUNDS; round++) {
      var isOdd = round % 2 == 1;
      digest =
          sha(
              isOdd ? p : digest,
              round % 3 == 0 ? none : s,
              round % 7 == 0 ? none : p,
              isOdd ? digest : p);
    }
    return digest;
  }

  /// The bytes again and again, up to a length.
  private static byte[] repeated(byte[] bytes, int length) {
    var repeated = new byte[length];
    for (var at = 0; at < length; at++) {
      repeated[at] = bytes[at % bytes.length];
    }
    return repeated;
  }

  /// Three bytes become four letters, in the order of SHA-crypt.
  private static String encoded(byte[] digest) {
    var text = new StringBuilder();
    var places = new int[] {0, 10, 20};
    for (var group = 0; group < DIGEST_LENGTH / 3; group++) {
      append(text, digest[places[0]], digest[places[1]], digest[places[2]], 4);
      places = Arrays.stream(places).map(place -> (place + 21) % 30).toArray();
    }
    append(text, (byte) 0, digest[31], digest[30], 3);
    return text.toString();
  }

  private static void append(StringBuilder text, byte high, byte middle, byte low, int letters) {
    var bits = (high & 0xFF) << 16 | (middle & 0xFF) << 8 | low & 0xFF;
    for (var letter = 0; letter < letters; letter++) {
      text.append(LETTERS.charAt(bits & 0x3F));
      bits >>= 6;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha(byte[]... parts) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      for (var part : parts) {
        sha.update(part);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256");
    }
  }

  private CachingSha2() {}
}
