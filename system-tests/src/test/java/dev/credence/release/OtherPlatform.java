// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.image.Unpacked;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a machine of another kind would have written: the part of this one, under other names.
final class OtherPlatform {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IMAGE = "%s-%s-image-linux-%s.tar";

  static Path of(Path part, String version, Path scratch) throws IOException {
    var folder = Files.createDirectories(scratch.resolve("other"));
    var platform = CommandLine.platform();
    Files.copy(
        part.resolve("credence-%s-%s.tar.gz".formatted(version, platform)),
        folder.resolve("credence-%s-darwin-arm64.tar.gz".formatted(version)));
    for (var name : List.of("credence", "credence-hooks")) {
      image(name, part, version, folder, scratch.resolve("unpacked-" + name));
    }
    return folder;
  }

  private static void image(String name, Path part, String version, Path folder, Path scratch)
      throws IOException {
    var mine = CommandLine.platform().endsWith("amd64") ? "amd64" : "arm64";
    var theirs = mine.equals("amd64") ? "arm64" : "amd64";
    var unpacked = Unpacked.of(part.resolve(IMAGE.formatted(name, version, mine)), scratch);
    var manifest = JSON.readTree(unpacked.folder().resolve("manifest.json").toFile());
    var config = unpacked.folder().resolve(manifest.at("/0/Config").asText());
    var changed = (ObjectNode) JSON.readTree(config.toFile());
    Files.writeString(config, changed.put("architecture", theirs).toString());
    Program.output(
        Map.of(),
        List.of(
            "tar",
            "-cf",
            folder.resolve(IMAGE.formatted(name, version, theirs)).toString(),
            "-C",
            unpacked.folder().toString(),
            "."));
  }

  private OtherPlatform() {}
}
