// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.decide.conditions.RuleSection;
import dev.credence.decide.lifecycle.ServiceState;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.RotationTarget.Due;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the policies that audit would change: the identity is evaluated a second time, as if they
/// enforced. Nothing of the second evaluation is carried out. What it adds is reported in the
/// condition of the subject, and counts neither for Ready nor for Stalled.
///
/// `changes`: when the second evaluation changes by itself.
record AuditEvaluation(List<Difference> differences, List<Instant> changes) {
  private static final AuditEvaluation NONE = new AuditEvaluation(List.of(), List.of());

  /// `breaks`: a rule is broken, else it is a warning or an action that the policy would take.
  private record Difference(
      ConditionType type,
      ConditionStatus status,
      Reason reason,
      String message,
      String policy,
      boolean breaks) {}

  static AuditEvaluation of(Decide enforced, Optional<Decide> asIf) {
    return asIf.map(
            second ->
                new AuditEvaluation(
                    new Comparison(enforced, second).differences(), second.changesOfReports()))
        .orElse(NONE);
  }

  /// The condition with what would differ in it.
  ConditionResult reportedIn(ConditionResult enforced, boolean isEnforcing) {
    var about = differences.stream().filter(one -> one.type() == enforced.type()).toList();
    if (about.isEmpty()) {
      return enforced;
    }
    var message =
        ConditionResult.AUDIT + Sentences.joined(about.stream().map(Difference::message).toList());
    var first = about.getFirst();
    var audited = first.breaks() ? Impact.Audit : Impact.None;
    return enforced.isProblem()
        ? new ConditionResult(
            enforced.type(),
            enforced.status(),
            enforced.reason(),
            enforced.message() + " " + message,
            enforced.counts(isEnforcing) ? enforced.impact() : audited)
        : new ConditionResult(enforced.type(), first.status(), first.reason(), message, audited);
  }

  Stream<Violation> violations() {
    return differences.stream()
        .filter(Difference::breaks)
        .map(
            one ->
                new Violation(
                    one.type(), one.reason(), Enforcement.Audit, Optional.of(one.policy())))
        .distinct();
  }

  private record Comparison(Decide enforced, Decide asIf) {

    List<Difference> differences() {
      var all = new ArrayList<Difference>();
      var before = enforced.ruled();
      var after = asIf.ruled();
      for (var i = 0; i < after.size(); i++) {
        if (isWorse(before.get(i), after.get(i))) {
          all.add(difference(before.get(i), after.get(i)));
        }
      }
      suspension().ifPresent(all::add);
      all.addAll(certificates());
      all.addAll(legacyTokens());
      all.addAll(rotations());
      return all;
    }

    private boolean isWorse(ConditionResult before, ConditionResult after) {
      return after.impact() == Impact.Violation
          ? !(before.counts(isEnforcing()) && before.equals(after))
          : after.isProblem() && !before.isProblem();
    }

    private boolean isEnforcing() {
      return enforced.policy().isAny();
    }

    private Difference difference(ConditionResult before, ConditionResult after) {
      return difference(
          after.type(),
          after.status(),
          after.reason(),
          message(before, after),
          after.impact() == Impact.Violation);
    }

    private String message(ConditionResult before, ConditionResult after) {
      if (before.message().equals(after.message())) {
        return "The identity violates policy "
            + decides(RuleSection.of(after.type(), after.reason()));
      }
      return after.type() == ConditionType.Expiring ? asIf.life().asIfEnforced() : after.message();
    }

    private Difference difference(
        ConditionType type, ConditionStatus status, Reason reason, String message, boolean breaks) {
      var policy = decides(RuleSection.of(type, reason));
      return new Difference(type, status, reason, named(message, policy), policy, breaks);
    }

    private static String named(String message, String policy) {
      return message.contains("policy " + policy) || message.contains("Policy " + policy)
          ? message
          : message.replaceFirst("\\.$", "") + " (policy " + policy + ").";
    }

    /// The policy that audits and has the section; where an enforced one has it, the first that
    /// audits.
    private String decides(Optional<Section> section) {
      var auditing = enforced.policies().auditing().map(Policy::name).toList();
      return section
          .flatMap(asIf.policy()::decides)
          .filter(auditing::contains)
          .orElseGet(auditing::getFirst);
    }

    private Optional<Difference> suspension() {
      if (!(enforced.service() instanceof ServiceState.InService)) {
        return Optional.empty();
      }
      var suspensionCause =
          switch (asIf.service()) {
            case ServiceState.InService _ -> Optional.<ServiceState.Cause>empty();
            case ServiceState.Queued queued -> Optional.of(queued.cause());
            case ServiceState.Held held -> Optional.of(held.cause());
          };
      return suspensionCause.map(
          cause ->
              difference(
                  ConditionType.Suspended,
                  ConditionStatus.False,
                  cause.reason(),
                  "The identity would be suspended: " + cause.why(),
                  false));
    }

    private List<Difference> certificates() {
      var before = isEnforcing() ? violations(enforced).toList() : List.<Blocker>of();
      var reasons = new LinkedHashMap<Reason, List<String>>();
      violations(asIf)
          .filter(blocker -> !before.contains(blocker))
          .forEach(
              blocker ->
                  reasons
                      .computeIfAbsent(blocker.reason(), _ -> new ArrayList<>())
                      .add(blocker.message()));
      return reasons.entrySet().stream()
          .map(entry -> credentials(entry.getKey(), Sentences.joined(entry.getValue())))
          .toList();
    }

    private static Stream<Blocker> violations(Decide decide) {
      return decide.watched().stream()
          .flatMap(plan -> plan.blockers().stream())
          .filter(blocker -> blocker.impact() == Impact.Violation);
    }

    private Difference credentials(Reason reason, String message) {
      return difference(
          ConditionType.CredentialsFresh, ConditionStatus.False, reason, message, true);
    }

    private List<Difference> legacyTokens() {
      var all = new ArrayList<Difference>();
      var before = enforced.legacy().result().filter(_ -> isEnforcing());
      asIf.legacy()
          .result()
          .filter(result -> !before.equals(Optional.of(result)))
          .map(result -> credentials(result.reason(), result.message()))
          .ifPresent(all::add);
      var done =
          enforced.legacy().actions().stream().map(Action::subject).collect(Collectors.toSet());
      asIf.legacy().actions().stream()
          .filter(action -> !done.contains(action.subject()))
          .filter(Action.Invalidate.class::isInstance)
          .map(Action.Invalidate.class::cast)
          .map(
              action ->
                  "The token in " + action.subject() + " would be invalidated: " + action.why())
          .map(message -> credentials(Reason.LegacyTokenUnused, message))
          .forEach(all::add);
      return all;
    }

    /// Where either evaluation holds rotations back, there is none to report.
    private List<Difference> rotations() {
      return enforced.isHeld() || asIf.isHeld()
          ? List.of()
          : asIf.generatedSecrets().stream().flatMap(secret -> rotation(secret).stream()).toList();
    }

    private Optional<Difference> rotation(String secret) {
      return enforced.due(secret).filter(this::hasCome).isPresent()
          ? Optional.empty()
          : asIf.due(secret)
              .filter(this::hasCome)
              .map(due -> rotation(secret, due, decides(Optional.of(due.section()))));
    }

    private static Difference rotation(String secret, Due due, String policy) {
      return new Difference(
          ConditionType.CredentialsFresh,
          ConditionStatus.False,
          Reason.RotationDue,
          "Policy "
              + policy
              + " would rotate Secret "
              + secret
              + ", which is due since "
              + due.at()
              + " by "
              + due.by(),
          policy,
          true);
    }

    private boolean hasCome(Due due) {
      return !due.at().isAfter(enforced.now());
    }
  }
}
