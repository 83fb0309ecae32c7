// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.policy.Severity;
import dev.credence.facts.text.Truncation;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Finding;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.IdentityStatus.Risk;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.Result.Outcome;
import dev.credence.plan.Result.Whose;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The broken rules of the identities of a namespace. One result for each identity and rule, the
/// worst first. They contain no time, so that they stay the same while nothing changes.
///
/// `fails` and `warns` count all of them, `listed` has so many that the object is not too large.
public record Results(List<Result> listed, int fails, int warns, int skips) {
  public static final int MOST = 500;
  private static final int LONGEST_MESSAGE = 512;

  public Results {
    listed = List.copyOf(listed);
  }

  /// An identity of the namespace.
  public record Of(Whose identity, IdentityStatus status) {}

  public static Results of(String namespace, List<Of> identities) {
    var all =
        identities.stream()
            // A decommissioned identity needs no fix.
            .filter(one -> one.status().state() != State.Decommissioned)
            .flatMap(Results::broken)
            .sorted(Result.WORST_FIRST)
            .toList();
    var listed = all.size() <= MOST ? all : cut(namespace, all);
    return new Results(
        listed,
        count(all, Outcome.Fail),
        count(all, Outcome.Warn),
        listed.size() == all.size() ? 0 : 1);
  }

  private static List<Result> cut(String namespace, List<Result> all) {
    var listed = new ArrayList<>(all.subList(0, MOST - 1));
    listed.add(
        new Result(
            Optional.empty(),
            "ResultsLeftOut",
            "Report",
            Severity.Low,
            Outcome.Skip,
            "%d more results of lower severity are not listed. `credence report -n %s` lists them."
                .formatted(all.size() - listed.size(), namespace)));
    return listed;
  }

  private static int count(List<Result> all, Outcome outcome) {
    return (int) all.stream().filter(result -> result.outcome() == outcome).count();
  }

  private static Stream<Result> broken(Of one) {
    var results =
        one.status().results().stream()
            .filter(ConditionResult::isReported)
            .map(result -> result(one, result));
    return Stream.concat(results, one.status().risk().stream().flatMap(r -> findings(one, r)));
  }

  private static Result result(Of one, ConditionResult result) {
    return new Result(
        Optional.of(one.identity()),
        result.reason().name(),
        category(result.type()),
        severity(result.impact()),
        result.impact() == Impact.Violation ? outcome(one) : Outcome.Warn,
        Truncation.truncate(result.message(), LONGEST_MESSAGE));
  }

  private static Outcome outcome(Of one) {
    return one.status().policies().stream().anyMatch(PolicyApplied::enforces)
        ? Outcome.Fail
        : Outcome.Warn;
  }

  private static Severity severity(Impact impact) {
    return switch (impact) {
      case Broken -> Severity.High;
      case Violation, Audit -> Severity.Medium;
      case Waiting, None, NotApplicable -> Severity.Low;
    };
  }

  private static String category(ConditionType type) {
    return switch (type) {
      case OwnerAssigned -> "Ownership";
      case Approved -> "Approval";
      case MembersLinked -> "Members";
      case CredentialsFresh -> "Credentials";
      case Expiring -> "Expiry";
      case Suspended -> "Suspension";
      case InUse -> "Use";
      case BehaviorChanged -> "Behavior";
      case LeastPrivilege -> "Privileges";
      case Reviewed -> "Review";
      case Ready, Reconciling, Stalled -> "Readiness";
    };
  }

  /// Two accounts of an identity may break the same rule.
  private static Stream<Result> findings(Of one, Risk risk) {
    var byRule = new LinkedHashMap<String, Result>();
    for (var finding : risk.findings()) {
      byRule.merge(finding.rule(), result(one, risk, finding), Results::joined);
    }
    return byRule.values().stream();
  }

  private static Result result(Of one, Risk risk, Finding finding) {
    var breaks = risk.breaksFrom().filter(finding.severity()::atLeast).isPresent();
    return new Result(
        Optional.of(one.identity()),
        finding.rule(),
        category(ConditionType.LeastPrivilege),
        finding.severity(),
        breaks ? outcome(one) : Outcome.Warn,
        Truncation.truncate(
            finding.detail().isEmpty()
                ? finding.via()
                : finding.detail() + " Granted by " + finding.via() + ".",
            LONGEST_MESSAGE));
  }

  /// Findings come with the worst first.
  private static Result joined(Result worse, Result other) {
    return new Result(
        worse.identity(),
        worse.rule(),
        worse.category(),
        worse.severity(),
        worse.outcome(),
        Truncation.truncate(worse.message() + " " + other.message(), LONGEST_MESSAGE));
  }
}
