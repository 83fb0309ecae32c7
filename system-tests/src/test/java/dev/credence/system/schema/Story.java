// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.schema;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A file of `src/test/resources/schema`, named like a sentence: `invalid-a-rotation-in-days.yaml`.
/// Its last document is what is tried; one before it is what was there already. The first line of
/// an invalid one says what the API server must answer.
public record Story(
    String title,
    Optional<String> expected,
    Optional<GenericKubernetesResource> before,
    GenericKubernetesResource tried) {
  private static final Path FOLDER = Path.of("src/test/resources/schema");
  private static final String EXPECT = "# expect: ";

  /// All of them, in alphabetical order.
  public static List<Story> all() {
    try (var files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(Story::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean valid() {
    return expected.isEmpty();
  }

  private static Story read(Path file) {
    try {
      var text = Files.readString(file);
      var name = file.getFileName().toString();
      var first = text.lines().findFirst().orElse("");
      var expected =
          first.startsWith(EXPECT)
              ? Optional.of(first.substring(EXPECT.length()).strip())
              : Optional.<String>empty();
      if (name.startsWith("valid-") != expected.isEmpty()) {
        throw new IllegalStateException(
            file + " must begin with `" + EXPECT + "…` if, and only if, it is an invalid one");
      }
      var documents = Arrays.stream(text.split("(?m)^---$")).map(Story::resource).toList();
      return new Story(
          file.getParent().getFileName() + ": " + name.replace(".yaml", "").replace('-', ' '),
          expected,
          documents.size() > 1 ? Optional.of(documents.getFirst()) : Optional.empty(),
          documents.getLast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GenericKubernetesResource resource(String yaml) {
    return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
  }

  @Override
  public String toString() {
    return title;
  }
}
