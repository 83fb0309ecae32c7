// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.util.List;

/// Several sentences in one message, which must stay readable in a status.
public final class Sentences {
  private static final int MOST = 5;

  public static String joined(List<String> sentences) {
    var text = String.join("; ", sentences.subList(0, Math.min(MOST, sentences.size())));
    return sentences.size() <= MOST ? text : text + "; and " + (sentences.size() - MOST) + " more";
  }

  /// Names in one sentence.
  public static String some(List<String> names) {
    var text = String.join(", ", names.subList(0, Math.min(MOST, names.size())));
    return names.size() <= MOST ? text : text + " and " + (names.size() - MOST) + " more";
  }

  private Sentences() {}
}
