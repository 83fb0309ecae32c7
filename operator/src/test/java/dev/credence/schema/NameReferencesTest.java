// SPDX-License-Identifier: Apache-2.0
package dev.credence.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.world.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// `crds/kustomize/name-references.yaml` names fields that the CRD has, and every field of the CRD
/// that is called after a kind whose objects it names.
class NameReferencesTest {
  private static final Path CRD = Path.of("../crds/machineidentities.credence.dev.yaml");
  private static final Path REFERENCES = Path.of("../crds/kustomize/name-references.yaml");

  @Test
  void every_path_is_a_field_of_the_crd() throws IOException {
    var fields = fields();
    assertThat(paths()).hasSizeGreaterThan(6).allSatisfy(path -> assertThat(fields).contains(path));
  }

  @Test
  void every_field_that_names_an_account_or_a_cron_job_is_there() throws IOException {
    assertThat(fields())
        .filteredOn(path -> path.matches("spec/.*/(serviceAccount|cronJob)(Name)?"))
        .isNotEmpty()
        .isSubsetOf(paths());
  }

  private static List<String> paths() throws IOException {
    return list(read(REFERENCES).path("nameReference")).stream()
        .flatMap(reference -> list(reference.path("fieldSpecs")).stream())
        .filter(field -> field.path("kind").asText().equals("MachineIdentity"))
        .map(field -> field.path("path").asText())
        .distinct()
        .toList();
  }

  /// Of every field, as kustomize writes it: lists are not said.
  private static List<String> fields() throws IOException {
    var version = read(CRD).path("spec").path("versions").path(0);
    var fields = new ArrayList<String>();
    collect(version.path("schema").path("openAPIV3Schema"), "", fields);
    return fields;
  }

  private static void collect(JsonNode schema, String path, List<String> fields) {
    if (schema.has("items")) {
      collect(schema.path("items"), path, fields);
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> {
              var at = path.isEmpty() ? field.getKey() : path + "/" + field.getKey();
              fields.add(at);
              collect(field.getValue(), at, fields);
            });
  }

  private static JsonNode read(Path file) throws IOException {
    return Yaml.node(Yaml.documents(Files.readString(file)).getFirst());
  }

  private static List<JsonNode> list(JsonNode nodes) {
    return StreamSupport.stream(nodes.spliterator(), false).toList();
  }
}
