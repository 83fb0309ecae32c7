// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.credence.cli.Failed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// The values of a recipe: those of the chart `credence-recipes`, with the defaults of its
/// `values.yaml`.
final class RecipeValues {
  static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  /// Values that umbrella charts have in addition.
  private static final List<String> OF_HELM = List.of("enabled", "global");

  private static final Pattern FREE =
      Pattern.compile(
          "(global|settings|identity\\.owner|admin\\.data|serviceAccount\\.annotations|pods\\.\\w+)\\.");

  private final ObjectNode tree;

  private RecipeValues(ObjectNode tree) {
    this.tree = tree;
  }

  /// Text of this program.
  static JsonNode parse(String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RecipeValues defaults() {
    try (var file = RecipeValues.class.getResourceAsStream("values.yaml")) {
      return new RecipeValues((ObjectNode) YAML.readTree(Objects.requireNonNull(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Values of a file take the place of defaults, as for Helm.
  void read(Path file) {
    try {
      var values = YAML.readTree(Files.readString(file));
      if (!values.isEmpty()) {
        if (!(values instanceof ObjectNode object)) {
          throw new Failed(file + " contains no values of the chart credence-recipes.");
        }
        merge(tree, object, "", file);
      }
    } catch (JsonProcessingException wrong) {
      throw new Failed(file + " is not valid YAML: " + wrong.getOriginalMessage());
    } catch (IOException unreadable) {
      throw new Failed("Cannot read " + file + ".");
    }
  }

  /// As Helm does it: objects are merged, and null removes a default.
  private static void merge(ObjectNode into, ObjectNode values, String prefix, Path file) {
    for (var entry : values.properties()) {
      var name = entry.getKey();
      var path = prefix + name;
      var value = entry.getValue();
      if (!into.has(name) && !isFree(path)) {
        throw new Failed(
            "%s: %s is not a value of the chart credence-recipes. Its README lists the values."
                .formatted(file, path));
      }
      if (into.get(name) instanceof ObjectNode group && !value.isNull()) {
        if (!(value instanceof ObjectNode more)) {
          throw new Failed("%s: %s must have values of its own.".formatted(file, path));
        }
        merge(group, more, path + ".", file);
      } else if (value.isNull()) {
        into.remove(name);
      } else {
        into.set(name, value);
      }
    }
  }

  /// Whether a name is one of the user, or one of Kubernetes.
  private static boolean isFree(String path) {
    return OF_HELM.contains(path) || FREE.matcher(path).lookingAt();
  }

  /// Sets a value by its path, such as `account.name`.
  void set(String path, Object value) {
    var end = path.lastIndexOf('.');
    var group = end < 0 ? tree : tree.withObject(pointer(path.substring(0, end)));
    group.set(path.substring(end + 1), YAML.valueToTree(value));
  }

  /// Sets a value that neither the user nor `values.yaml` has. An empty text is a value.
  void fill(String path, String value) {
    var node = node(path);
    if (node.isMissingNode() || node.isNull()) {
      set(path, value);
    }
  }

  /// Adds a variable of the hooks.
  void setting(String name, String value) {
    tree.withObjectProperty("settings").put(name, value);
  }

  String text(String path) {
    return node(path).asText("");
  }

  /// The first value that is not empty.
  String text(String path, String otherwise) {
    var text = text(path);
    return text.isEmpty() ? otherwise : text;
  }

  boolean is(String path) {
    return node(path).asBoolean();
  }

  boolean has(String path) {
    var node = node(path);
    return node.isContainerNode() ? !node.isEmpty() : !node.asText("").isEmpty();
  }

  JsonNode node(String path) {
    return tree.at(pointer(path));
  }

  private static String pointer(String path) {
    return "/" + path.replace('.', '/');
  }
}
