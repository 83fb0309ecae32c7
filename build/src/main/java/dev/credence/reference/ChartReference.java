// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// The table of the values of the chart: every key of `values.yaml` that `values.schema.json` knows
/// by name, with the comment before it.
final class ChartReference {
  private static final String HEADING = "## Values\n";
  private static final int LONGEST_DEFAULT = 80;

  private final Table table = new Table("Value", "Default", "Description");

  /// Rewrites the table of values in the README.
  static String markdown(Path chart) throws IOException {
    var readme = Files.readString(chart.resolve("README.md"));
    var text =
        new Compose(LoadSettings.builder().setParseComments(true).build())
            .composeString(Files.readString(chart.resolve("values.yaml")))
            .orElseThrow();
    var schema = new ObjectMapper().readTree(chart.resolve("values.schema.json").toFile());
    var reference = new ChartReference();
    reference.rows("", (MappingNode) text, schema);
    return readme.substring(0, readme.indexOf(HEADING))
        + HEADING
        + "\n`make generate` writes this table from `values.yaml`, which has examples. Helm rejects other values.\n\n"
        + reference.table;
  }

  private void rows(String prefix, MappingNode values, JsonNode schema) {
    var isFirst = true;
    for (NodeTuple entry : values.getValue()) {
      var name = ((ScalarNode) entry.getKeyNode()).getValue();
      var path = prefix + name;
      var known = schema.path("properties").path(name);
      // A comment before the first key belongs to the whole, as the parser sees it.
      var comment =
          comment(entry.getKeyNode()).or(isFirst ? () -> comment(values) : Optional::empty);
      isFirst = false;
      if (known.has("properties")) {
        comment.ifPresent(about -> table.row("`" + path + "`", "", about));
        rows(path + ".", (MappingNode) entry.getValueNode(), known);
      } else {
        table.row(
            "`" + path + "`",
            standard(entry.getValueNode()),
            comment.orElseThrow(
                () -> new IllegalStateException("values.yaml says nothing about " + path)));
      }
    }
  }

  private static Optional<String> comment(Node node) {
    return Optional.ofNullable(node.getBlockComments())
        .map(ChartReference::joined)
        .filter(text -> !text.isBlank());
  }

  /// The paragraph of a comment next to the key, without the mark of helm-docs. What follows after
  /// an empty line of the comment is an example, for those who read the file.
  private static String joined(List<CommentLine> lines) {
    var start = 0;
    for (var at = 0; at < lines.size(); at++) {
      if (lines.get(at).getCommentType() == CommentType.BLANK_LINE) {
        start = at + 1;
      }
    }
    return lines.subList(start, lines.size()).stream()
        .map(line -> line.getValue().strip())
        .takeWhile(line -> !line.isEmpty())
        .collect(Collectors.joining(" "))
        .replaceFirst("^-- ", "");
  }

  private static String standard(Node value) {
    var text = text(value);
    return text.length() > LONGEST_DEFAULT ? "see `values.yaml`" : "`" + text + "`";
  }

  private static String text(Node value) {
    return switch (value) {
      case ScalarNode scalar -> scalar.getValue().isEmpty() ? "\"\"" : scalar.getValue();
      case SequenceNode list ->
          joined(list.getValue().stream().map(ChartReference::text), "[", "]");
      case MappingNode map ->
          joined(
              map.getValue().stream()
                  .map(entry -> text(entry.getKeyNode()) + ": " + text(entry.getValueNode())),
              "{",
              "}");
      default -> throw new IllegalStateException("not expected in values: " + value);
    };
  }

  private static String joined(Stream<String> parts, String open, String close) {
    return parts.collect(Collectors.joining(", ", open, close));
  }
}
