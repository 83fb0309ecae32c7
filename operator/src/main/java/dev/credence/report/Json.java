// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Inventory.Held;
import dev.credence.report.Inventory.Tally;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The report for programs; its shape is in docs/reports.md. What is not known is left out.
final class Json {
  /// Changes when a program that reads the old shape could stumble.
  private static final String SCHEMA_VERSION = "1";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// Lines end the same everywhere.
  static final ObjectWriter PRETTY =
      new ObjectMapper(JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build())
          .writer(
              new DefaultPrettyPrinter()
                  .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                  .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  static void write(Inventory inventory, Writer out) throws IOException {
    PRETTY.writeValue(out, node(inventory));
    out.write("\n");
  }

  private static ObjectNode node(Inventory inventory) {
    var origin = inventory.origin();
    var node = NODES.objectNode();
    node.put("schemaVersion", SCHEMA_VERSION)
        .put("generatedAt", Tables.time(origin.at()))
        .put("generator", "credence " + origin.version())
        .put("cluster", origin.cluster())
        .put("scope", origin.scope())
        .put("complete", inventory.gaps().isEmpty());
    inventory.gaps().forEach(node.putArray("gaps")::add);
    node.set("summary", array(Summary.of(inventory), Json::answer));
    var sums = node.putObject("counts");
    sums.put("identities", inventory.identities().size());
    sums.set("byState", array(inventory.byState(), Json::tally));
    sums.set("byType", array(inventory.byType(), Json::tally));
    sums.set("byTeam", array(inventory.byTeam(), Json::tally));
    sums.set("byOwner", array(inventory.byOwner(), Json::tally));
    sums.set("byApplication", array(inventory.byApplication(), Json::tally));
    var matters = node.putObject("matters");
    matters.set("ending", array(inventory.ending(Inventory.SOON), Json::ending));
    matters.set("overdueCredentials", array(inventory.overdue(), Json::held));
    matters.set("stoppedCredentials", array(inventory.stopped(), Json::held));
    matters.set("reviewsOverdue", array(inventory.reviewsOverdue(), Json::reference));
    matters.set("withoutOwner", array(inventory.withoutOwner(), Json::reference));
    matters.set("legacyTokens", array(inventory.legacyTokens(), Json::held));
    matters.set("idle", array(inventory.idle(), Json::reference));
    matters.set("outOfService", array(inventory.outOfService(), Json::reference));
    matters.set("findingsByRule", array(inventory.findingsByRule(), Json::ruled));
    matters.set("oddBehavior", array(inventory.odd(), Json::odd));
    matters.set("unusedPermissions", array(inventory.unusedRights(), Json::unused));
    inventory
        .unclaimed()
        .ifPresent(rows -> matters.set("unclaimedAccounts", array(rows, Json::unclaimed)));
    node.set("identities", array(inventory.identities(), Json::identity));
    return node;
  }

  private static <T> ArrayNode array(List<T> items, Function<T, ObjectNode> node) {
    var array = NODES.arrayNode();
    items.forEach(item -> array.add(node.apply(item)));
    return array;
  }

  private static ObjectNode answer(Summary.Answer answer) {
    return NODES.objectNode().put("question", answer.question()).put("answer", answer.answer());
  }

  private static ObjectNode tally(Tally tally) {
    return NODES
        .objectNode()
        .put("value", tally.value())
        .put("identities", tally.identities())
        .put("serviceAccounts", tally.accounts())
        .put("notReady", tally.notReady())
        .put("highFindings", tally.grave());
  }

  private static ObjectNode reference(Entry entry) {
    var node = NODES.objectNode();
    text(node, "cluster", entry.cluster());
    return node.put("namespace", entry.namespace()).put("name", entry.name());
  }

  private static ObjectNode ending(Inventory.Ending ending) {
    return reference(ending.entry())
        .put("what", ending.what())
        .put("time", Tables.time(ending.at()));
  }

  private static ObjectNode held(Held held) {
    var node = reference(held.entry());
    return node.put("credential", held.credential().name()).put("state", held.credential().state());
  }

  private static ObjectNode ruled(Inventory.Ruled ruled) {
    return NODES
        .objectNode()
        .put("rule", ruled.rule())
        .put("severity", ruled.severity())
        .put("findings", ruled.findings())
        .put("identities", ruled.identities());
  }

  private static ObjectNode unclaimed(UnclaimedRow row) {
    var node =
        NODES
            .objectNode()
            .put("kind", row.kind())
            .put("namespace", row.namespace())
            .put("name", row.name());
    text(node, "owner", row.owner());
    time(node, "created", row.created());
    text(node, "cluster", row.cluster());
    return node;
  }

  private static ObjectNode identity(Entry entry) {
    var node = reference(entry);
    text(node, "application", entry.application());
    text(node, "purpose", entry.purpose());
    var owner = node.putObject("owner");
    text(owner, "contact", entry.owner().contact());
    text(owner, "team", entry.owner().team());
    text(owner, "backup", entry.owner().backup());
    owner.put("source", entry.owner().source());
    text(node, "type", entry.type());
    node.put("state", entry.state());
    entry.policies().forEach(node.putArray("policies")::add);
    time(node, "created", entry.created());
    time(node, "ends", entry.ends());
    time(node, "nextAction", entry.nextAction());
    node.putObject("members")
        .put("serviceAccounts", entry.members().serviceAccounts())
        .put("secrets", entry.members().secrets())
        .put("certificates", entry.members().certificates())
        .put("notLinked", entry.members().notLinked());
    node.set("credentials", array(entry.credentials(), Json::credential));
    text(node, "lastUsed", entry.lastUsed());
    var risk = node.putObject("risk");
    risk.put("level", entry.risk().level())
        .put("critical", entry.risk().critical())
        .put("high", entry.risk().high())
        .put("medium", entry.risk().medium())
        .put("low", entry.risk().low());
    risk.set("findings", array(entry.risk().findings(), Json::finding));
    node.set("behavior", array(entry.odd(), Json::odd));
    entry.rights().ifPresent(rights -> node.set("permissions", rights(rights)));
    var review = node.putObject("review");
    time(review, "due", entry.review().due());
    time(review, "time", entry.review().at());
    text(review, "by", entry.review().by());
    entry.suspension().ifPresent(suspension -> node.set("suspension", suspension(suspension)));
    node.set("conditions", array(entry.conditions(), Json::condition));
    return node;
  }

  private static ObjectNode credential(Credential credential) {
    var node =
        NODES
            .objectNode()
            .put("name", credential.name())
            .put("type", credential.kind())
            .put("state", credential.state());
    credential.version().ifPresent(version -> node.put("version", version));
    time(node, "issued", credential.issued());
    time(node, "next", credential.next());
    time(node, "ends", credential.ends());
    text(node, "opens", credential.opens());
    text(node, "message", credential.message());
    return node;
  }

  private static ObjectNode finding(Entry.Finding finding) {
    return NODES
        .objectNode()
        .put("rule", finding.rule())
        .put("severity", finding.severity())
        .put("via", finding.via())
        .put("detail", finding.detail());
  }

  private static ObjectNode odd(Inventory.Behaved behaved) {
    return reference(behaved.entry())
        .put("type", behaved.odd().type())
        .put("serviceAccount", behaved.odd().account());
  }

  private static ObjectNode odd(Entry.Odd odd) {
    var node = NODES.objectNode().put("type", odd.type()).put("serviceAccount", odd.account());
    time(node, "firstTime", odd.first());
    time(node, "lastTime", odd.last());
    node.put("count", odd.count());
    text(node, "network", odd.network());
    text(node, "agent", odd.agent());
    text(node, "auditID", odd.auditId());
    return node.put("message", odd.message());
  }

  private static ObjectNode unused(Inventory.Unused unused) {
    return reference(unused.entry())
        .put("serviceAccount", unused.granting().account())
        .put("binding", unused.granting().binding())
        .put("advice", unused.granting().advice());
  }

  private static ObjectNode rights(Entry.Rights rights) {
    var node = NODES.objectNode();
    time(node, "since", rights.since());
    node.put("used", rights.used()).put("unused", rights.unused()).put("unknown", rights.unknown());
    node.set("bindings", array(rights.bindings(), Json::granting));
    return node;
  }

  private static ObjectNode granting(Entry.Granting granting) {
    return NODES
        .objectNode()
        .put("serviceAccount", granting.account())
        .put("name", granting.binding())
        .put("advice", granting.advice())
        .put("used", granting.used())
        .put("unused", granting.unused())
        .put("unknown", granting.unknown());
  }

  private static ObjectNode suspension(Entry.Suspension suspension) {
    var node =
        NODES
            .objectNode()
            .put("since", Tables.time(suspension.since()))
            .put("reason", suspension.reason());
    suspension.notCovered().forEach(node.putArray("notCovered")::add);
    return node;
  }

  private static ObjectNode condition(Entry.Condition condition) {
    return NODES
        .objectNode()
        .put("type", condition.type())
        .put("status", condition.status())
        .put("reason", condition.reason())
        .put("message", condition.message());
  }

  private static void text(ObjectNode node, String name, Optional<String> value) {
    value.ifPresent(found -> node.put(name, found));
  }

  private static void time(ObjectNode node, String name, Optional<Instant> value) {
    value.ifPresent(found -> node.put(name, Tables.time(found)));
  }

  private Json() {}
}
