// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Counts;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.Credential.TokenUse;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.IdentityStatus.Source;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Standings for tests: of an identity that is in order, and what may be different.
public final class Standings {

  /// One identity under the policy `production`, in order, with these credentials.
  public static IdentityStatus inOrder(Credential... credentials) {
    return status(
        List.of(credentials),
        Optional.empty(),
        List.of(),
        result(ConditionType.Ready, ConditionStatus.True, Reason.Compliant),
        result(ConditionType.OwnerAssigned, ConditionStatus.True, Reason.OwnerSet));
  }

  public static IdentityStatus endingAt(Instant end, Credential... credentials) {
    return status(
        List.of(credentials),
        Optional.of(end),
        List.of(),
        result(ConditionType.Ready, ConditionStatus.True, Reason.Compliant),
        result(ConditionType.OwnerAssigned, ConditionStatus.True, Reason.OwnerSet));
  }

  /// Nobody answers for it; the policy minds.
  public static IdentityStatus ownerless() {
    return status(
        List.of(),
        Optional.empty(),
        List.of(Reason.OwnerMissing),
        result(ConditionType.Ready, ConditionStatus.False, Reason.OwnerMissing),
        result(ConditionType.OwnerAssigned, ConditionStatus.False, Reason.OwnerMissing));
  }

  public static IdentityStatus status(
      List<Credential> credentials,
      Optional<Instant> end,
      List<Reason> violations,
      ConditionResult... results) {
    return new IdentityStatus(
        State.Active,
        Optional.of(new IdentityStatus.Typed("Integration", "Declared")),
        new OwnerFound(Optional.of("ada@example.com"), Optional.empty(), Source.Spec),
        List.of(production(Enforcement.Audit)),
        end,
        Optional.empty(),
        new Counts(0, credentials.size(), 0, 0, 0, 0),
        credentials,
        Handled.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        RecordedStatus.Approval.NONE,
        List.of(results),
        violations.stream().map(reason -> violation(reason, Enforcement.Audit)).toList(),
        List.of(),
        RecordedStatus.Behavior.NONE);
  }

  /// The same under a policy that enforces.
  public static IdentityStatus enforced(IdentityStatus status) {
    return changed(
        status,
        status.state(),
        List.of(production(Enforcement.Enforce)),
        status.risk(),
        List.of(
            new IdentityStatus.LegacyToken(
                "payments-legacy", IdentityStatus.LegacyToken.State.Unused)));
  }

  /// The same with these findings about what its accounts may do.
  public static IdentityStatus risky(IdentityStatus status, IdentityStatus.Finding... findings) {
    return changed(
        status,
        status.state(),
        status.policies(),
        Optional.of(new IdentityStatus.Risk(List.of(findings), Optional.empty(), List.of())),
        status.legacyTokens());
  }

  /// The same with rights that are not used.
  public static IdentityStatus unused(IdentityStatus status, int rights) {
    return changed(
        status,
        status.state(),
        status.policies(),
        Optional.of(
            new IdentityStatus.Risk(
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.of(
                    new IdentityStatus.RightsUsed(rights + 2, rights, 0, List.of(), List.of())))),
        status.legacyTokens());
  }

  /// The same with findings of these kinds about behavior.
  public static IdentityStatus odd(IdentityStatus status, String... kinds) {
    return new IdentityStatus(
        status.state(),
        status.type(),
        status.owner(),
        status.policies(),
        status.end(),
        status.nextAction(),
        status.members(),
        status.credentials(),
        status.handled(),
        status.use(),
        status.risk(),
        status.review(),
        status.suspension(),
        status.ended(),
        status.approval(),
        status.results(),
        status.violations(),
        status.legacyTokens(),
        new RecordedStatus.Behavior(
            Stream.of(kinds)
                .map(
                    kind ->
                        new RecordedStatus.OddFinding(
                            kind,
                            "payments-api",
                            Instant.EPOCH,
                            Instant.EPOCH,
                            1,
                            "10.4.0.0/16",
                            "payments",
                            "id",
                            kind + "."))
                .toList(),
            Optional.empty(),
            Optional.empty()));
  }

  /// The same of an owner with this team.
  static IdentityStatus of(String team, IdentityStatus status) {
    return changed(
        status,
        status.state(),
        status.credentials(),
        new OwnerFound(Optional.of("ada@example.com"), Optional.of(team), Source.Spec),
        status.policies(),
        status.risk(),
        status.legacyTokens());
  }

  /// The same with these credentials.
  static IdentityStatus with(IdentityStatus status, Credential... credentials) {
    return changed(
        status,
        status.state(),
        List.of(credentials),
        status.owner(),
        status.policies(),
        status.risk(),
        status.legacyTokens());
  }

  static IdentityStatus decommissioned(IdentityStatus status) {
    return changed(
        status, State.Decommissioned, status.policies(), status.risk(), status.legacyTokens());
  }

  /// The same out of service.
  public static IdentityStatus suspended(IdentityStatus status) {
    return changed(
        status, State.Suspended, status.policies(), status.risk(), status.legacyTokens());
  }

  private static IdentityStatus changed(
      IdentityStatus status,
      State state,
      List<PolicyApplied> policies,
      Optional<IdentityStatus.Risk> risk,
      List<IdentityStatus.LegacyToken> legacyTokens) {
    return changed(
        status, state, status.credentials(), status.owner(), policies, risk, legacyTokens);
  }

  private static IdentityStatus changed(
      IdentityStatus status,
      State state,
      List<Credential> credentials,
      OwnerFound owner,
      List<PolicyApplied> policies,
      Optional<IdentityStatus.Risk> risk,
      List<IdentityStatus.LegacyToken> legacyTokens) {
    return new IdentityStatus(
        state,
        status.type(),
        owner,
        policies,
        status.end(),
        status.nextAction(),
        status.members(),
        credentials,
        status.handled(),
        status.use(),
        risk,
        status.review(),
        status.suspension(),
        status.ended(),
        status.approval(),
        status.results(),
        status.violations().stream()
            .map(one -> violation(one.reason(), policies.getFirst().enforcement()))
            .toList(),
        legacyTokens,
        status.behavior());
  }

  private static PolicyApplied production(Enforcement enforcement) {
    return new PolicyApplied("production", 3, enforcement, List.of(Section.Owner), List.of());
  }

  private static Violation violation(Reason reason, Enforcement enforcement) {
    return new Violation(
        ConditionType.OwnerAssigned, reason, enforcement, Optional.of("production"));
  }

  /// The same until a person acts.
  public static IdentityStatus stalled(IdentityStatus status, Reason reason) {
    return with(status, result(ConditionType.Stalled, ConditionStatus.True, reason));
  }

  /// The same with another verdict on one question.
  public static IdentityStatus with(IdentityStatus status, ConditionResult result) {
    var results = new ArrayList<>(status.results());
    results.removeIf(known -> known.type() == result.type());
    results.add(result);
    return status(
        status.credentials(),
        status.end(),
        status.violations().stream().map(Violation::reason).toList(),
        results.toArray(ConditionResult[]::new));
  }

  public static ConditionResult result(ConditionType type, ConditionStatus status, Reason reason) {
    return new ConditionResult(type, status, reason, reason.meaning(), Impact.None);
  }

  public static Credential credential(String name) {
    return credential(name, Phase.Fresh, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public static Credential due(String name, Instant nextRotation) {
    return credential(
        name, Phase.Fresh, Optional.of(nextRotation), Optional.empty(), Optional.empty());
  }

  public static Credential overlapping(String name, Instant previousRetires) {
    return credential(
        name, Phase.Overlapping, Optional.empty(), Optional.of(previousRetires), Optional.empty());
  }

  public static Credential ending(String name, Instant end) {
    return credential(name, Phase.Fresh, Optional.empty(), Optional.empty(), Optional.of(end));
  }

  public static Credential blocked(String name) {
    return credential(name, Phase.Blocked, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// One that was ended where it is checked.
  static Credential revoked(String name) {
    return credential(name, Phase.Revoked, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// One that ends, and is replaced.
  public static Credential renewed(String name, Instant nextRotation, Instant end) {
    return credential(
        name, Phase.Fresh, Optional.of(nextRotation), Optional.empty(), Optional.of(end));
  }

  /// In its overlap, which ends a year later.
  public static Credential used(String name, Instant issued, Users users) {
    return new Credential(
        name,
        Kind.Generated,
        Phase.Overlapping,
        Optional.of(2L),
        Optional.of(issued),
        Optional.empty(),
        Optional.of(issued.plus(Duration.ofDays(365))),
        Optional.empty(),
        Optional.empty(),
        Optional.of(users),
        Handled.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TokenUse.NONE,
        Optional.empty());
  }

  private static Credential credential(
      String name,
      Phase phase,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends) {
    return credential(
        name, Kind.Generated, phase, nextRotation, previousRetires, ends, Optional.empty());
  }

  /// One that cert-manager has failed to renew twice.
  static Credential failing(String name) {
    return credential(
        name,
        Kind.Certificate,
        Phase.Due,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(2));
  }

  private static Credential credential(
      String name,
      Kind kind,
      Phase phase,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Optional<Integer> failed) {
    return new Credential(
        name,
        kind,
        phase,
        Optional.of(1L),
        Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
        nextRotation,
        previousRetires,
        ends,
        Optional.empty(),
        Optional.empty(),
        Handled.NONE,
        failed,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TokenUse.NONE,
        Optional.empty());
  }

  private Standings() {}
}
