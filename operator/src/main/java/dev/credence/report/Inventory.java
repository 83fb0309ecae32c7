// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.report.Entry.Condition;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Entry.Finding;
import dev.credence.report.Entry.Granting;
import dev.credence.report.Entry.Odd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// All machine identities of a cluster, or of a part of it, at one moment: the input of every form
/// of the report. `unclaimed` is empty where they could not be listed; then one of the `gaps` says
/// why.
public record Inventory(
    Origin origin,
    List<Entry> identities,
    Optional<List<UnclaimedRow>> unclaimed,
    List<String> gaps) {

  /// The time that counts as soon.
  public static final Duration SOON = Duration.ofDays(30);

  /// Rules of bindings.
  static final String UNUSED_BINDING = "UnusedBinding";
  static final String UNUSED_RIGHTS = "UnusedRights";

  private static final String NONE = "(none)";

  public Inventory {
    identities = identities.stream().sorted().toList();
    unclaimed = unclaimed.map(List::copyOf);
    gaps = List.copyOf(gaps);
  }

  /// `scope`: which identities were asked for, in words.
  public record Origin(Instant at, String version, String cluster, String scope) {}

  /// The counts for the identities of one owner, team, application, type or state.
  public record Tally(String value, int identities, int accounts, int notReady, int grave) {}

  /// Something of an identity that ends.
  public record Ending(Entry entry, String what, Instant at) {}

  public record Held(Entry entry, Credential credential) {}

  public record Found(Entry entry, Finding finding) {}

  /// A finding about the behavior of an identity.
  public record Behaved(Entry entry, Odd odd) {}

  /// A binding with permissions that an identity did not use.
  public record Unused(Entry entry, Granting granting) {}

  /// The number of findings of a rule. `severity` is the worst.
  public record Ruled(String rule, String severity, int findings, int identities) {}

  /// A rule that is broken: a finding, or a condition that is not as it should be. `about`: what
  /// tells it from others of the rule and the identity.
  public record Breach(Entry entry, String rule, String about, Level level, String message) {
    public enum Level {
      note,
      warning,
      error
    }
  }

  /// The inventories of several clusters as one, each under the name of its cluster.
  ///
  /// @param gaps clusters that could not be read
  public static Inventory of(Map<String, Inventory> clusters, List<String> gaps, Origin origin) {
    var identities = new ArrayList<Entry>();
    var unclaimed = new ArrayList<UnclaimedRow>();
    var all = new ArrayList<>(gaps);
    clusters.forEach(
        (name, inventory) -> {
          inventory.identities().forEach(entry -> identities.add(entry.in(name)));
          inventory.unclaimed().ifPresent(rows -> rows.forEach(row -> unclaimed.add(row.in(name))));
          inventory.gaps().forEach(gap -> all.add("cluster " + name + ": " + gap));
        });
    var isLooked = clusters.values().stream().anyMatch(one -> one.unclaimed().isPresent());
    return new Inventory(
        origin,
        identities,
        isLooked ? Optional.of(unclaimed.stream().sorted().toList()) : Optional.empty(),
        all);
  }

  /// Whether its objects name their clusters.
  public boolean isOfSeveralClusters() {
    return Stream.concat(
            identities.stream().map(Entry::cluster),
            unclaimed.stream().flatMap(List::stream).map(UnclaimedRow::cluster))
        .anyMatch(Optional::isPresent);
  }

  private Instant now() {
    return origin.at();
  }

  /// Those that are not ended for good.
  public List<Entry> living() {
    return identities.stream().filter(entry -> !entry.isOverForGood()).toList();
  }

  public List<Tally> byOwner() {
    return tallies(entry -> entry.owner().contact());
  }

  public List<Tally> byTeam() {
    return tallies(entry -> entry.owner().team());
  }

  public List<Tally> byApplication() {
    return tallies(Entry::application);
  }

  public List<Tally> byType() {
    return tallies(Entry::type);
  }

  public List<Tally> byState() {
    return tallies(entry -> Optional.of(entry.state()));
  }

  /// Most identities first.
  private List<Tally> tallies(Function<Entry, Optional<String>> dimension) {
    var groups = new TreeMap<String, Tally>();
    for (var entry : identities) {
      var value = dimension.apply(entry).orElse(NONE);
      groups.merge(
          value,
          new Tally(
              value,
              1,
              entry.members().serviceAccounts(),
              entry.ready().is("False") ? 1 : 0,
              entry.risk().critical() + entry.risk().high()),
          (one, other) ->
              new Tally(
                  value,
                  one.identities() + other.identities(),
                  one.accounts() + other.accounts(),
                  one.notReady() + other.notReady(),
                  one.grave() + other.grave()));
    }
    return groups.values().stream()
        .sorted(Comparator.comparingInt(Tally::identities).reversed())
        .toList();
  }

  /// Identities, and credentials that are not replaced in time, whose expiration is past or near.
  public List<Ending> ending(Duration within) {
    var until = now().plus(within);
    return endings().filter(ending -> !ending.at().isAfter(until)).toList();
  }

  public Stream<Ending> endings() {
    return living().stream()
        .flatMap(
            entry ->
                Stream.concat(
                    entry.ends().map(end -> new Ending(entry, "identity", end)).stream(),
                    entry.credentials().stream()
                        .filter(Credential::isLeftToEnd)
                        .map(
                            credential ->
                                new Ending(
                                    entry,
                                    credential.kind() + " " + credential.name(),
                                    credential.ends().orElseThrow()))))
        .sorted(Comparator.comparing(Ending::at));
  }

  /// Credentials whose next value is late: those that `credence_rotations_overdue` counts.
  public List<Held> overdue() {
    return held().filter(this::isOverdue).toList();
  }

  /// Credentials that are blocked or have expired.
  public List<Held> stopped() {
    return held().filter(held -> held.credential().isStopped(now())).toList();
  }

  public List<Held> overdueOrStopped() {
    return held().filter(held -> isOverdue(held) || held.credential().isStopped(now())).toList();
  }

  private boolean isOverdue(Held held) {
    return held.entry().rotates(now()) && held.credential().isOverdue(now());
  }

  public List<Held> legacyTokens() {
    return held(Credential::isLegacyToken);
  }

  /// Every credential of an identity that is not ended.
  public List<Held> held(Predicate<Credential> which) {
    return held().filter(held -> which.test(held.credential())).toList();
  }

  private Stream<Held> held() {
    return living().stream()
        .flatMap(
            entry -> entry.credentials().stream().map(credential -> new Held(entry, credential)));
  }

  public List<Entry> reviewsOverdue() {
    return reviews(due -> !due.isAfter(now()));
  }

  public List<Entry> reviewsSoon() {
    return reviews(due -> due.isAfter(now()) && !due.isAfter(now().plus(SOON)));
  }

  private List<Entry> reviews(Predicate<Instant> which) {
    return living().stream()
        .filter(entry -> entry.review().due().filter(which).isPresent())
        .sorted(Comparator.comparing((Entry entry) -> entry.review().due().orElseThrow()))
        .toList();
  }

  public List<Entry> withoutOwner() {
    return living().stream().filter(entry -> entry.owner().isMissing()).toList();
  }

  public List<Entry> idle() {
    return living().stream()
        .filter(entry -> entry.condition("InUse").filter(c -> c.is("False")).isPresent())
        .toList();
  }

  public List<Entry> outOfService() {
    return identities.stream().filter(entry -> entry.suspension().isPresent()).toList();
  }

  /// The worst first.
  public List<Found> findings() {
    return living().stream()
        .flatMap(entry -> entry.risk().findings().stream().map(f -> new Found(entry, f)))
        .sorted(Comparator.comparing(found -> rank(found.finding().severity())))
        .toList();
  }

  /// Findings about behavior, the newest first; also of identities that are ended.
  public List<Behaved> odd() {
    return identities.stream()
        .flatMap(entry -> entry.odd().stream().map(odd -> new Behaved(entry, odd)))
        .sorted(
            Comparator.comparing(
                (Behaved behaved) -> behaved.odd().last().orElse(Instant.EPOCH),
                Comparator.reverseOrder()))
        .toList();
  }

  /// Bindings with permissions that were not used. Those to remove come first.
  public List<Unused> unusedRights() {
    return living().stream()
        .flatMap(
            entry ->
                entry.rights().stream()
                    .flatMap(rights -> rights.bindings().stream())
                    .map(granting -> new Unused(entry, granting)))
        .sorted(Comparator.comparing((Unused unused) -> !unused.granting().isToRemove()))
        .toList();
  }

  public List<Ruled> findingsByRule() {
    var rules = new TreeMap<String, Ruled>();
    for (var entry : living()) {
      for (var rule : byRule(entry).entrySet()) {
        rules.merge(
            rule.getKey(),
            rule.getValue(),
            (one, other) ->
                new Ruled(
                    one.rule(),
                    rank(one.severity()) <= rank(other.severity())
                        ? one.severity()
                        : other.severity(),
                    one.findings() + other.findings(),
                    one.identities() + 1));
      }
    }
    return rules.values().stream()
        .sorted(
            Comparator.comparing((Ruled ruled) -> rank(ruled.severity()))
                .thenComparing(Comparator.comparingInt(Ruled::findings).reversed()))
        .toList();
  }

  private static Map<String, Ruled> byRule(Entry entry) {
    var rules = new TreeMap<String, Ruled>();
    for (var finding : entry.risk().findings()) {
      rules.merge(
          finding.rule(),
          new Ruled(finding.rule(), finding.severity(), 1, 1),
          (one, other) -> new Ruled(one.rule(), one.severity(), one.findings() + 1, 1));
    }
    return rules;
  }

  /// Findings, bindings that are not used, and the conditions that a policy report lists too.
  public List<Breach> breaches() {
    return Stream.of(
            odd().stream().map(Inventory::breach),
            unusedRights().stream().map(Inventory::breach),
            ofRiskAndConditions())
        .flatMap(all -> all)
        .toList();
  }

  private static Breach breach(Behaved behaved) {
    var odd = behaved.odd();
    return new Breach(
        behaved.entry(),
        odd.type(),
        odd.account(),
        Breach.Level.warning,
        "ServiceAccount %s: %s%s"
            .formatted(
                odd.account(),
                odd.message(),
                odd.auditId().map(id -> " Audit ID " + id + ".").orElse("")));
  }

  private static Breach breach(Unused unused) {
    var granting = unused.granting();
    return granting.isToRemove()
        ? new Breach(
            unused.entry(),
            UNUSED_BINDING,
            granting.account() + " " + granting.binding(),
            Breach.Level.warning,
            "ServiceAccount %s used no permission of %s."
                .formatted(granting.account(), granting.binding()))
        : new Breach(
            unused.entry(),
            UNUSED_RIGHTS,
            granting.account() + " " + granting.binding(),
            Breach.Level.note,
            "ServiceAccount %s did not use %d of %d permissions of %s."
                .formatted(
                    granting.account(),
                    granting.unused(),
                    granting.used() + granting.unused() + granting.unknown(),
                    granting.binding()));
  }

  private Stream<Breach> ofRiskAndConditions() {
    return living().stream()
        .flatMap(
            entry ->
                Stream.concat(
                    entry.risk().findings().stream()
                        .map(
                            finding ->
                                new Breach(
                                    entry,
                                    finding.rule(),
                                    finding.via(),
                                    level(finding.severity()),
                                    finding.detail().isEmpty() ? finding.via() : finding.detail())),
                    entry.conditions().stream()
                        .filter(condition -> isReported(entry, condition))
                        .filter(condition -> !isOfFindings(entry, condition))
                        .map(
                            condition ->
                                new Breach(
                                    entry,
                                    condition.reason(),
                                    condition.type(),
                                    isWhyNotReady(entry, condition)
                                        ? Breach.Level.error
                                        : Breach.Level.warning,
                                    condition.message()))));
  }

  /// Its findings are listed by themselves.
  private static boolean isOfFindings(Entry entry, Condition condition) {
    return condition.type().equals(ConditionType.BehaviorChanged.name()) && !entry.odd().isEmpty();
  }

  private static boolean isReported(Entry entry, Condition condition) {
    return ConditionResult.isReported(
        condition.type(), condition.status(), condition.reason(), weighs(entry, condition));
  }

  private static boolean weighs(Entry entry, Condition condition) {
    return isWhyStalled(entry, condition) || condition.message().startsWith(ConditionResult.AUDIT);
  }

  /// The status does not have the weight of a condition: that of the one that stalls the identity
  /// is known.
  private static boolean isWhyStalled(Entry entry, Condition condition) {
    return entry
        .condition("Stalled")
        .filter(stalled -> stalled.is("True") && stalled.reason().equals(condition.reason()))
        .isPresent();
  }

  private static boolean isWhyNotReady(Entry entry, Condition condition) {
    return entry.ready().is("False") && entry.ready().reason().equals(condition.reason());
  }

  private static Breach.Level level(String severity) {
    return switch (severity) {
      case "Critical", "High" -> Breach.Level.error;
      case "Medium" -> Breach.Level.warning;
      default -> Breach.Level.note;
    };
  }

  private static int rank(String severity) {
    return switch (severity) {
      case "Critical" -> 0;
      case "High" -> 1;
      case "Medium" -> 2;
      case "Low" -> 3;
      default -> 4;
    };
  }
}
