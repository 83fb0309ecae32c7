// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Decision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a folder of the decisions gives, and what is decided. `name`: its sentence.
record Example(String name, Snapshot snapshot, Decision decision) {

  /// All of them, in the order of their names. They are read once for all tests.
  static List<Example> all() {
    return Read.ALL;
  }

  private static final class Read {
    static final List<Example> ALL = read();
  }

  private static List<Example> read() {
    try {
      return DecisionTest.folders().stream().map(Example::of).toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Example of(Path folder) {
    try {
      var snapshot = DecisionTest.snapshot(Files.readString(folder.resolve("given.yaml")));
      return new Example(folder.getFileName().toString(), snapshot, Decide.next(snapshot));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
