// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A condition as `meta/v1` has it.
public record Condition(
    @JsonPropertyDescription("The type of the condition.") @Required @Size(min = 1, max = 316)
        String type,
    @JsonPropertyDescription("The status of the condition: True, False or Unknown.") @Required
        Truth status,
    @JsonPropertyDescription("The generation of the spec that the operator evaluated.")
        Long observedGeneration,
    @JsonPropertyDescription("When `status` last changed.") @Required Instant lastTransitionTime,
    @JsonPropertyDescription("The reason in one word, for programs.")
        @Required
        @Size(min = 1, max = 128)
        String reason,
    @JsonPropertyDescription("The cause and the next step in a sentence, for people.")
        @Required
        @Size(max = 4096)
        String message) {

  /// Recently read times, each at the index of its hash.
  private static final Instant[] TIMES = new Instant[1024];

  /// Thousands of identities have the same few messages: each is stored once.
  public Condition {
    lastTransitionTime = shared(lastTransitionTime);
    type = shared(type);
    reason = shared(reason);
    message = shared(message);
  }

  /// Null where the stored condition lacks the field.
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
