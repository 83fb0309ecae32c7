// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The pages in docs/runbooks.
public final class Runbooks {
  private static final String BLOCK = "(?s)\\n```%s\\n(.*?)\\n```\\n";

  /// Of all runbooks, as they are written.
  public static Stream<String> commands() {
    return Rules.alerts().flatMap(alert -> commands(alert.path("alert").asText()));
  }

  public static Stream<String> commands(String alert) {
    return blocks("bash", alert);
  }

  /// What is to be asked of Prometheus.
  public static Stream<String> queries() {
    return Rules.alerts().flatMap(alert -> blocks("promql", alert.path("alert").asText()));
  }

  private static Stream<String> blocks(String language, String alert) {
    return Pattern.compile(BLOCK.formatted(language))
        .matcher(text(alert))
        .results()
        .map(block -> block.group(1));
  }

  static String text(String alert) {
    try {
      return Files.readString(Rules.RUNBOOKS.resolve(alert + ".md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Runbooks() {}
}
