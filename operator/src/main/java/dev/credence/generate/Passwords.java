// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.credence.facts.credential.Generator.Characters;
import java.security.SecureRandom;
import java.util.List;

/// Random passwords of a length, with at least one character of each class. All such passwords are
/// equally likely: the generator draws whole passwords until one has all classes. Replacing a
/// character of an incomplete draw would make some passwords more likely.
final class Passwords {

  static final String DIGITS = "0123456789";
  static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /// The unreserved punctuation of RFC 3986, which is never escaped in a URL and ends no part of
  /// it, without `~`, which is a home folder to a shell. Shells, YAML, .env files and connection
  /// strings take the rest as it stands. One thing is left: a password may begin with `-`, so a
  /// program that takes it as an argument wants `--password=…`.
  static final String PUNCTUATION = "-._";

  private Passwords() {}

  static byte[] draw(int length, Characters characters, SecureRandom random) {
    List<String> classes = classes(characters);
    if (length < classes.size()) {
      throw new IllegalArgumentException(
          "a password of %s needs at least %d characters, not %d"
              .formatted(characters, classes.size(), length));
    }
    byte[] alphabet = String.join("", classes).getBytes(US_ASCII);
    byte[] password = new byte[length];
    do {
      fill(password, alphabet, random);
    } while (!classes.stream().allMatch(wanted -> hasOneOf(wanted, password)));
    return password;
  }

  static List<String> classes(Characters characters) {
    return switch (characters) {
      case Digits -> List.of(DIGITS);
      case Letters -> List.of(LOWER, UPPER);
      case AlphaNumeric -> List.of(LOWER, UPPER, DIGITS);
      case Symbols -> List.of(LOWER, UPPER, DIGITS, PUNCTUATION);
    };
  }

  private static void fill(byte[] password, byte[] alphabet, SecureRandom random) {
    for (int i = 0; i < password.length; i++) {
      password[i] = alphabet[random.nextInt(alphabet.length)]; // even for any bound, unlike %
    }
  }

  private static boolean hasOneOf(String wanted, byte[] password) {
    for (byte character : password) {
      if (wanted.indexOf(character) >= 0) {
        return true;
      }
    }
    return false;
  }
}
