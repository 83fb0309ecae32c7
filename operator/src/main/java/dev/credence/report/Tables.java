// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.report.Entry.Condition;
import dev.credence.report.Inventory.Held;
import dev.credence.report.Inventory.Tally;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The tables of the report, for terminals and for the page alike: problems first, then the sums,
/// then everything.
final class Tables {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  static List<Table> of(Inventory inventory) {
    return Stream.of(matters(inventory), sums(inventory), Stream.of(identities(inventory)))
        .flatMap(sheets -> sheets)
        .toList();
  }

  static Stream<Table> matters(Inventory inventory) {
    return Stream.of(
        ending(inventory),
        overdue(inventory),
        reviews(inventory),
        owners(inventory),
        rules(inventory),
        findings(inventory),
        odd(inventory),
        unusedRights(inventory),
        legacy(inventory),
        idle(inventory),
        suspended(inventory),
        unclaimed(inventory),
        notReady(inventory));
  }

  static Stream<Table> sums(Inventory inventory) {
    return Stream.of(
        tallies("by-state", "By state", "STATE", inventory.byState()),
        tallies("by-type", "By type", "TYPE", inventory.byType()),
        tallies("by-team", "By team", "TEAM", inventory.byTeam()),
        tallies("by-owner", "By owner", "OWNER", inventory.byOwner()),
        tallies("by-application", "By application", "APPLICATION", inventory.byApplication()));
  }

  private static Table ending(Inventory inventory) {
    return sheet(
        inventory,
        ending -> ending.entry().cluster(),
        "ending",
        "Expires within 30 days, or has expired",
        "Nothing expires within 30 days.",
        List.of("IDENTITY", "WHAT", "EXPIRES", "OWNER"),
        inventory.ending(Inventory.SOON),
        ending ->
            List.of(
                ending.entry().id(), ending.what(), minute(ending.at()), contact(ending.entry())));
  }

  private static Table overdue(Inventory inventory) {
    return sheet(
        inventory,
        held -> held.entry().cluster(),
        "overdue",
        "Credentials overdue or blocked",
        "All credentials are current.",
        List.of("IDENTITY", "CREDENTIAL", "STATE", "DUE", "OWNER", "MESSAGE"),
        inventory.overdueOrStopped(),
        held ->
            List.of(
                held.entry().id(),
                held.credential().name(),
                held.credential().state(),
                minute(held.credential().next().or(held.credential()::ends)),
                contact(held.entry()),
                held.credential().message().orElse("-")));
  }

  private static Table reviews(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "reviews",
        "Overdue reviews",
        "No review is overdue.",
        List.of("IDENTITY", "DUE", "LAST REVIEW", "BY", "OWNER"),
        inventory.reviewsOverdue(),
        entry ->
            List.of(
                entry.id(),
                minute(entry.review().due()),
                minute(entry.review().at()),
                entry.review().by().orElse("-"),
                contact(entry)));
  }

  private static Table owners(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "without-owner",
        "Without an owner",
        "Every identity has an owner.",
        List.of("IDENTITY", "TYPE", "TEAM", "PURPOSE", "CREATED"),
        inventory.withoutOwner(),
        entry ->
            List.of(
                entry.id(),
                entry.type().orElse("-"),
                entry.owner().team().orElse("-"),
                entry.purpose().orElse("-"),
                minute(entry.created())));
  }

  private static Table rules(Inventory inventory) {
    return sheet(
        "rules",
        "Findings by rule",
        "No findings.",
        List.of("RULE", "SEVERITY", "FINDINGS", "IDENTITIES"),
        inventory.findingsByRule(),
        ruled ->
            List.of(
                ruled.rule(),
                ruled.severity(),
                String.valueOf(ruled.findings()),
                String.valueOf(ruled.identities())));
  }

  private static Table findings(Inventory inventory) {
    return sheet(
        inventory,
        found -> found.entry().cluster(),
        "findings",
        "Findings",
        "No findings.",
        List.of("SEVERITY", "RULE", "IDENTITY", "VIA", "DETAIL"),
        inventory.findings(),
        found ->
            List.of(
                found.finding().severity(),
                found.finding().rule(),
                found.entry().id(),
                found.finding().via(),
                found.finding().detail()));
  }

  private static Table odd(Inventory inventory) {
    return sheet(
        inventory,
        behaved -> behaved.entry().cluster(),
        "odd-behavior",
        "Odd behavior",
        "No finding in audit events is open.",
        List.of(
            "IDENTITY", "ACCOUNT", "FINDING", "LAST", "NETWORK", "AGENT", "AUDIT ID", "MESSAGE"),
        inventory.odd(),
        behaved ->
            List.of(
                behaved.entry().id(),
                behaved.odd().account(),
                behaved.odd().type(),
                minute(behaved.odd().last()),
                behaved.odd().network().orElse("-"),
                behaved.odd().agent().orElse("-"),
                behaved.odd().auditId().orElse("-"),
                behaved.odd().message()));
  }

  private static Table unusedRights(Inventory inventory) {
    return sheet(
        inventory,
        unused -> unused.entry().cluster(),
        "unused-permissions",
        "Permissions that were not used",
        inventory.identities().stream().anyMatch(entry -> entry.rights().isPresent())
            ? "No binding is known to grant permissions that were not used."
            : "Not evaluated: the report has no audit events to compare with.",
        List.of("IDENTITY", "ACCOUNT", "BINDING", "ADVICE", "USED", "UNUSED", "UNKNOWN"),
        inventory.unusedRights(),
        unused ->
            List.of(
                unused.entry().id(),
                unused.granting().account(),
                unused.granting().binding(),
                unused.granting().advice(),
                String.valueOf(unused.granting().used()),
                String.valueOf(unused.granting().unused()),
                String.valueOf(unused.granting().unknown())));
  }

  private static Table legacy(Inventory inventory) {
    return sheet(
        inventory,
        held -> held.entry().cluster(),
        "legacy-tokens",
        "Tokens that never expire",
        "No identity has such a token.",
        List.of("IDENTITY", "SECRET", "STATE", "SINCE", "OWNER", "MESSAGE"),
        inventory.legacyTokens(),
        Tables::legacy);
  }

  private static List<String> legacy(Held held) {
    return List.of(
        held.entry().id(),
        held.credential().name(),
        held.credential().state(),
        minute(held.credential().issued()),
        contact(held.entry()),
        held.credential().message().orElse("-"));
  }

  private static Table idle(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "idle",
        "Idle",
        "No identity is known to be idle.",
        List.of("IDENTITY", "LAST USED", "OWNER", "MESSAGE"),
        inventory.idle(),
        entry ->
            List.of(
                entry.id(),
                entry.lastUsed().orElse("-"),
                contact(entry),
                entry.condition("InUse").map(Condition::message).orElse("-")));
  }

  private static Table suspended(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "out-of-service",
        "Suspended or decommissioned",
        "No identity is suspended or decommissioned.",
        List.of("IDENTITY", "STATE", "SINCE", "REASON", "NOT COVERED"),
        inventory.outOfService(),
        entry -> {
          var suspension = entry.suspension().orElseThrow();
          return List.of(
              entry.id(),
              entry.state(),
              minute(suspension.since()),
              suspension.reason(),
              suspension.notCovered().isEmpty() ? "-" : String.join(" ", suspension.notCovered()));
        });
  }

  private static Table unclaimed(Inventory inventory) {
    return sheet(
        inventory,
        UnclaimedRow::cluster,
        "unclaimed",
        "Unclaimed accounts",
        inventory.unclaimed().isPresent()
            ? "All accounts belong to an identity."
            : "Not evaluated, see above.",
        List.of("KIND", "ACCOUNT", "OWNER", "CREATED"),
        inventory.unclaimed().orElse(List.of()),
        row -> List.of(row.kind(), row.id(), row.owner().orElse("-"), minute(row.created())));
  }

  private static Table notReady(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "not-ready",
        "Not Ready",
        "All identities are Ready.",
        List.of("IDENTITY", "STATE", "REASON", "OWNER", "MESSAGE"),
        inventory.living().stream().filter(entry -> !entry.ready().is("True")).toList(),
        entry ->
            List.of(
                entry.id(),
                entry.state(),
                entry.ready().reason(),
                contact(entry),
                entry.ready().message()));
  }

  private static Table tallies(String id, String title, String column, List<Tally> tallies) {
    return sheet(
        id,
        title,
        "No identities.",
        List.of(column, "IDENTITIES", "ACCOUNTS", "NOT READY", "HIGH FINDINGS"),
        tallies,
        tally ->
            List.of(
                tally.value(),
                String.valueOf(tally.identities()),
                String.valueOf(tally.accounts()),
                String.valueOf(tally.notReady()),
                String.valueOf(tally.grave())));
  }

  private static Table identities(Inventory inventory) {
    return sheet(
        inventory,
        Entry::cluster,
        "identities",
        "All identities",
        "No identities.",
        List.of(
            "IDENTITY", "TYPE", "OWNER", "TEAM", "STATE", "READY", "RISK", "EXPIRES", "POLICIES"),
        inventory.identities(),
        entry ->
            List.of(
                entry.id(),
                entry.type().orElse("-"),
                contact(entry),
                entry.owner().team().orElse("-"),
                entry.state(),
                entry.ready().status(),
                entry.risk().level(),
                entry.ends().map(Tables::day).orElse("-"),
                entry.policies().isEmpty() ? "-" : String.join(", ", entry.policies())));
  }

  private static <T> Table sheet(
      String id,
      String title,
      String otherwise,
      List<String> columns,
      List<T> items,
      Function<T, List<String>> row) {
    return new Table(id, title, otherwise, columns, items.stream().map(row).toList());
  }

  /// In a report about several clusters the first column is the cluster of each item.
  private static <T> Table sheet(
      Inventory inventory,
      Function<T, Optional<String>> cluster,
      String id,
      String title,
      String otherwise,
      List<String> columns,
      List<T> items,
      Function<T, List<String>> row) {
    return inventory.isOfSeveralClusters()
        ? sheet(
            id,
            title,
            otherwise,
            before("CLUSTER", columns),
            items,
            item -> before(cluster.apply(item).orElse("-"), row.apply(item)))
        : sheet(id, title, otherwise, columns, items, row);
  }

  private static List<String> before(String first, List<String> rest) {
    return Stream.concat(Stream.of(first), rest.stream()).toList();
  }

  private static String contact(Entry entry) {
    return entry.owner().contact().orElse("(none)");
  }

  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// In UTC, as the head of the report says.
  private static String minute(Instant at) {
    return MINUTE.format(at.atOffset(ZoneOffset.UTC));
  }

  private static String minute(Optional<Instant> at) {
    return at.map(Tables::minute).orElse("-");
  }

  static String day(Instant at) {
    return at.toString().substring(0, at.toString().indexOf('T'));
  }

  private Tables() {}
}
