// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Puts sentences into one message, which must stay readable in a status.
public final class Sentences {
  private static final int MOST = 5;

  /// A first word in lower case that begins a sentence; names such as `credence.dev/rotate` stay.
  private static final Pattern WORD = Pattern.compile("[a-z]+(?=[ ,;:.']|$).*", Pattern.DOTALL);

  private static final String ENDS = ".!?";

  /// The first sentences, and the number of the others.
  public static String joined(List<String> sentences) {
    var text =
        sentences.stream().limit(MOST).map(Sentences::sentence).collect(Collectors.joining(" "));
    return sentences.size() <= MOST ? text : text + " And " + (sentences.size() - MOST) + " more.";
  }

  /// The clause as a sentence, with a capital at the beginning and a full stop.
  public static String sentence(String clause) {
    var begun =
        WORD.matcher(clause).matches()
            ? Character.toUpperCase(clause.charAt(0)) + clause.substring(1)
            : clause;
    return begun.isEmpty() || ENDS.indexOf(begun.charAt(begun.length() - 1)) >= 0
        ? begun
        : begun + ".";
  }

  /// A message about one object: the object, then what is the matter with it.
  public static String about(Object subject, String message) {
    return subject + ": " + sentence(message);
  }

  /// Clauses in one sentence.
  public static String clauses(List<String> clauses) {
    return joined(clauses, "; ");
  }

  /// Names in one sentence.
  public static String some(List<String> names) {
    return joined(names, ", ");
  }

  private static String joined(List<String> parts, String separator) {
    var text = String.join(separator, parts.subList(0, Math.min(MOST, parts.size())));
    return parts.size() <= MOST ? text : text + " and " + (parts.size() - MOST) + " more";
  }

  private Sentences() {}
}
