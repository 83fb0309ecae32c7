// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.risk.RiskRule.Hit;
import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Who;
import dev.credence.plan.IdentityStatus.Finding;
import dev.credence.plan.Sentences;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds dangerous rights of an account. One finding for each rule of [RiskRules] that matches: the
/// most severe, in whichever scope it is.
public final class Findings {
  /// The length of the list of places.
  private static final int MOST_SHOWN = 4;

  public static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing(Finding::severity)
          .reversed()
          .thenComparing(Finding::rule)
          .thenComparing(Finding::detail);

  private final Who who;
  private final Set<String> privileged;
  private final List<SubjectScope> places;

  /// `grants`: what every binding that means them gives. `privileged`: the namespaces in which
  /// rights weigh more. `server`: the version of the API server; where it is unknown, every right
  /// counts that counts in some version.
  public static List<Finding> of(
      Who who, List<Grant> grants, Set<String> privileged, Optional<ServerVersion> server) {
    // Most accounts of a cluster are bound to nothing.
    return grants.isEmpty() ? List.of() : new Findings(who, grants, privileged, server).all();
  }

  private Findings(
      Who who, List<Grant> grants, Set<String> privileged, Optional<ServerVersion> server) {
    this.who = who;
    this.privileged = privileged;
    this.places = SubjectScope.all(who, grants, server);
  }

  private List<Finding> all() {
    var found = new ArrayList<Finding>();
    var open = open();
    for (var number = 0; number < RiskRules.ALL.size(); number++) {
      var rule = RiskRules.ALL.get(number);
      var at = number;
      var in =
          switch (rule.sort()) {
            case Bond -> places;
            case Everything -> places.stream().filter(place -> place.touched().get(at)).toList();
            case Right -> open.stream().filter(place -> place.touched().get(at)).toList();
          };
      finding(rule, in).ifPresent(found::add);
    }
    found.sort(WORST_FIRST);
    return found;
  }

  /// Where not everything is allowed anyway.
  private List<SubjectScope> open() {
    var holdsEverything =
        places.stream().filter(place -> place.isEverywhere() && allows(place)).findAny();
    return holdsEverything.isPresent()
        ? List.of()
        : places.stream().filter(place -> !allows(place)).toList();
  }

  private static boolean allows(SubjectScope place) {
    return RiskRules.EVERYTHING.in(place).filter(match -> !match.named()).isPresent();
  }

  private record Found(SubjectScope place, Hit hit) {
    Severity severity() {
      return hit.severity();
    }
  }

  private Optional<Finding> finding(RiskRule rule, Collection<SubjectScope> in) {
    var found = new ArrayList<Found>();
    for (var place : in) {
      rule.in(place, privileged)
          .filter(hit -> !isReportedAlready(hit, found))
          .ifPresent(hit -> found.add(new Found(place, hit)));
    }
    return found.stream()
        .map(Found::severity)
        .max(Comparator.naturalOrder())
        .map(
            worst ->
                finding(
                    rule, worst, found.stream().filter(one -> one.severity() == worst).toList()));
  }

  /// A finding for all namespaces, which are evaluated first, includes each namespace.
  private static boolean isReportedAlready(Hit hit, List<Found> found) {
    return found.stream()
        .anyMatch(one -> one.place().isEverywhere() && one.severity().atLeast(hit.severity()));
  }

  private Finding finding(RiskRule rule, Severity severity, List<Found> found) {
    var via = new TreeSet<String>();
    var rights = new TreeSet<String>();
    for (var one : found) {
      via.addAll(one.hit().match().via());
      rights.addAll(one.hit().match().rights());
    }
    return new Finding(
        rule.id(),
        severity,
        some(via),
        Sentences.about(
            name() + ", " + where(found),
            found.getFirst().hit().sentence()
                + (rights.isEmpty() ? "" : " (" + some(rights) + named(found) + ")")));
  }

  private String name() {
    return switch (who) {
      case Who.ServiceAccount account -> "ServiceAccount " + account.name();
      case Who.Anonymous _ -> "Any client";
    };
  }

  private static String where(List<Found> found) {
    return found.stream().anyMatch(one -> one.place().isEverywhere())
        ? "all namespaces"
        : "namespace "
            + some(
                found.stream()
                    .map(one -> one.place().namespace())
                    .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static String named(List<Found> found) {
    return found.stream().allMatch(one -> one.hit().match().named()) ? ", for some names" : "";
  }

  private static String some(Collection<String> words) {
    var shown = words.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
    return words.size() <= MOST_SHOWN
        ? shown
        : shown + " and " + (words.size() - MOST_SHOWN) + " more";
  }
}
