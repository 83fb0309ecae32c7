// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.image.Unpacked;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// One image for several architectures, as an archive in the layout of the OCI's image
/// specification. `skopeo` and `crane` push it to a registry; `docker load`, `podman load`, `kind
/// load image-archive` and `ctr images import` read it as well.
final class OciArchive {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String REFERENCE = "org.opencontainers.image.ref.name";

  private final Path layout;
  private final String name;
  private final String version;
  private final ObjectNode index =
      JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);

  /// For `docker load`, which does not read the layout everywhere.
  private final List<ObjectNode> loads = new ArrayList<>();

  private OciArchive(Path layout, String name, String version) {
    this.layout = layout;
    this.name = name;
    this.version = version;
  }

  /// Writes `archive` from images as [dev.credence.image.Image] writes them, and returns the digest
  /// that the image has in a registry. `name` is that of the image without a registry.
  static String write(List<Path> images, String name, String version, Path archive, Path scratch)
      throws IOException {
    var layout = Files.createDirectories(scratch.resolve("layout"));
    Files.createDirectories(layout.resolve("blobs/sha256"));
    var written = new OciArchive(layout, name, version);
    for (var image : images) {
      var folder = scratch.resolve(image.getFileName().toString());
      written.add(Unpacked.of(image, folder));
    }
    var digest = written.finish();
    try (var out = new BufferedOutputStream(Files.newOutputStream(archive))) {
      Tar.write(layout, out);
    }
    return digest;
  }

  private void add(Unpacked image) throws IOException {
    var config = image.config();
    var architecture = config.path("architecture").asText();
    var manifest = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MANIFEST);
    var described = blob(JSON.writeValueAsBytes(config), CONFIG);
    manifest.set("config", described);
    var load = JSON.createObjectNode().put("Config", path(described));
    load.putArray("RepoTags")
        .add(name + ":" + version + (loads.isEmpty() ? "" : "-" + architecture));
    var layers = manifest.putArray("layers");
    var paths = load.putArray("Layers");
    for (var name : image.layers()) {
      var layer = blob(Files.readAllBytes(image.folder().resolve(name)), LAYER);
      layers.add(layer);
      paths.add(path(layer));
    }
    loads.add(load);
    var one = blob(JSON.writeValueAsBytes(manifest), MANIFEST);
    one.putObject("platform").put("architecture", architecture).put("os", "linux");
    index.withArray("manifests").add(one);
  }

  private String finish() throws IOException {
    var whole = blob(JSON.writeValueAsBytes(index), INDEX);
    var digest = whole.path("digest").asText();
    whole
        .putObject("annotations")
        .put(REFERENCE, version)
        .put("io.containerd.image.name", "docker.io/library/%s:%s".formatted(name, version));
    var top = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    top.putArray("manifests").add(whole);
    Files.writeString(layout.resolve("index.json"), top.toString());
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        layout.resolve("manifest.json"), JSON.createArrayNode().addAll(loads).toString());
    return digest;
  }

  private ObjectNode blob(byte[] content, String type) throws IOException {
    var file = Files.createTempFile(layout, "blob", "");
    Files.write(file, content);
    var sum = Checksums.of(file);
    Files.move(
        file, layout.resolve("blobs/sha256").resolve(sum), StandardCopyOption.REPLACE_EXISTING);
    return JSON.createObjectNode()
        .put("mediaType", type)
        .put("digest", "sha256:" + sum)
        .put("size", content.length);
  }

  private static String path(JsonNode descriptor) {
    return "blobs/" + descriptor.path("digest").asText().replace(':', '/');
  }
}
