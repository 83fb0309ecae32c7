// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.membership.MemberRole;
import dev.credence.facts.Snapshot;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.PolicySections.Exemption;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.rbac.Who;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Finding;
import dev.credence.plan.IdentityStatus.Risk;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// May its accounts do more than is safe? What RBAC gives them is held against the rules of
/// [dev.credence.decide.risk.RiskRules]; what the policy accepts for a time is left out until then.
/// Where the policy asks, what they did is held against what they may do as well.
public final class LeastPrivilege {
  private static final int MOST_SHOWN = 4;

  private final Snapshot s;
  private final Optional<FromPolicy<Privileges>> rule;
  private final List<Who.ServiceAccount> accounts;
  private final List<Finding> all;
  private final List<Finding> findings;
  private final List<String> excluded;
  private final UnusedRights unused;

  public static LeastPrivilege of(
      Snapshot s, Optional<FromPolicy<Privileges>> rule, List<MemberRole> roles) {
    return new LeastPrivilege(s, rule, roles);
  }

  private LeastPrivilege(
      Snapshot s, Optional<FromPolicy<Privileges>> rule, List<MemberRole> roles) {
    this.s = s;
    this.rule = rule;
    this.accounts = accounts(s, roles);
    this.all =
        s.grants() instanceof Grants.Known known
            ? accounts.stream()
                .flatMap(
                    account ->
                        Findings.of(
                            account,
                            known.evaluated(account.name()),
                            known.privileged(),
                            known.server())
                            .stream())
                .sorted(Findings.WORST_FIRST)
                .toList()
            : List.of();
    this.excluded =
        s.grants() instanceof Grants.Known known
            ? accounts.stream()
                .flatMap(account -> known.of(account.name()).stream())
                .filter(known.exclusions()::cover)
                .map(Grant::via)
                .distinct()
                .sorted()
                .toList()
            : List.of();
    this.findings =
        all.stream().filter(finding -> exemptions(finding).findAny().isEmpty()).toList();
    this.unused = unused();
  }

  private UnusedRights unused() {
    return s.grants() instanceof Grants.Known known
        ? UnusedRights.of(
            s,
            rule.map(FromPolicy::section),
            known,
            accounts.stream()
                .filter(Who.ServiceAccount::there)
                .map(Who.ServiceAccount::name)
                .toList())
        : new UnusedRights.NotAsked();
  }

  /// Those that the identity has, and those that it names and that are not there.
  private static List<Who.ServiceAccount> accounts(Snapshot s, List<MemberRole> roles) {
    var its = MemberRole.accounts(roles);
    return roles.stream()
        .filter(role -> role.subject().kind() == Kind.ServiceAccount)
        .map(MemberRole::subject)
        .flatMap(
            subject ->
                its.contains(subject.name())
                    ? Stream.of(account(s, subject.name(), true))
                    : roles.contains(new MemberRole.Missing(subject))
                        ? Stream.of(account(s, subject.name(), false))
                        : Stream.of())
        .toList();
  }

  private static Who.ServiceAccount account(Snapshot s, String name, boolean there) {
    return new Who.ServiceAccount(s.identity().namespace(), name, there);
  }

  /// Empty where it is not known, or where there are no accounts.
  public Optional<Risk> risk() {
    return !accounts.isEmpty() && s.grants() instanceof Grants.Known
        ? Optional.of(
            new Risk(
                findings,
                breaksFrom(),
                excluded,
                unused instanceof UnusedRights.Counted counted
                    ? Optional.of(counted.rights())
                    : Optional.empty()))
        : Optional.empty();
  }

  /// When what is accepted now is accepted no more.
  public Stream<Instant> changes() {
    return all.stream().flatMap(this::exemptions).flatMap(exemption -> exemption.until().stream());
  }

  /// When the answer about unused rights changes without further events.
  public Stream<Instant> changesOfUse() {
    return unused.changes().stream();
  }

  public ConditionResult result() {
    if (accounts.isEmpty() || s.grants() instanceof Grants.Disabled) {
      return ConditionResult.notApplicable(ConditionType.LeastPrivilege, ConditionStatus.True);
    }
    if (s.grants() instanceof Grants.Unknown(var problems)) {
      return ConditionResult.fine(
          ConditionType.LeastPrivilege,
          ConditionStatus.Unknown,
          Reason.EvaluationIncomplete,
          "The operator cannot evaluate the permissions of the ServiceAccounts. "
              + Sentences.joined(problems));
    }
    if (!findings.isEmpty() && (breaks(findings.getFirst()) || !isAnyUnused())) {
      return found();
    }
    return switch (unused) {
      case UnusedRights.Counted counted when counted.isAnyUnused() -> unused(counted);
      case UnusedRights.Counted(_, _, var open, _) when open.isPresent() -> unknown();
      case UnusedRights.Unknown _ -> unknown();
      case UnusedRights.Counted _, UnusedRights.NotAsked _ -> inOrder(nothing() + aboutUse());
    };
  }

  /// What is known about the use of the rights, as further sentences.
  private String aboutUse() {
    return switch (unused) {
      case UnusedRights.NotAsked _ -> "";
      case UnusedRights.Unknown(var why, _) -> notKnown(why);
      case UnusedRights.Counted counted when counted.isAnyUnused() -> " " + counted.sentence();
      case UnusedRights.Counted(_, _, var open, _) ->
          open.map(LeastPrivilege::notKnown).orElse(" Every right that audit events show is used.");
    };
  }

  private static String notKnown(String why) {
    return " It is not known whether the rights are used. " + Sentences.sentence(why);
  }

  private boolean isAnyUnused() {
    return unused instanceof UnusedRights.Counted counted && counted.isAnyUnused();
  }

  private ConditionResult unknown() {
    return ConditionResult.fine(
        ConditionType.LeastPrivilege,
        ConditionStatus.Unknown,
        Reason.EvaluationIncomplete,
        nothing() + aboutUse());
  }

  private ConditionResult unused(UnusedRights.Counted counted) {
    return new ConditionResult(
        ConditionType.LeastPrivilege,
        ConditionStatus.False,
        Reason.UnusedRights,
        counted.sentence()
            + " `credence audit` lists the rights."
            + (findings.isEmpty() ? "" : " " + summary() + ".")
            + limits(),
        Impact.Violation);
  }

  private static ConditionResult inOrder(String message) {
    return ConditionResult.fine(
        ConditionType.LeastPrivilege, ConditionStatus.True, Reason.NoFindings, message);
  }

  private String nothing() {
    return "No risk rule matches the permissions of the ServiceAccounts"
        + accepted()
        + "."
        + limits();
  }

  private ConditionResult found() {
    return new ConditionResult(
        ConditionType.LeastPrivilege,
        ConditionStatus.False,
        Reason.FindingsPresent,
        "%s. Remove the permission there, or accept the finding in `privileges.exceptions` of the policy.%s%s"
            .formatted(summary(), aboutUse(), limits()),
        breaks(findings.getFirst()) ? Impact.Violation : Impact.None);
  }

  private String summary() {
    var worst = findings.getFirst();
    return "%s: %s %s by %s%s"
        .formatted(
            findings.size() == 1 ? "1 finding" : findings.size() + " findings, the most severe",
            worst.severity(),
            worst.rule(),
            worst.via(),
            accepted());
  }

  private boolean breaks(Finding worst) {
    return breaksFrom().filter(worst.severity()::atLeast).isPresent();
  }

  private Optional<Severity> breaksFrom() {
    return rule.map(found -> found.section().minSeverity());
  }

  private String accepted() {
    var count = all.size() - findings.size();
    return count == 0
        ? ""
        : " (%d accepted by policy %s)".formatted(count, rule.map(FromPolicy::policy).orElse(""));
  }

  private String limits() {
    return (excluded.isEmpty()
            ? ""
            : " Not evaluated, since `settings.risk.exclude` lists "
                + (excluded.size() == 1 ? "it: " : "them: ")
                + some(excluded)
                + ".")
        + (s.grants() instanceof Grants.Known known && !known.everywhere()
            ? " Namespaces that the operator does not watch are not evaluated."
            : "");
  }

  static String some(List<String> bindings) {
    var shown = bindings.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
    return bindings.size() <= MOST_SHOWN
        ? shown
        : shown + " and " + (bindings.size() - MOST_SHOWN) + " more";
  }

  private Stream<Exemption> exemptions(Finding finding) {
    return rule.stream()
        .flatMap(found -> found.section().exemptions().stream())
        .filter(exemption -> exemption.rule().equals(finding.rule()))
        .filter(exemption -> exemption.until().filter(end -> !end.isAfter(s.now())).isEmpty());
  }
}
