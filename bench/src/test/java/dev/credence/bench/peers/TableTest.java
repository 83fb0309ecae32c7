// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.world.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// From raw lines to the table: medians, ratios, what is met, what is missed and what is not there.
class TableTest {
  private static final Path FOLDER = Path.of("src/test/resources/bench");

  @Test
  void the_table_tells_what_the_lines_say() throws IOException {
    var measurements =
        Files.readAllLines(FOLDER.resolve("peers.jsonl")).stream().map(Measurement::parse).toList();
    Golden.check(FOLDER.resolve("peers.md"), Table.of(measurements));
  }

  @Test
  void a_line_is_read_as_it_was_written() throws IOException {
    for (var line : Files.readAllLines(FOLDER.resolve("peers.jsonl"))) {
      assertThat(Measurement.parse(line).line()).isEqualTo(line);
    }
  }
}
