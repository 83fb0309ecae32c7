// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// The pattern of a contact, for the whole value. RE2: the time is linear in the text whatever the
/// pattern is.
public sealed interface ContactPattern {

  static ContactPattern of(String regex) {
    if (RegexExpansion.isTooMuch(regex)) {
      return broken(regex, "nested repetitions expand to more than " + RegexExpansion.MOST);
    }
    try {
      return new Usable(Pattern.compile(regex));
    } catch (PatternSyntaxException wrong) {
      return broken(regex, wrong.getDescription());
    }
  }

  private static Broken broken(String regex, String why) {
    return new Broken(
        "`owner.contactPattern` '" + regex + "' is not a regular expression (RE2): " + why);
  }

  record Usable(Pattern pattern) implements ContactPattern {
    public boolean accepts(String contact) {
      return pattern.matches(contact);
    }

    public String text() {
      return pattern.pattern();
    }
  }

  record Broken(String problem) implements ContactPattern {}
}
