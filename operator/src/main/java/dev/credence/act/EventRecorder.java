// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Condition;
import dev.credence.api.Conditions;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.OddFinding;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells as Events what the status tells: one for each value issued or replaced, one for each
/// finding about behavior, one for each condition that turned. A condition that stays as it is
/// says nothing again, also after a restart, since the old status is the memory.
public final class EventRecorder implements AutoCloseable {
  private static final String LEFT_BEHIND = Reason.ConsumersLeftBehind.name();
  private static final String BEHAVIOR_CHANGED = ConditionType.BehaviorChanged.name();

  private final EventWrites events;

  public EventRecorder(KubernetesClient client, Clock clock, String instance) {
    this.events = new EventWrites(client, clock, instance);
  }

  /// The number of Events that were not written since too many were waiting.
  public long dropped() {
    return events.dropped();
  }

  public void done(Action action, MachineIdentity identity) {
    action
        .meaning()
        .event()
        .ifPresent(
            event -> {
              if (event.warning()) {
                events.warn(identity, event.reason(), event.action(), event.note());
              } else {
                events.report(identity, event.reason(), event.action(), event.note());
              }
            });
  }

  /// Something is wrong with an identity that its conditions alone do not make an Event of.
  public void failed(MachineIdentity identity, String reason, String message) {
    events.warn(identity, reason, "Evaluate", message);
  }

  public void changes(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var known = Conditions.of(before == null ? null : before.conditions()).byType();
    reviewed(identity, before, after);
    leftBehind(identity, before, after);
    behaved(identity, before, after);
    after.conditions().stream()
        .filter(condition -> !isOfCredentials(condition, after))
        .filter(condition -> !condition.type().equals(BEHAVIOR_CHANGED))
        .forEach(condition -> changed(identity, known.get(condition.type()), condition));
  }

  /// The status holds the last review only, so each review is also recorded as an Event.
  private void reviewed(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var review = after.review();
    if (review == null || review.reviewTime() == null) {
      return;
    }
    var known = before == null || before.review() == null ? null : before.review().reviewTime();
    if (!review.reviewTime().equals(known)) {
      events.report(
          identity,
          "Reviewed",
          "Review",
          "Reviewed by " + review.reviewedBy() + " at " + review.reviewTime() + ".");
    }
  }

  /// Of each credential by itself: another condition, or another credential, may hide it.
  private void leftBehind(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var known = new HashSet<String>();
    leftBehind(before).map(CredentialStatus::name).forEach(known::add);
    leftBehind(after)
        .filter(credential -> !known.contains(credential.name()))
        .forEach(
            credential ->
                events.warn(
                    identity,
                    LEFT_BEHIND,
                    "Check",
                    "Secret "
                        + credential.name()
                        + ": "
                        + Objects.requireNonNullElse(
                            credential.message(),
                            "Consumers still use a value that is no longer valid.")));
  }

  private void behaved(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var known = findings(before).toList();
    findings(after)
        .filter(finding -> known.stream().noneMatch(one -> covers(one, finding)))
        .forEach(
            finding ->
                events.warn(
                    identity,
                    Reason.OddBehavior.name(),
                    "Check",
                    "%s of ServiceAccount %s at %s. %s"
                        .formatted(
                            finding.type(),
                            finding.serviceAccountName(),
                            finding.lastTime(),
                            Objects.requireNonNullElse(finding.message(), ""))
                        .strip()));
  }

  private static Stream<OddFinding> findings(@Nullable MachineIdentityStatus status) {
    return Stream.ofNullable(status)
        .flatMap(known -> Stream.ofNullable(known.behavior()))
        .flatMap(behavior -> Stream.ofNullable(behavior.findings()))
        .flatMap(List::stream)
        .filter(finding -> finding.type() != null);
  }

  /// Whether the other one adds nothing: the same finding, which goes on at most. One that begins
  /// later is another one: a review closed the first.
  private static boolean covers(OddFinding known, OddFinding other) {
    return known.type() == other.type()
        && known.serviceAccountName().equals(other.serviceAccountName())
        && !other.firstTime().isAfter(known.firstTime())
        && Objects.requireNonNullElse(other.count(), 1)
            <= Objects.requireNonNullElse(known.count(), 1);
  }

  private static Stream<CredentialStatus> leftBehind(@Nullable MachineIdentityStatus status) {
    return Stream.ofNullable(status)
        .flatMap(known -> Stream.ofNullable(known.credentials()))
        .flatMap(List::stream)
        .filter(
            credential ->
                credential.consumers() != null && credential.consumers().leftBehind() != null);
  }

  private static boolean isOfCredentials(Condition condition, MachineIdentityStatus status) {
    return condition.reason().equals(LEFT_BEHIND) && leftBehind(status).findAny().isPresent();
  }

  private void changed(MachineIdentity identity, @Nullable Condition before, Condition now) {
    if (now.type().equals("Ready")) {
      // A problem has its own Event; only the recovery is worth one more.
      if (now.status() == Condition.Truth.True
          && before != null
          && before.status() == Condition.Truth.False) {
        events.report(identity, "Ready", "Check", "The identity is Ready again.");
      }
      return;
    }
    var same =
        before != null
            && before.status() == now.status()
            && before.reason().equals(now.reason())
            // each warning of the end is another message
            && (!now.type().equals("Expiring") || before.message().equals(now.message()));
    if (isNews(now) && !same) {
      events.warn(identity, now.reason(), "Check", now.message());
    }
  }

  private static boolean isNews(Condition condition) {
    return ConditionResult.isProblem(condition.type(), condition.status().name())
        // Seconds before an answer to a request are no news.
        && !condition.reason().equals(Reason.RotationDue.name());
  }

  /// Writes what is waiting, for a few seconds at most.
  @Override
  public void close() throws InterruptedException {
    events.close();
  }
}
