// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Condition;
import dev.credence.api.Conditions;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells as Events what the status tells: one for each value issued or replaced, one for each
/// condition that turned. A condition that stays as it is says nothing again, also after a restart,
/// since the old status is the memory.
public final class EventRecorder implements AutoCloseable {
  private static final String LEFT_BEHIND = Reason.ConsumersLeftBehind.name();

  private final EventWrites events;

  public EventRecorder(KubernetesClient client, Clock clock, String instance) {
    this.events = new EventWrites(client, clock, instance);
  }

  public void done(Action action, MachineIdentity identity) {
    switch (action) {
      case Action.Issue issue ->
          events.tell(
              identity,
              "Issued",
              "Issue",
              issue.subject() + ": version " + issue.receipt().version() + " issued");
      case Action.Rotate rotate ->
          events.tell(
              identity,
              "Rotated",
              "Rotate",
              rotate.subject()
                  + ": version "
                  + rotate.receipt().version()
                  + " issued "
                  + why(rotate.why())
                  + until(rotate.receipt()));
      case Action.Promote turn ->
          events.tell(
              identity,
              "Rotated",
              "Rotate",
              turn.subject()
                  + ": version "
                  + turn.receipt().version()
                  + " issued "
                  + (turn.current().isPresent() ? why(turn.why()) : "for the first time")
                  + ", proven by its hooks"
                  + until(turn.receipt()));
      case Action.Rollback back ->
          events.tell(
              identity,
              "RolledBack",
              "Rollback",
              back.subject()
                  + ": the previous value is version "
                  + back.receipt().version()
                  + " now");
      case Action.Acknowledge(var subject, _, _, _, var what) ->
          events.tell(identity, "Answered", "Answer", subject + ": " + what);
      case Action.RunHook run ->
          events.tell(
              identity,
              "HookStarted",
              "RunHook",
              run.of() + ": " + run.subject() + " started from CronJob " + run.hook().cronJob());
      case Action.Restart restart ->
          events.tell(
              identity,
              "Restarted",
              "Restart",
              restart.subject() + " restarted for " + restart.value());
      case Action.Evict evict ->
          events.tell(identity, "Evicted", "Evict", evict.subject() + " evicted");
      case Action.Adopt adopt ->
          events.tell(identity, "Adopted", "Adopt", adopt.subject() + " taken over");
      case Action.Reword reword ->
          events.tell(
              identity,
              "Reworded",
              "Reword",
              reword.subject()
                  + ": its fixed texts and templates are as the spec has them now; its secret values stay");
      case Action.ResetIssuedAt redate ->
          events.warn(
              identity,
              "Redated",
              "ResetIssuedAt",
              redate.subject()
                  + ": its time of issue was to come, as after a clock that was wrong; it is counted from now on");
      case Action.Release release ->
          events.tell(identity, "Released", "Release", release.subject() + " given back");
      case Action.Renew renew ->
          events.tell(
              identity,
              "RenewalAsked",
              "Renew",
              renew.subject() + ": cert-manager was asked for a new one");
      case Action.DenyWrites freeze ->
          events.warn(
              identity,
              "WritesDenied",
              "DenyWrites",
              "ServiceAccount "
                  + freeze.subject().name()
                  + " may not write: "
                  + freeze.entry().why());
      case Action.AllowWrites thaw ->
          events.tell(
              identity,
              "WritesAllowed",
              "AllowWrites",
              "ServiceAccount " + thaw.subject().name() + " may write again");
      case Action.Invalidate invalidate ->
          events.warn(
              identity,
              "TokenInvalidated",
              "Invalidate",
              invalidate.subject() + ": its token is refused: " + invalidate.why());
      case Action.Revalidate again ->
          events.tell(
              identity,
              "TokenAccepted",
              "Revalidate",
              again.subject() + ": its token is accepted again");
      case Action.CreateCertificate order ->
          events.tell(
              identity,
              "Ordered",
              "CreateCertificate",
              order.subject()
                  + " created: "
                  + order.issuance().issuer()
                  + " is to issue it into Secret "
                  + order.issuance().secretName());
      case Action.UpdateCertificate amend ->
          events.tell(
              identity,
              "Amended",
              "UpdateCertificate",
              amend.subject()
                  + ": changed to what the identity says: "
                  + amend.fields().stream()
                      .map(Issuance.Field::toString)
                      .collect(Collectors.joining(", ")));
      case Action.Remove(var subject, _, var why) -> {
        // Of what was made for a rotation the credentials tell.
        if (subject.kind() == ObjectRef.Kind.Certificate) {
          events.tell(
              identity,
              "Removed",
              "Remove",
              subject
                  + " deleted, since "
                  + why
                  + ": it is not renewed any more, and its Secret stays");
        }
      }
      case Action.CreateServiceAccount provision ->
          events.tell(
              identity, "Provisioned", "CreateServiceAccount", provision.subject() + " created");
      // Seen in the members and in the credentials of the status.
      case Action.Retire retire -> {}
      case Action.CaughtUp caughtUp -> {}
      case Action.BeginRevoke end -> {}
      case Action.Stage stage -> {}
      case Action.Note note -> {}
      case Action.Anchor anchor -> {}
      case Action.SetOwner tie -> {}
      case Action.UpdateServiceAccount adjust -> {}
      case Action.Mark mark -> {}
      case Action.Relabel relabel -> {}
      case Action.Unmark unmark -> {}
    }
  }

  /// Something is wrong with an identity that its conditions alone do not make an Event of.
  public void failed(MachineIdentity identity, String reason, String message) {
    events.warn(identity, reason, "Evaluate", message);
  }

  private static String until(Action.VersionInfo receipt) {
    return receipt
        .previousRetiresAt()
        .filter(time -> receipt.keepsPrevious())
        .map(time -> "; the previous value stays until " + time)
        .orElse("");
  }

  private static String why(Action.Why why) {
    return switch (why) {
      case Action.Why.OnSchedule onSchedule -> "on schedule";
      case Action.Why.BeforeItsEnd(var due, var end) ->
          "outside the policy's windows, since it ends at " + end;
      case Action.Why.OnRequest onRequest -> "on request";
      case Action.Why.Revoked(var reason) -> "since the one before was revoked: " + reason;
      case Action.Why.OnChange onChange -> "since `generate` or `token` was changed";
      case Action.Why.Dead(var how) -> "since the one before opens nothing any more: " + how;
    };
  }

  public void changes(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var known = Conditions.of(before == null ? null : before.conditions()).byType();
    reviewed(identity, before, after);
    leftBehind(identity, before, after);
    after.conditions().stream()
        .filter(condition -> !isOfCredentials(condition, after))
        .forEach(condition -> turned(identity, known.get(condition.type()), condition));
  }

  /// Who confirmed it is worth keeping beside the status, which tells of the last one alone.
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
      events.tell(
          identity,
          "Reviewed",
          "Review",
          "reviewed by " + review.reviewedBy() + " at " + review.reviewTime());
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
                        + Objects.requireNonNullElse(credential.message(), "consumers left")));
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

  private void turned(MachineIdentity identity, @Nullable Condition before, Condition now) {
    if (now.type().equals("Ready")) {
      // What is wrong has its own Event; only the way back is worth one more.
      if (now.status() == Condition.Truth.True
          && before != null
          && before.status() == Condition.Truth.False) {
        events.tell(identity, "Ready", "Check", "in order again");
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

  /// How many Events were not written since too many were waiting.
  long dropped() {
    return events.dropped();
  }

  /// Writes what is waiting, for a few seconds at most.
  @Override
  public void close() throws InterruptedException {
    events.close();
  }
}
