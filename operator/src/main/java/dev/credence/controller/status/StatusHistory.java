// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.ApprovalStatus;
import dev.credence.api.MachineIdentityStatus.EndedFor;
import dev.credence.api.MachineIdentityStatus.EndedToken;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.api.MachineIdentityStatus.Passage;
import dev.credence.api.MachineIdentityStatus.PolicyRef;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.facts.text.Truncation;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.IdentityStatus.Suspension;
import dev.credence.raw.NullSafe;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Maps the transitions of an identity to `status.history`.
public final class StatusHistory {
  private static final int MOST = 10;
  private static final int MOST_SENTENCES = 32;
  private static final int LONGEST_SENTENCE = 1024;

  /// The policies that the status says matched, and the sections that each decided.
  public static List<PolicyApplied> policies(@Nullable MachineIdentityStatus status) {
    return status == null
        ? List.of()
        : NullSafe.in(status.policies())
            .filter(policy -> policy.enforcement() != null && policy.name() != null)
            .map(StatusHistory::policy)
            .toList();
  }

  private static PolicyApplied policy(PolicyRef policy) {
    return new PolicyApplied(
        policy.name(),
        Objects.requireNonNullElse(policy.generation(), 0L),
        Enforcement.valueOf(policy.enforcement().name()),
        Stream.of(Section.values())
            .filter(section -> NullSafe.in(policy.sections()).anyMatch(section.toString()::equals))
            .toList(),
        List.of());
  }

  /// `name`: of the identity, in its namespace.
  static SuspensionStatus suspension(Suspension suspension, String namespace, String name) {
    return new SuspensionStatus(
        suspension.since(),
        suspension.reason().name(),
        suspension.inForce().stream().sorted().map(m -> Measure.valueOf(m.name())).toList(),
        notCovered(suspension.notCovered(), namespace, name));
  }

  /// The first are the worst; that there are more is one sentence of those that have room.
  private static List<String> notCovered(List<String> all, String namespace, String name) {
    var bounded = all.stream().map(sentence -> Truncation.truncate(sentence, LONGEST_SENTENCE));
    return all.size() <= MOST_SENTENCES
        ? bounded.toList()
        : Stream.concat(
                bounded.limit(MOST_SENTENCES - 1),
                Stream.of(
                    "And "
                        + (all.size() - MOST_SENTENCES + 1)
                        + " more: `kubectl credence explain "
                        + name
                        + " -n "
                        + namespace
                        + "`."))
            .toList();
  }

  static List<EndedToken> ended(IdentityStatus status) {
    return status.ended().stream()
        .map(
            token ->
                new EndedToken(
                    token.secret(),
                    token.account(),
                    token.accountUid(),
                    token.unused() ? EndedFor.Unused : EndedFor.Suspended))
        .toList();
  }

  static @Nullable ApprovalStatus approval(RecordedStatus.Approval approval) {
    if (approval.equals(RecordedStatus.Approval.NONE)) {
      return null;
    }
    return new ApprovalStatus(
        approval.approved().map(RecordedStatus.RecordedApproval::scope).orElse(null),
        approval.approved().map(RecordedStatus.RecordedApproval::by).orElse(null),
        approval.approved().map(RecordedStatus.RecordedApproval::at).orElse(null),
        approval.approved().map(RecordedStatus.RecordedApproval::hooks).orElse(List.of()),
        approval.disregarded().orElse(null));
  }

  /// The earlier transitions, and the one of this reconcile if there is one. Rotations of an active
  /// identity are not recorded.
  static @Nullable List<Passage> history(
      IdentityStatus status, @Nullable MachineIdentityStatus before, Instant now) {
    var known = before == null || before.history() == null ? List.<Passage>of() : before.history();
    var to = stage(LifeState.valueOf(status.state().name()));
    var from = before == null || before.state() == null ? beginning(to) : stage(before.state());
    if (from == to) {
      return known.isEmpty() ? null : known;
    }
    var all = new ArrayList<>(known);
    all.add(new Passage(now.truncatedTo(ChronoUnit.SECONDS), from, to, reason(status, from)));
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }

  /// An identity that awaits approval is not active yet; every other one is from its first
  /// reconcile on.
  private static LifeState beginning(LifeState to) {
    return to == LifeState.Requested ? to : LifeState.Active;
  }

  private static LifeState stage(LifeState state) {
    return switch (state) {
      case Provisioning, Active, Rotating -> LifeState.Active;
      case Requested, Suspended, Decommissioned -> state;
    };
  }

  private static String reason(IdentityStatus status, LifeState from) {
    return status
        .suspension()
        .map(suspension -> suspension.reason().name())
        .orElseGet(
            () ->
                switch (from) {
                  case Suspended -> "Resumed";
                  case Requested -> "Approved";
                  default -> "ApprovalPending";
                });
  }

  private StatusHistory() {}
}
