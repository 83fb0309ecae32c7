// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What the API server knows about its kinds, our own among them, as JSON schemas: one file for
/// each, in the layout that kubeconform wants (`deployment-apps-v1.json`). Each allows no fields
/// but those that it names.
public final class Schemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HERE = "#/components/schemas/";

  private final Path folder;
  private final JsonNode known;

  /// Asks the API server for all that it serves, and writes it into `folder`.
  public static void write(KubernetesClient client, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (var group : read(client.raw("/openapi/v3")).path("paths")) {
      var document = read(client.raw(group.path("serverRelativeURL").asText()));
      new Schemas(folder, document.path("components").path("schemas")).write();
    }
  }

  private static JsonNode read(String text) throws IOException {
    return JSON.readTree(text);
  }

  private Schemas(Path folder, JsonNode known) {
    this.folder = folder;
    this.known = known;
  }

  private void write() {
    known
        .properties()
        .forEach(
            schema -> {
              for (var kind : schema.getValue().path("x-kubernetes-group-version-kind")) {
                write(schema.getKey(), kind);
              }
            });
  }

  private void write(String name, JsonNode kind) {
    var group = kind.path("group").asText().split("[.]")[0];
    var file =
        "%s%s-%s.json"
            .formatted(
                kind.path("kind").asText(),
                group.isEmpty() ? "" : "-" + group,
                kind.path("version").asText())
            .toLowerCase(Locale.ROOT);
    var needed = new TreeSet<String>();
    need(name, needed);
    var whole = JSON.createObjectNode().put("$ref", "#/definitions/" + name);
    var definitions = whole.putObject("definitions");
    needed.forEach(other -> definitions.set(other, strict(known.path(other).deepCopy())));
    try {
      Files.writeString(folder.resolve(file), whole.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void need(String name, Set<String> needed) {
    if (needed.add(name)) {
      known.path(name).findValuesAsText("$ref").stream()
          // A schema of schemas has a property of this name.
          .filter(reference -> reference.startsWith(HERE))
          .forEach(reference -> need(reference.substring(HERE.length()), needed));
    }
  }

  private static JsonNode strict(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      var reference = object.path("$ref");
      if (reference.isTextual()) {
        object.put("$ref", "#/definitions/" + reference.asText().substring(HERE.length()));
      }
      if (object.path("properties").isObject()
          && !object.has("additionalProperties")
          && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
        object.put("additionalProperties", false);
      }
    }
    schema.forEach(Schemas::strict);
    return schema;
  }
}
