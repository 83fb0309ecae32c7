package dev.credence.facts;

import java.util.regex.Pattern;

/// Characters that have no place in a line that is shown: they end it, steer a terminal, or turn
/// the direction of writing.
public final class Unprintable {
  private static final Pattern CHARACTERS =
      Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

  public static boolean isIn(String text) {
    return CHARACTERS.matcher(text).find();
  }

  /// `instead` in the place of each.
  public static String replaced(String text, String instead) {
    return CHARACTERS.matcher(text).replaceAll(instead);
  }

  private Unprintable() {}
}
