// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A condition as `meta/v1` has it.
public record Condition(
    @JsonPropertyDescription("What is judged.") @Required @Size(min = 1, max = 316) String type,
    @JsonPropertyDescription("True, False or Unknown.") @Required Truth status,
    @JsonPropertyDescription("The generation of the spec that was judged.") Long observedGeneration,
    @JsonPropertyDescription("When `status` last changed.") @Required Instant lastTransitionTime,
    @JsonPropertyDescription("Why, in one word.") @Required @Size(min = 1, max = 128) String reason,
    @JsonPropertyDescription("Why, and what to do, in a sentence.") @Required @Size(max = 4096)
        String message) {

  /// Times that were met last, each where its hash says.
  private static final Instant[] TIMES = new Instant[1024];

  /// Thousands of identities say the same few sentences: each is kept once.
  public Condition {
    lastTransitionTime = shared(lastTransitionTime);
    type = shared(type);
    reason = shared(reason);
    message = shared(message);
  }

  /// Null where somebody wrote a condition without it.
  @SuppressWarnings("NullAway") // see above
  private static String shared(@Nullable String text) {
    return text == null ? null : text.intern();
  }

  /// The conditions of one identity have often changed together.
  @SuppressWarnings("NullAway") // see above
  private static Instant shared(@Nullable Instant time) {
    if (time == null) {
      return null;
    }
    var place = time.hashCode() & TIMES.length - 1;
    var known = TIMES[place];
    if (!time.equals(known)) {
      TIMES[place] = time;
      return time;
    }
    return known;
  }

  public enum Truth {
    True,
    False,
    Unknown
  }
}
