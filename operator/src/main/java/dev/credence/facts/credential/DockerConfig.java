// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.credential.Templates.Filter;
import dev.credence.facts.credential.Templates.Layout;
import dev.credence.facts.credential.Templates.Reference;
import dev.credence.facts.credential.Templates.Text;
import dev.credence.facts.text.JsonSyntax;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks the keys of a Secret of type kubernetes.io/dockerconfigjson: the API server accepts it
/// only where the key `.dockerconfigjson` is a JSON object. No value is read for this: each
/// generator stands for the characters that it can produce.
public final class DockerConfig {
  public static final String TYPE = "kubernetes.io/dockerconfigjson";
  private static final String KEY = ".dockerconfigjson";

  /// Why the API server would reject the Secret. The templates can be filled in.
  public static Optional<String> problem(List<KeySpec> keys) {
    var values = examples(keys);
    for (var layout : Templates.inOrder(keys)) {
      if (layout.key().equals(KEY)) {
        return problem(layout, values);
      }
      values.put(layout.key(), text(layout, values));
    }
    return Optional.of(
        "a Secret of type "
            + TYPE
            + " requires a key "
            + KEY
            + " with a `template` that renders to JSON");
  }

  private static Optional<String> problem(Layout layout, Map<String, String> values) {
    var invalid = JsonSyntax.invalidAt(text(layout, values));
    return invalid.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "template "
                + KEY
                + " does not render to a JSON object: "
                + cause(layout, values, invalid.getAsInt()));
  }

  /// The piece of the template at which the result stops being JSON.
  private static String cause(Layout layout, Map<String, String> values, int invalid) {
    var inResult = 0;
    var inTemplate = 1;
    for (var piece : layout.pieces()) {
      var end = inResult + text(piece, values).length();
      if (invalid < end) {
        return piece instanceof Reference(var name, _) && canEndString(text(piece, values))
            ? "{%s} can contain characters that end a JSON string, such as a line break or `\"`; write {%s|json}"
                .formatted(name, name)
            : character(inTemplate + offset(piece, invalid - inResult));
      }
      inResult = end;
      inTemplate += length(piece);
    }
    return "it ends too early; `{{` and `}}` are braces";
  }

  private static boolean canEndString(String value) {
    return value.chars().anyMatch(c -> c == '"' || c == '\\' || c < ' ');
  }

  private static String character(int number) {
    return "see character %d; `{{` and `}}` are braces".formatted(number);
  }

  private static int offset(Templates.Piece piece, int inResult) {
    return piece instanceof Text ? inResult : 0;
  }

  /// How many characters of the template it is.
  private static int length(Templates.Piece piece) {
    return switch (piece) {
      case Text(var text) -> "{".equals(text) || "}".equals(text) ? 2 : text.length();
      case Reference(var name, var filter) ->
          name.length() + 2 + (filter == Filter.none ? 0 : filter.name().length() + 1);
    };
  }

  private static String text(Layout layout, Map<String, String> values) {
    var text = new StringBuilder();
    layout.pieces().forEach(piece -> text.append(text(piece, values)));
    return text.toString();
  }

  private static String text(Templates.Piece piece, Map<String, String> values) {
    return switch (piece) {
      case Text(var text) -> text;
      case Reference(var name, var filter) ->
          filter == Filter.none ? values.getOrDefault(name, "") : "x";
    };
  }

  private static Map<String, String> examples(List<KeySpec> keys) {
    var values = new HashMap<String, String>();
    for (var key : keys) {
      values.put(key.name(), example(key.generator()));
      if (key.generator() instanceof Generator.KeyPair pair) {
        pair.publicKey().ifPresent(half -> values.put(half, example(pair)));
      }
    }
    return values;
  }

  /// Characters that the value can contain, those that end a JSON string included.
  private static String example(Generator generator) {
    return switch (generator) {
      case Generator.Fixed(var text) -> text;
      case Generator.Cycle(var texts) -> String.join("", texts);
      case Generator.Password(_, var characters) ->
          characters == Generator.Characters.Digits ? "1" : "x";
      case Generator.RandomBytes _, Generator.Uuid _ -> "x";
      case Generator.KeyPair _ -> "-----BEGIN\n";
      // Of another system everything is possible.
      case Generator.Issued _ -> "\"";
      case Generator.Template _, Generator.Unknown _ -> "";
    };
  }

  private DockerConfig() {}
}
