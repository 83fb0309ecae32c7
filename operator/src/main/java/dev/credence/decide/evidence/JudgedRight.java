// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.facts.evidence.Right;
import java.time.Instant;
import java.util.Set;

/// A right that a binding grants, and whether the account used it. `namespace` empty:
/// everywhere. `names` empty: objects of any name. `direct`: the binding names the account,
/// not a group of it.
public record JudgedRight(
    String via,
    boolean direct,
    String verb,
    String group,
    String resource,
    String namespace,
    Set<String> names,
    Answer answer) {
  public JudgedRight {
    names = Set.copyOf(names);
  }

  public sealed interface Answer {
    /// The time of the last use.
    record Used(Instant last) implements Answer {}

    record Unused() implements Answer {}

    /// Why the log does not answer it, as a sentence.
    record Unknown(String why) implements Answer {}
  }

  public boolean isUsed() {
    return answer instanceof Answer.Used;
  }

  public boolean isUnused() {
    return answer instanceof Answer.Unused;
  }

  /// `get pods`, `* secrets (crm-db)`.
  public String title() {
    var sorted = names.stream().sorted().toList();
    return verb
        + " "
        + Right.title(group, resource)
        + (sorted.isEmpty() ? "" : " (" + String.join(", ", sorted) + ")");
  }
}
