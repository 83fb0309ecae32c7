// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.stream.Stream;

/// JSON schemas of the CRDs for editors and kubeconform: `machineidentity_v1alpha1.json`. They
/// reject unknown fields, which the API server reports only in strict requests. Rules in CEL are
/// left out, since JSON schema has none.
final class JsonSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EXTENSION = "x-kubernetes-";

  /// Writes one file for each version of each CRD in `crds`.
  static void write(Path crds, Path folder) throws IOException {
    Files.createDirectories(folder);
    var yaml = new YAMLMapper();
    try (Stream<Path> files = Files.list(crds)) {
      for (var file : files.filter(JsonSchemas::isYaml).sorted().toList()) {
        var spec = yaml.readTree(Files.readString(file)).path("spec");
        for (var version : spec.path("versions")) {
          write(spec, version, folder);
        }
      }
    }
  }

  private static boolean isYaml(Path file) {
    return file.getFileName().toString().endsWith(".yaml");
  }

  private static void write(JsonNode spec, JsonNode version, Path folder) throws IOException {
    var kind = spec.at("/names/kind").asText();
    var name = version.path("name").asText();
    var schema = (ObjectNode) version.at("/schema/openAPIV3Schema").deepCopy();
    convert(schema);
    var whole =
        JSON.createObjectNode()
            .put("$schema", "http://json-schema.org/draft-07/schema#")
            .put("title", kind);
    whole.setAll(schema);
    whole.put("additionalProperties", false);
    var properties = whole.withObjectProperty("properties");
    properties
        .withObjectProperty("apiVersion")
        .put("type", "string")
        .put("const", spec.path("group").asText() + "/" + name);
    properties.withObjectProperty("kind").put("type", "string").put("const", kind);
    properties.withObjectProperty("metadata").put("type", "object");
    whole.withArrayProperty("required").add("apiVersion").add("kind").add("metadata");
    var file = "%s_%s.json".formatted(kind, name).toLowerCase(Locale.ROOT);
    Files.writeString(folder.resolve(file), whole.toPrettyString() + "\n");
  }

  /// From the dialect of Kubernetes to that of JSON schema.
  private static void convert(ObjectNode schema) {
    var isOpen = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    var names = new ArrayList<String>();
    schema.fieldNames().forEachRemaining(names::add);
    names.stream().filter(name -> name.startsWith(EXTENSION)).forEach(schema::remove);
    if (schema.path("properties").isObject() && !isOpen && !schema.has("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    schema.path("properties").forEach(JsonSchemas::convertIfObject);
    convertIfObject(schema.path("items"));
    convertIfObject(schema.path("additionalProperties"));
  }

  private static void convertIfObject(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      convert(object);
    }
  }

  private JsonSchemas() {}
}
