// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.plan.Unclaimed;
import dev.credence.report.Entry.Condition;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Entry.Finding;
import dev.credence.report.Entry.Granting;
import dev.credence.report.Entry.Members;
import dev.credence.report.Entry.Odd;
import dev.credence.report.Entry.Owner;
import dev.credence.report.Entry.Review;
import dev.credence.report.Entry.Rights;
import dev.credence.report.Entry.Risk;
import dev.credence.report.Entry.Suspension;
import dev.credence.report.Inventory.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A report that was written as JSON, read back. A file is untrusted: every text of it is shown as
/// plain text.
public final class SavedReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What is wrong with a file, in a sentence.
  public static final class Unreadable extends Exception {
    Unreadable(String message) {
      super(message);
    }
  }

  public static Inventory read(String text) throws Unreadable {
    JsonNode report;
    try {
      report = JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new Unreadable("is not JSON.");
    }
    var version = report.path("schemaVersion").asText();
    if (!version.equals("1") || !report.path("identities").isArray()) {
      throw new Unreadable("is not a report of this version, written with --format json.");
    }
    var at =
        time(report, "generatedAt")
            .orElseThrow(() -> new Unreadable("has no time in generatedAt."));
    var unclaimed = report.path("matters").path("unclaimedAccounts");
    return new Inventory(
        new Origin(
            at,
            word(report, "generator").replaceFirst("^credence ", ""),
            word(report, "cluster"),
            word(report, "scope")),
        items(report, "identities", SavedReport::entry),
        unclaimed.isArray()
            ? Optional.of(items(report.path("matters"), "unclaimedAccounts", SavedReport::row))
            : Optional.empty(),
        texts(report, "gaps"));
  }

  private static Entry entry(JsonNode node) {
    var conditions = items(node, "conditions", SavedReport::condition);
    var members = node.path("members");
    return new Entry(
        word(node, "namespace"),
        word(node, "name"),
        text(node, "application"),
        text(node, "purpose"),
        owner(node.path("owner")),
        text(node, "type"),
        word(node, "state"),
        Entries.ready(conditions),
        texts(node, "policies"),
        time(node, "created"),
        time(node, "ends"),
        time(node, "nextAction"),
        new Members(
            members.path("serviceAccounts").asInt(),
            members.path("secrets").asInt(),
            members.path("certificates").asInt(),
            members.path("notLinked").asInt()),
        items(node, "credentials", SavedReport::credential),
        text(node, "lastUsed"),
        risk(node.path("risk")),
        items(node, "behavior", SavedReport::odd),
        Optional.of(node.path("permissions")).filter(JsonNode::isObject).map(SavedReport::rights),
        review(node.path("review")),
        Optional.of(node.path("suspension"))
            .filter(JsonNode::isObject)
            .map(SavedReport::suspension),
        conditions,
        text(node, "cluster"));
  }

  private static Owner owner(JsonNode node) {
    return new Owner(
        text(node, "contact"), text(node, "team"), text(node, "backup"), word(node, "source"));
  }

  private static Condition condition(JsonNode node) {
    return new Condition(
        word(node, "type"), word(node, "status"), word(node, "reason"), word(node, "message"));
  }

  private static Credential credential(JsonNode node) {
    return new Credential(
        word(node, "name"),
        word(node, "type"),
        word(node, "state"),
        Optional.of(node.path("version")).filter(JsonNode::isNumber).map(JsonNode::asLong),
        time(node, "issued"),
        time(node, "next"),
        time(node, "ends"),
        text(node, "opens"),
        text(node, "message"));
  }

  private static Risk risk(JsonNode node) {
    return new Risk(
        word(node, "level"),
        node.path("critical").asInt(),
        node.path("high").asInt(),
        node.path("medium").asInt(),
        node.path("low").asInt(),
        items(
            node,
            "findings",
            found ->
                new Finding(
                    word(found, "rule"),
                    word(found, "severity"),
                    word(found, "via"),
                    word(found, "detail"))));
  }

  private static Odd odd(JsonNode node) {
    return new Odd(
        word(node, "type"),
        word(node, "serviceAccount"),
        time(node, "firstTime"),
        time(node, "lastTime"),
        node.path("count").asInt(1),
        text(node, "network"),
        text(node, "agent"),
        text(node, "auditID"),
        word(node, "message"));
  }

  private static Rights rights(JsonNode node) {
    return new Rights(
        time(node, "since"),
        node.path("used").asLong(),
        node.path("unused").asLong(),
        node.path("unknown").asLong(),
        items(
            node,
            "bindings",
            found ->
                new Granting(
                    word(found, "serviceAccount"),
                    word(found, "name"),
                    word(found, "advice"),
                    found.path("used").asLong(),
                    found.path("unused").asLong(),
                    found.path("unknown").asLong())));
  }

  private static Review review(JsonNode node) {
    return new Review(time(node, "due"), time(node, "time"), text(node, "by"));
  }

  private static Suspension suspension(JsonNode node) {
    return new Suspension(
        time(node, "since").orElse(Instant.EPOCH), word(node, "reason"), texts(node, "notCovered"));
  }

  private static UnclaimedRow row(JsonNode node) {
    return new UnclaimedRow(
        new Unclaimed(
            word(node, "kind").equals("Secret")
                ? Unclaimed.Kind.TokenSecret
                : Unclaimed.Kind.ServiceAccount,
            word(node, "namespace"),
            word(node, "name"),
            "",
            "",
            ""),
        text(node, "owner"),
        time(node, "created"),
        text(node, "cluster"));
  }

  private static <T> List<T> items(JsonNode node, String field, Function<JsonNode, T> item) {
    return elements(node.path(field)).map(item).toList();
  }

  private static List<String> texts(JsonNode node, String field) {
    return elements(node.path(field)).map(JsonNode::asText).map(PlainText::text).toList();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return array.isArray() ? IntStream.range(0, array.size()).mapToObj(array::get) : Stream.of();
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .map(PlainText::text);
  }

  private static String word(JsonNode node, String field) {
    return text(node, field).orElse("");
  }

  private static Optional<Instant> time(JsonNode node, String field) {
    return text(node, field).flatMap(Entries::time);
  }

  private SavedReport() {}
}
