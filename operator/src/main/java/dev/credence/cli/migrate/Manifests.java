// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.migrate;

import dev.credence.api.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Manifests with the names of the versions before 0.3 as those of now: a text of YAML or JSON
/// documents in, the same text with other names out. Only the names change; comments, order and
/// layout stay, and a text that has nothing of before comes back as it is.
final class Manifests {
  private static final int MOST_CHARACTERS = 64 << 20;
  private static final List<String> SELECTION =
      List.of("namespaceSelector", "identitySelector", "types");
  private static final List<String> HOOKS = List.of("apply", "verify", "revoke");
  private static final String ROTATE_NOW = "credence.dev/rotate-now";
  private static final String COMPROMISED = "credence.dev/compromised";
  private static final String COMPROMISED_REASON = "compromised";

  /// `text`: what to write. `changes`: one line for each name that was replaced.
  record Migrated(String text, List<String> changes) {}

  /// Throws [IllegalArgumentException] with a message for the user where the text is not YAML.
  static Migrated of(String text) {
    var manifests = new Manifests(text);
    var settings = LoadSettings.builder().setUseMarks(true).setCodePointLimit(MOST_CHARACTERS);
    try {
      for (var document : new Compose(settings.build()).composeAllFromString(text)) {
        manifests.document(document);
      }
    } catch (YamlEngineException broken) {
      throw new IllegalArgumentException(broken.getMessage(), broken);
    }
    return new Migrated(manifests.edits.applied(), List.copyOf(manifests.changes));
  }

  private final TextEdits edits;
  private final List<String> changes = new ArrayList<>();

  private Manifests(String text) {
    this.edits = new TextEdits(text);
  }

  private void document(Node node) {
    if (!(node instanceof MappingNode root)) {
      return;
    }
    var kind = text(root, "kind");
    if (kind.filter(name -> name.endsWith("List")).isPresent()) {
      items(root, "items").forEach(this::document);
      return;
    }
    mapping(root, "metadata")
        .flatMap(metadata -> mapping(metadata, "annotations"))
        .ifPresent(this::annotations);
    var ours = text(root, "apiVersion").filter(group -> group.startsWith(Api.GROUP + "/"));
    if (ours.isEmpty()) {
      return;
    }
    mapping(root, "spec")
        .ifPresent(
            spec -> {
              switch (kind.orElse("")) {
                case "MachineIdentity" -> identity(spec);
                case "CredentialPolicy" -> policy(spec);
                default -> {}
              }
            });
  }

  private void identity(MappingNode spec) {
    for (var secret : items(spec, "secrets")) {
      within(secret, "account", account -> rename(account, "kind", "type"));
      within(secret, "rotation", rotation -> rename(rotation, "every", "interval"));
      within(secret, "token", token -> rename(token, "serviceAccount", "serviceAccountName"));
      within(
          secret,
          "hooks",
          hooks ->
              HOOKS.forEach(
                  step -> within(hooks, step, hook -> rename(hook, "cronJob", "cronJobName"))));
      within(
          secret,
          "generate",
          generate -> items(generate, "keys").forEach(key -> rename(key, "alternate", "cycle")));
    }
  }

  private void policy(MappingNode spec) {
    within(
        spec,
        "rotation",
        rotation -> {
          rename(rotation, "every", "interval");
          rename(rotation, "maxEvery", "maxInterval");
          rename(rotation, "overlapAtMost", "maxOverlap");
          items(rotation, "windows").forEach(window -> rename(window, "cron", "schedule"));
          within(rotation, "restart", restart -> rename(restart, "waitFor", "timeout"));
        });
    within(
        spec,
        "idle",
        idle -> {
          rename(idle, "after", "unusedFor");
          rename(idle, "action", "onIdle");
        });
    within(spec, "review", review -> rename(review, "every", "interval"));
    within(
        spec,
        "privileges",
        privileges -> {
          rename(privileges, "reportFrom", "minSeverity");
          items(privileges, "exceptions")
              .forEach(exception -> rename(exception, "validUntil", "expirationTime"));
        });
    within(spec, "tokens", this::legacyTokens);
    scalar(spec, "approval")
        .ifPresent(
            approval ->
                wrap(
                    approval,
                    "approval",
                    "required",
                    String.valueOf(approval.getValue().equals("Required"))));
    scalar(spec, "discovery")
        .ifPresent(discovery -> wrap(discovery, "discovery", "mode", discovery.getValue()));
    selection(spec);
  }

  /// `legacy: Report` and `legacyUnusedFor: 2160h` are one section.
  private void legacyTokens(MappingNode tokens) {
    var handling = scalar(tokens, "legacy");
    var unusedFor = tuple(tokens, "legacyUnusedFor");
    if (handling.isEmpty() && unusedFor.isEmpty()) {
      return;
    }
    var json = isJson(tokens);
    var fields =
        Stream.concat(
                handling.stream()
                    .map(
                        node ->
                            field(
                                json,
                                "onUnused",
                                node.getValue().equals("Allow") ? "Ignore" : node.getValue())),
                unusedFor.stream()
                    .map(
                        entry ->
                            field(
                                json, "unusedFor", ((ScalarNode) entry.getValueNode()).getValue())))
            .toList();
    var section = "{" + String.join(", ", fields) + "}";
    if (handling.isPresent()) {
      replace(handling.get(), section);
      unusedFor.ifPresent(entry -> remove(tokens, List.of(entry)));
    } else {
      var entry = unusedFor.orElseThrow();
      edits.replace(start(entry.getKeyNode()), end(entry.getKeyNode()), name(json, "legacy"));
      replace(entry.getValueNode(), section);
    }
    changes.add("tokens.legacy, tokens.legacyUnusedFor → tokens.legacy.{onUnused, unusedFor}");
  }

  private void selection(MappingNode spec) {
    var entries =
        spec.getValue().stream().filter(entry -> SELECTION.contains(keyOf(entry))).toList();
    if (entries.isEmpty()) {
      return;
    }
    var first = entries.getFirst();
    if (spec.getFlowStyle() == FlowStyle.FLOW) {
      var inside = entries.stream().map(this::source).toList();
      remove(spec, entries.subList(1, entries.size()));
      edits.replace(
          start(first.getKeyNode()),
          end(first.getValueNode()),
          name(isJson(spec), "match") + ": {" + String.join(", ", inside) + "}");
    } else {
      var indent = " ".repeat(first.getKeyNode().getStartMark().orElseThrow().getColumn());
      var lineBreak =
          edits.between(lineStart(first), blockEnd(spec, first)).contains("\r\n") ? "\r\n" : "\n";
      var block = new StringBuilder(indent).append("match:").append(lineBreak);
      for (var entry : entries) {
        edits
            .between(lineStart(entry), blockEnd(spec, entry))
            .lines()
            .forEach(line -> block.append(line.isBlank() ? line : "  " + line).append(lineBreak));
      }
      remove(spec, entries.subList(1, entries.size()));
      edits.replace(lineStart(first), blockEnd(spec, first), block.toString());
    }
    entries.forEach(entry -> changes.add(keyOf(entry) + " → match." + keyOf(entry)));
  }

  /// `rotate: "2026!"` was a request outside the windows, `suspend: "compromised…"` one that
  /// revokes.
  private void annotations(MappingNode annotations) {
    for (var entry : annotations.getValue()) {
      if (!(entry.getValueNode() instanceof ScalarNode value)) {
        continue;
      }
      var text = value.getValue();
      if (keyOf(entry).equals(Api.ROTATE) && text.endsWith("!")) {
        annotation(entry, ROTATE_NOW, text.substring(0, text.length() - 1));
      } else if (keyOf(entry).equals(Api.SUSPEND) && text.startsWith(COMPROMISED_REASON)) {
        annotation(
            entry,
            COMPROMISED,
            text.substring(COMPROMISED_REASON.length()).replaceFirst("^[:\\s]+", ""));
      }
    }
  }

  private void annotation(NodeTuple entry, String name, String value) {
    var key = (ScalarNode) entry.getKeyNode();
    edits.replace(start(key), end(key), name(key.getScalarStyle() != ScalarStyle.PLAIN, name));
    replace(entry.getValueNode(), '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    changes.add(keyOf(entry) + " → " + name);
  }

  private void rename(MappingNode mapping, String from, String to) {
    tuple(mapping, from)
        .ifPresent(
            entry -> {
              var key = (ScalarNode) entry.getKeyNode();
              edits.replace(
                  start(key), end(key), name(key.getScalarStyle() != ScalarStyle.PLAIN, to));
              changes.add(from + " → " + to);
            });
  }

  private void wrap(ScalarNode value, String section, String field, String text) {
    var json = value.getScalarStyle() != ScalarStyle.PLAIN;
    var written =
        field.equals("required") ? name(json, field) + ": " + text : field(json, field, text);
    replace(value, "{" + written + "}");
    changes.add(section + ": " + value.getValue() + " → " + section + "." + field);
  }

  private static String field(boolean json, String name, String value) {
    return name(json, name) + ": " + (json ? '"' + value + '"' : value);
  }

  private static String name(boolean quoted, String name) {
    return quoted ? '"' + name + '"' : name;
  }

  private void replace(Node value, String text) {
    edits.replace(start(value), end(value), text);
  }

  /// Whole lines of a block mapping; in a flow mapping an entry with the comma before it.
  private void remove(MappingNode mapping, List<NodeTuple> entries) {
    for (var entry : entries) {
      if (mapping.getFlowStyle() == FlowStyle.BLOCK) {
        edits.replace(lineStart(entry), blockEnd(mapping, entry), "");
        continue;
      }
      var place = mapping.getValue().indexOf(entry);
      if (place > 0) {
        edits.replace(
            end(mapping.getValue().get(place - 1).getValueNode()), end(entry.getValueNode()), "");
      } else {
        edits.replace(start(entry.getKeyNode()), start(mapping.getValue().get(1).getKeyNode()), "");
      }
    }
  }

  private int lineStart(NodeTuple entry) {
    return edits.lineStart(start(entry.getKeyNode()));
  }

  /// Where the lines of an entry of a block mapping end: at the next one, without the comments that
  /// stand before that.
  private int blockEnd(MappingNode mapping, NodeTuple entry) {
    var entries = mapping.getValue();
    var next = entries.indexOf(entry) + 1;
    var limit = next < entries.size() ? lineStart(entries.get(next)) : end(mapping);
    return edits.contentEnd(lineStart(entry), limit);
  }

  private String source(NodeTuple entry) {
    return edits.between(start(entry.getKeyNode()), end(entry.getValueNode()));
  }

  private static boolean isJson(MappingNode mapping) {
    return mapping.getValue().stream()
        .anyMatch(
            entry ->
                entry.getKeyNode() instanceof ScalarNode key
                    && key.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED);
  }

  private static void within(MappingNode mapping, String key, Consumer<MappingNode> then) {
    mapping(mapping, key).ifPresent(then);
  }

  private static Optional<NodeTuple> tuple(MappingNode mapping, String key) {
    return mapping.getValue().stream().filter(entry -> keyOf(entry).equals(key)).findFirst();
  }

  private static Optional<MappingNode> mapping(MappingNode mapping, String key) {
    return tuple(mapping, key)
        .map(NodeTuple::getValueNode)
        .filter(MappingNode.class::isInstance)
        .map(MappingNode.class::cast);
  }

  private static Optional<ScalarNode> scalar(MappingNode mapping, String key) {
    return tuple(mapping, key)
        .map(NodeTuple::getValueNode)
        .filter(ScalarNode.class::isInstance)
        .map(ScalarNode.class::cast);
  }

  private static Optional<String> text(MappingNode mapping, String key) {
    return scalar(mapping, key).map(ScalarNode::getValue);
  }

  private static List<MappingNode> items(MappingNode mapping, String key) {
    return tuple(mapping, key)
        .map(NodeTuple::getValueNode)
        .filter(SequenceNode.class::isInstance)
        .map(SequenceNode.class::cast)
        .stream()
        .flatMap(list -> list.getValue().stream())
        .filter(MappingNode.class::isInstance)
        .map(MappingNode.class::cast)
        .toList();
  }

  private static String keyOf(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
  }

  private static int start(Node node) {
    return node.getStartMark().orElseThrow().getIndex();
  }

  private static int end(Node node) {
    return node.getEndMark().orElseThrow().getIndex();
  }
}
