// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// The manifests of a release for people who have no copy of the sources: the first example as one
/// file, all examples as an archive, and the sets of values of the chart.
final class Examples {
  private static final List<String> FIRST = List.of("1-webshop.yaml", "3-identity.yaml");

  private final Path top;

  Examples(Path top) {
    this.top = top;
  }

  void write(Path folder, String version, Path scratch) throws IOException {
    Files.writeString(folder.resolve("getting-started.yaml"), first());
    for (var values : valuesFiles()) {
      Files.copy(values, folder.resolve(values.getFileName()));
    }
    var archive = folder.resolve("credence-%s-examples.tar.gz".formatted(version));
    var content = Files.createDirectories(scratch.resolve("examples"));
    Chart.copy(top.resolve("examples"), content.resolve("examples"));
    try (var out =
        new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)), 1 << 16)) {
      Tar.write(content, out);
    }
  }

  private String first() throws IOException {
    var text = new StringBuilder();
    for (var name : FIRST) {
      text.append(text.isEmpty() ? "" : "---\n")
          .append(Files.readString(top.resolve("examples/getting-started").resolve(name)));
    }
    return text.toString();
  }

  private List<Path> valuesFiles() throws IOException {
    try (Stream<Path> files = Files.list(top.resolve("helm/credence"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("values-[a-z]+[.]yaml"))
          .toList();
    }
  }
}
