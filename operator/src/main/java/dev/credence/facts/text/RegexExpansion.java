// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.util.ArrayDeque;
import java.util.regex.Pattern;

/// Counts the repetitions of an expression. RE2 rejects more than a thousand; its Java port does
/// not count nested ones and would expand `((a{1000}){1000}){1000}` in memory.
final class RegexExpansion {
  static final int MOST = 1000;

  private static final String QUOTED = "\\\\Q.*?(?:\\\\E|$)";
  private static final String ESCAPED = "\\\\.";
  private static final String CLASS = "\\[\\^?]?(?:\\\\.|\\[:[^]]*:]|[^]\\\\])*]";
  private static final String TIMES = "\\{(\\d{1,4})(?:,(\\d{0,4}))?}";
  private static final Pattern TOKEN =
      Pattern.compile(String.join("|", QUOTED, ESCAPED, CLASS, TIMES, "."), Pattern.DOTALL);

  static boolean isTooMuch(String regex) {
    // The most that anything is repeated in each of the groups around, in this one, and by what
    // was read last.
    var around = new ArrayDeque<Integer>();
    var here = 1;
    var last = 1;
    var token = TOKEN.matcher(regex);
    while (token.find()) {
      if (token.group(1) != null) {
        last *= times(token.group(1), token.group(2));
        here = Math.max(here, last);
      } else if (token.group().equals("(")) {
        around.push(here);
        here = 1;
        last = 1;
      } else if (token.group().equals(")") && !around.isEmpty()) {
        last = here;
        here = Math.max(here, around.pop());
      } else {
        last = 1;
      }
      if (last > MOST) {
        return true;
      }
    }
    return false;
  }

  private static int times(String least, String most) {
    var atLeast = Integer.parseInt(least);
    return Math.max(1, most == null || most.isEmpty() ? atLeast : Integer.parseInt(most));
  }

  private RegexExpansion() {}
}
