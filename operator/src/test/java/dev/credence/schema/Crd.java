// SPDX-License-Identifier: Apache-2.0
package dev.credence.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// A generated CRD and what is in its schema.
public record Crd(String text) {
  private static final Path FOLDER = Path.of(System.getProperty("user.dir"), "..", "crds");

  public static List<Crd> all() {
    return List.of(read("machineidentities"), read("credentialpolicies"));
  }

  private static Crd read(String plural) {
    try {
      return new Crd(Files.readString(FOLDER.resolve(plural + ".credence.dev.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CustomResourceDefinition object() {
    return Serialization.unmarshal(text, CustomResourceDefinition.class);
  }

  public String kind() {
    return object().getSpec().getNames().getKind();
  }

  JSONSchemaProps schema() {
    return object().getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
  }

  /// The schema as JSON.
  public ObjectNode tree() {
    return new ObjectMapper().convertValue(schema(), ObjectNode.class);
  }

  /// Every schema in it with its path: `spec.secrets[].generate`, `spec.selector.matchLabels[]`.
  public void walk(BiConsumer<String, JSONSchemaProps> visitor) {
    walk("", schema(), visitor);
  }

  private static void walk(
      String path, JSONSchemaProps schema, BiConsumer<String, JSONSchemaProps> visitor) {
    visitor.accept(path, schema);
    if (schema.getItems() != null) {
      walk(path + "[]", schema.getItems().getSchema(), visitor);
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      walk(path + "[]", schema.getAdditionalProperties().getSchema(), visitor);
    }
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, property) ->
                  walk(path.isEmpty() ? name : path + "." + name, property, visitor));
    }
  }

  /// A CEL rule: at which field, and what is said where it does not hold.
  public record Rule(String kind, String field, String message) {}

  /// The rules of what users write.
  public List<Rule> rules() {
    var rules = new ArrayList<Rule>();
    walk(
        (path, schema) -> {
          if (path.equals("status") || path.startsWith("status.")) {
            return;
          }
          for (var rule : schema.getXKubernetesValidations()) {
            rules.add(new Rule(kind(), field(path, rule), rule.getMessage()));
          }
        });
    return rules;
  }

  private static String field(String path, ValidationRule rule) {
    if (path.isEmpty()) {
      return "<nil>";
    }
    return rule.getFieldPath() == null ? path : path + rule.getFieldPath();
  }
}
