// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An image's tar, unpacked into `folder`, as a container runtime reads it.
public record Unpacked(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static Unpacked of(Path tar, Path folder) throws IOException {
    Files.createDirectories(folder);
    Words.of("tar", "-xf", tar.toString(), "-C", folder.toString());
    return new Unpacked(folder);
  }

  /// The names of the layers' files, which are digests of what is in them.
  public List<String> layers() throws IOException {
    return words(JSON.readTree(folder.resolve("manifest.json").toFile()).at("/0/Layers"));
  }

  /// The configuration by the OCI's image specification.
  public JsonNode config() throws IOException {
    var manifest = JSON.readTree(folder.resolve("manifest.json").toFile());
    return JSON.readTree(folder.resolve(manifest.at("/0/Config").asText()).toFile());
  }

  /// Writes the file system of the image into a folder.
  public Path root(Path into) throws IOException {
    Files.createDirectories(into);
    for (var layer : layers()) {
      Words.of("tar", "-xzf", folder.resolve(layer).toString(), "-C", into.toString());
    }
    return into.toRealPath();
  }

  static List<String> words(JsonNode array) {
    var words = new ArrayList<String>();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }
}
