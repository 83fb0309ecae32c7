// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import java.util.Locale;

/// The product of a User-Agent: its first token without the version. A new version is no new
/// agent.
public final class UserAgent {
  private static final int LONGEST = 64;

  public static String product(String agent) {
    var end = 0;
    while (end < agent.length() && agent.charAt(end) != '/' && agent.charAt(end) != ' ') {
      end++;
    }
    var product =
        InvisibleCharacters.replaced(agent.substring(0, end), "?").toLowerCase(Locale.ROOT);
    return product.isEmpty() ? "(none)" : Truncation.truncate(product, LONGEST);
  }

  private UserAgent() {}
}
