// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.util.regex.Pattern;

/// Characters that have no place in a line that is shown: they end it, steer a terminal, turn the
/// direction of writing, or are not seen at all, so that two texts look alike that are not.
///
/// These are Unicode's categories Cc (control), Cf (format), Zl and Zp (separators), Cs (half a
/// character), and what is drawn as nothing though it is a letter or a mark: the fillers of Hangul,
/// the Braille blank, the variation selectors and the combining grapheme joiner.
public final class InvisibleCharacters {
  private static final Pattern CHARACTERS =
      Pattern.compile(
          "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\x{34f}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{2800}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0100}-\\x{e01ef}]");

  public static boolean isIn(String text) {
    return CHARACTERS.matcher(text).find();
  }

  /// `instead` in the place of each.
  public static String replaced(String text, String instead) {
    return CHARACTERS.matcher(text).replaceAll(instead);
  }

  private InvisibleCharacters() {}
}
