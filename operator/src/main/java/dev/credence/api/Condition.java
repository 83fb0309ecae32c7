package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/// A condition as `meta/v1` has it.
public record Condition(
    @JsonPropertyDescription("What is judged.") @Required @Size(min = 1, max = 316) String type,
    @JsonPropertyDescription("True, False or Unknown.") @Required Truth status,
    @JsonPropertyDescription("The generation of the spec that was judged.") Long observedGeneration,
    @JsonPropertyDescription("When `status` last changed.") @Required Instant lastTransitionTime,
    @JsonPropertyDescription("Why, in one word.") @Required @Size(min = 1, max = 128) String reason,
    @JsonPropertyDescription("Why, and what to do, in a sentence.") @Required @Size(max = 4096)
        String message) {

  public enum Truth {
    True,
    False,
    Unknown
  }
}
