// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.facts.text.InvisibleCharacters;

/// Makes untrusted texts fit to be shown: one line, and nothing in it that steers a terminal, turns
/// the direction of writing or is invisible ([InvisibleCharacters]).
public final class PlainText {

  public static String text(String written) {
    return InvisibleCharacters.replaced(written, "?");
  }

  private PlainText() {}
}
