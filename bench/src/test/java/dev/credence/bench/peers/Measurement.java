// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What one contender needed for one task: a line of the raw results, which says everything that
/// is needed to judge it.
///
/// @param run the instant at which the run began
/// @param order the how many-th it was on its control plane, from 1
/// @param numbers see [Watched] and [Turn]
public record Measurement(
    String run,
    String machine,
    long seed,
    int round,
    int order,
    Layout layout,
    int objects,
    String contender,
    String version,
    List<String> flags,
    Task task,
    Map<String, Double> numbers) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// How the objects are spread.
  public enum Layout {
    ONE(1, "one namespace"),
    SPREAD(50, "50 namespaces");

    final int namespaces;
    final String words;

    Layout(int namespaces, String words) {
      this.namespaces = namespaces;
      this.words = words;
    }
  }

  public enum Task {
    CONVERGE("converge from empty"),
    REST("at rest"),
    RESTART("restart"),
    RENEW("all rotate"),
    FOREIGN("foreign Secrets come"),
    FOREIGN_RESTART("restart beside them"),
    DELETE("delete all");

    final String words;

    Task(String words) {
      this.words = words;
    }
  }

  static Measurement parse(String line) {
    try {
      return MAPPER.readValue(line, Measurement.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a measurement: " + line, e);
    }
  }

  /// As JSON, without a line's end.
  String line() {
    try {
      return MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// For who looks on.
  String words() {
    return "round %d, %s, %s: %s %s"
        .formatted(round, layout.words, contender, task.words, numbers)
        .toLowerCase(Locale.ROOT);
  }
}
