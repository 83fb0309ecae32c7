// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.decide.evidence.Oddity;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import dev.credence.report.Inventory.Breach;
import dev.credence.report.Inventory.Origin;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Broken rules as SARIF 2.1.0 (OASIS): for code scanning and for tools that collect the findings
/// of scanners. One result for each finding, each condition that is not as it should be, and each
/// unclaimed account.
final class Sarif {
  private static final String UNCLAIMED = "Unclaimed";
  private static final int FINGERPRINT = 32;
  private static final Pattern LINK = Pattern.compile("[\\[\\]\\\\]");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// `about` tells results of one rule and place from each other, also next time.
  private record Result(
      String rule, Breach.Level level, String folder, String place, String about, String message) {
    Result(String rule, Breach.Level level, String place, String about, String message) {
      this(rule, level, "machineidentities", place, about, message);
    }
  }

  static void write(Inventory inventory, Writer out) throws IOException {
    Json.PRETTY.writeValue(
        out, log(results(inventory), inventory.origin(), inventory.gaps(), Sarif::meaning));
    out.write("\n");
  }

  /// Results about ServiceAccounts; `meanings` by rule.
  static void write(Page page, Origin origin, Map<String, String> meanings, Writer out)
      throws IOException {
    var results =
        page.problems().stream()
            .map(
                problem ->
                    new Result(
                        problem.rule(),
                        problem.isWarning() ? Breach.Level.warning : Breach.Level.note,
                        "serviceaccounts",
                        problem.place(),
                        problem.about(),
                        problem.message()))
            .toList();
    Json.PRETTY.writeValue(
        out, log(results, origin, page.gaps(), rule -> meanings.getOrDefault(rule, rule)));
    out.write("\n");
  }

  private static ObjectNode log(
      List<Result> results, Origin origin, List<String> gaps, UnaryOperator<String> meaning) {
    var rules = rules(results);
    var log = NODES.objectNode();
    log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json").put("version", "2.1.0");
    var run = log.putArray("runs").addObject();
    var driver = run.putObject("tool").putObject("driver");
    driver.put("name", "Credence").put("semanticVersion", origin.version());
    rules.forEach(
        (rule, level) -> driver.withArray("rules").add(rule(rule, level, meaning.apply(rule))));
    run.set("invocations", invocations(origin, gaps));
    var ids = List.copyOf(rules.keySet());
    var array = run.putArray("results");
    results.forEach(result -> array.add(result(result, ids.indexOf(result.rule()))));
    return log;
  }

  private static List<Result> results(Inventory inventory) {
    return Stream.concat(
            inventory.breaches().stream()
                .map(
                    breach ->
                        new Result(
                            breach.rule(),
                            breach.level(),
                            breach.entry().place(),
                            breach.about(),
                            breach.message().isEmpty() ? breach.rule() : breach.message())),
            inventory.unclaimed().stream()
                .flatMap(List::stream)
                .map(
                    row ->
                        new Result(
                            UNCLAIMED,
                            Breach.Level.note,
                            row.place(),
                            row.kind(),
                            row.kind() + " " + row.name() + " belongs to no identity.")))
        .toList();
  }

  /// With the gravest level of its results.
  private static TreeMap<String, Breach.Level> rules(List<Result> results) {
    var rules = new TreeMap<String, Breach.Level>();
    for (var result : results) {
      rules.merge(
          result.rule(), result.level(), (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }
    return rules;
  }

  private static ObjectNode rule(String rule, Breach.Level level, String meaning) {
    var node = NODES.objectNode().put("id", rule);
    node.putObject("shortDescription").put("text", meaning);
    node.putObject("defaultConfiguration").put("level", level.name());
    return node;
  }

  private static String meaning(String rule) {
    return Stream.of(Reason.values())
        .filter(reason -> reason.name().equals(rule))
        .findFirst()
        .map(reason -> Sentences.sentence(reason.meaning()))
        .or(() -> ofEvidence(rule))
        .orElse(
            rule.equals(UNCLAIMED)
                ? "An account belongs to no identity."
                : "The permissions of a ServiceAccount match the risk rule " + rule + ".");
  }

  private static Optional<String> ofEvidence(String rule) {
    return switch (rule) {
      case Inventory.UNUSED_BINDING ->
          Optional.of("A ServiceAccount uses no permission that a binding grants.");
      case Inventory.UNUSED_RIGHTS ->
          Optional.of("A ServiceAccount does not use all permissions that a binding grants.");
      default ->
          Stream.of(Oddity.Kind.values())
              .filter(kind -> kind.name().equals(rule))
              .findFirst()
              .map(Oddity.Kind::meaning);
    };
  }

  private static ArrayNode invocations(Origin origin, List<String> gaps) {
    var array = NODES.arrayNode();
    var invocation = array.addObject();
    invocation.put("executionSuccessful", true).put("endTimeUtc", Tables.time(origin.at()));
    for (var gap : gaps) {
      var notification = invocation.withArray("toolExecutionNotifications").addObject();
      notification.put("level", "warning").putObject("message").put("text", plain(gap));
    }
    return array;
  }

  private static ObjectNode result(Result result, int index) {
    var node =
        NODES
            .objectNode()
            .put("ruleId", result.rule())
            .put("ruleIndex", index)
            .put("level", result.level().name());
    node.putObject("message").put("text", plain(result.message()));
    var location = node.putArray("locations").addObject();
    location
        .putObject("physicalLocation")
        .putObject("artifactLocation")
        .put("uri", uri(result.folder() + "/" + result.place()));
    location
        .putArray("logicalLocations")
        .addObject()
        .put("fullyQualifiedName", result.place())
        .put("kind", "resource");
    node.putObject("partialFingerprints").put("credence/v1", fingerprint(result));
    return node;
  }

  /// Escapes an untrusted text, so that it contains no link: SARIF has links in messages, and
  /// escapes by a backslash (3.11.6).
  private static String plain(String text) {
    return LINK.matcher(text).replaceAll("\\\\$0");
  }

  /// Collectors want a file: this is a name like one.
  private static String uri(String path) {
    try {
      return new URI(null, null, path, null).toASCIIString();
    } catch (URISyntaxException unusable) {
      throw new IllegalStateException("every path can be written", unusable);
    }
  }

  private static String fingerprint(Result result) {
    return digest(String.join("\n", result.rule(), result.place(), result.about()))
        .map(bytes -> HexFormat.of().formatHex(bytes).substring(0, FINGERPRINT))
        .orElse("");
  }

  private static Optional<byte[]> digest(String text) {
    try {
      return Optional.of(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }

  private Sarif() {}
}
