// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All fields of the custom resources, from the generated CRDs.
final class FieldReference {

  static String markdown(List<String> definitions) {
    var text =
        new StringBuilder(
            """
            <!-- Written by `make generate`. -->
            # Fields

            The fields of spec and status of each kind, as in `kubectl explain`. `[]` stands for the items of a list. The API
            server checks the rules on each write of the object.
            """);
    for (var definition : definitions) {
      text.append(kind(Serialization.unmarshal(definition, CustomResourceDefinition.class)));
    }
    return text.toString();
  }

  private static String kind(CustomResourceDefinition definition) {
    var names = definition.getSpec().getNames();
    var root = definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    var table = new Table("Field", "Type", "Default", "Bounds and rules", "Description");
    Stream.of("spec", "status")
        .filter(root.getProperties()::containsKey)
        .forEach(
            part ->
                walk(
                    part,
                    root.getProperties().get(part),
                    root.getRequired().contains(part),
                    table));
    return """

        ## %s

        %s%s%s

        %s"""
        .formatted(
            names.getKind(),
            root.getDescription(),
            names.getShortNames().isEmpty()
                ? ""
                : " Short name `" + String.join("`, `", names.getShortNames()) + "`.",
            stated(root).map(rule -> " " + capital(rule) + ".").collect(Collectors.joining()),
            table);
  }

  private static void walk(String path, JSONSchemaProps schema, boolean required, Table table) {
    table.row(
        "`" + path + "`",
        type(schema),
        standard(path, schema),
        bounds(schema, required),
        schema.getDescription() == null ? "" : schema.getDescription());
    var inside = schema.getItems() == null ? schema : schema.getItems().getSchema();
    var at = schema.getItems() == null ? path : path + "[]";
    if (inside.getProperties() != null) {
      inside
          .getProperties()
          .forEach(
              (name, property) -> walk(at + "." + name, property, isRequired(inside, name), table));
    }
  }

  private static boolean isRequired(JSONSchemaProps schema, String name) {
    return schema.getRequired() != null && schema.getRequired().contains(name);
  }

  private static String type(JSONSchemaProps schema) {
    if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
      return schema.getEnum().stream().map(word -> word.asText()).collect(Collectors.joining(", "));
    }
    if (schema.getItems() != null) {
      var keys = schema.getXKubernetesListMapKeys();
      return "list of "
          + type(schema.getItems().getSchema())
          + (keys == null || keys.isEmpty() ? "" : " by " + String.join(" and ", keys));
    }
    if (schema.getAdditionalProperties() != null) {
      return "map of " + type(schema.getAdditionalProperties().getSchema());
    }
    return "date-time".equals(schema.getFormat()) ? "time" : schema.getType();
  }

  /// The whole status has a default too: its value before the first reconcile.
  private static String standard(String path, JSONSchemaProps schema) {
    return schema.getDefault() == null || path.equals("status")
        ? ""
        : "`" + schema.getDefault().asText() + "`";
  }

  private static String bounds(JSONSchemaProps schema, boolean required) {
    var bounds = new ArrayList<String>();
    if (required) {
      bounds.add("required");
    }
    range(schema.getMinimum(), schema.getMaximum(), "").ifPresent(bounds::add);
    range(schema.getMinLength(), schema.getMaxLength(), " characters").ifPresent(bounds::add);
    range(schema.getMinItems(), schema.getMaxItems(), " items").ifPresent(bounds::add);
    range(schema.getMinProperties(), schema.getMaxProperties(), " entries").ifPresent(bounds::add);
    stated(schema).forEach(bounds::add);
    if (schema.getItems() != null) {
      var items = schema.getItems().getSchema();
      range(items.getMinLength(), items.getMaxLength(), " characters each").ifPresent(bounds::add);
      stated(items).forEach(bounds::add);
    }
    return bounds.stream().distinct().collect(Collectors.joining("; "));
  }

  private static Optional<String> range(Number least, Number most, String of) {
    if (least == null && most == null) {
      return Optional.empty();
    }
    if (least == null) {
      return Optional.of("at most " + whole(most) + of);
    }
    return Optional.of(
        most == null ? "at least " + whole(least) + of : whole(least) + " to " + whole(most) + of);
  }

  private static String whole(Number number) {
    return String.valueOf(number.longValue());
  }

  private static Stream<String> stated(JSONSchemaProps schema) {
    return Stream.ofNullable(schema.getXKubernetesValidations())
        .flatMap(List::stream)
        .map(rule -> rule.getMessage());
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private FieldReference() {}
}
