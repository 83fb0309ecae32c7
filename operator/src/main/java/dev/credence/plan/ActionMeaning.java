// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Tier;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The meaning of an action outside of the decision, with one case for each: its name in the log,
/// its text in `credence explain`, the tier that it requires, its Event, and its metric.
///
/// `event` is empty where the members and the credentials of the status show it.
public record ActionMeaning(
    String name, String words, Tier tier, Optional<Event> event, Optional<Count> counted) {
  public static final String GENERATED = "Generated";
  public static final String TOKEN = "Token";
  public static final String CERTIFICATE = "Certificate";

  /// `action`: as `events.k8s.io` has it.
  public record Event(String reason, String action, String note, boolean warning) {}

  /// `done`: the result that is counted when it was carried out; empty for a step of a rotation, of
  /// which only a failure is counted.
  public record Count(Family family, String kind, Optional<String> done) {
    public enum Family {
      Rotations,
      ConsumerRestarts
    }
  }

  public static ActionMeaning of(Action action) {
    return switch (action) {
      case Action.Issue(var subject, _, var material, _, var versionInfo, _) ->
          of(action, "make " + subject + " with its first value")
              .event("Issued", subject + ": version " + versionInfo.version() + " issued")
              .rotation(kind(material), "issued");
      case Action.Rotate(var subject, _, var material, var versionInfo, var why) ->
          of(action, "put a new value into " + subject + since(why))
              .event("Rotated", issued(subject, versionInfo) + reported(why) + until(versionInfo))
              .rotation(kind(material), "rotated");
      case Action.Promote promote ->
          of(action, "put the proven value into " + promote.subject() + since(promote.why()))
              .event(
                  "Rotated",
                  "Rotate",
                  issued(promote.subject(), promote.versionInfo())
                      + (promote.current().isPresent()
                          ? reported(promote.why())
                          : "for the first time")
                      + ", proven by its hooks"
                      + until(promote.versionInfo()))
              .rotation(GENERATED, promote.current().isPresent() ? "rotated" : "issued");
      case Action.Stage stage ->
          of(action, "make the next value of " + stage.of() + " and keep it aside").rotationStep();
      case Action.RunHook run ->
          of(
                  action,
                  "start the %s hook of %s: CronJob %s"
                      .formatted(run.step(), run.of(), run.hook().cronJob()))
              .event(
                  "HookStarted",
                  "%s: %s started from CronJob %s"
                      .formatted(run.of(), run.subject(), run.hook().cronJob()))
              .rotationStep();
      case Action.Note(var subject, _, _) ->
          of(action, "write down on " + subject + " how far its hooks are");
      case Action.BeginRevoke(var subject, _) ->
          of(action, "begin to end the previous value of " + subject);
      case Action.Retire(var subject, _, _) ->
          of(action, "take the previous value of " + subject + " away")
              .rotation(GENERATED, "retired");
      case Action.CaughtUp(var subject, _) ->
          of(action, "write on " + subject + " that all its consumers have moved");
      case Action.Rollback(var subject, _, var versionInfo) ->
          of(action, "take the previous value of " + subject + " back")
              .event(
                  "RolledBack",
                  subject + ": the previous value is version " + versionInfo.version() + " now")
              .rotation(GENERATED, "rolled_back");
      case Action.Acknowledge(var subject, _, _, _, var what) ->
          of(action, "answer on " + subject + ": " + what)
              .event("Answered", "Answer", subject + ": " + what);
      case Action.Anchor anchor ->
          of(action, "make " + anchor.subject() + ", which its token is bound to");
      case Action.Remove(var subject, _, var why) -> {
        var removes = of(action, "delete " + subject + ": " + why);
        // The credentials report the objects that were created for a rotation.
        yield subject.kind() == Kind.Certificate
            ? removes.event(
                "Removed",
                "%s deleted, since %s: it is not renewed any more, and its Secret stays"
                    .formatted(subject, why))
            : removes;
      }
      case Action.Reword(var subject, _, _, _, var added) ->
          of(
                  action,
                  "bring the fixed texts and templates of %s up to date%s; its secret values stay"
                      .formatted(
                          subject, added.isEmpty() ? "" : " and generate " + keyNames(added)))
              .event(
                  "Reworded",
                  subject
                      + ": its fixed texts and templates are as the spec has them now"
                      + (added.isEmpty() ? "" : ", and " + keyNames(added) + " is generated")
                      + "; its secret values stay");
      case Action.RenewKubeconfig(var subject, _, _) ->
          of(action, "write the kubeconfig of " + subject + " for the API server's address")
              .event(
                  "KubeconfigRenewed",
                  subject
                      + ": its kubeconfig has the address and the certificate authority of the API server as they are set now; its token stays");
      case Action.UpdateMetadata update ->
          of(
              action,
              "set labels and annotations of " + update.subject() + " as the spec states them");
      case Action.ResetIssuedAt resetIssuedAt ->
          of(action, "count " + resetIssuedAt.subject() + " from now on: its date is to come")
              .warning(
                  "Redated",
                  resetIssuedAt.subject()
                      + ": its time of issue was to come, as after a clock that was wrong; it is counted from now on");
      case Action.Adopt adopt ->
          of(action, "take " + adopt.subject() + " over, as its holder agreed")
              .event("Adopted", adopt.subject() + " taken over");
      case Action.Release(var subject, _, _) ->
          of(action, "give " + subject + " back to its holder")
              .event("Released", subject + " given back");
      case Action.SetOwner(var subject, _, var retained) ->
          of(
              action,
              "let %s %s the identity".formatted(subject, retained ? "stay without" : "go with"));
      case Action.DenyWrites(var subject, var entry) ->
          of(action, "deny all writes of ServiceAccount " + subject.name())
              .enforce()
              .warning(
                  "WritesDenied",
                  "ServiceAccount " + subject.name() + " may not write: " + entry.why());
      case Action.AllowWrites(var subject) ->
          of(action, "let ServiceAccount " + subject.name() + " write again")
              .enforce()
              .event("WritesAllowed", "ServiceAccount " + subject.name() + " may write again");
      case Action.Invalidate(var subject, _, _, _, var why) ->
          of(action, "have the token in " + subject + " refused")
              .enforce()
              .warning("TokenInvalidated", subject + ": its token is refused: " + why);
      case Action.Revalidate(var subject, _) ->
          of(action, "have the token in " + subject + " accepted again")
              .enforce()
              .event("TokenAccepted", subject + ": its token is accepted again");
      case Action.Restart restart ->
          of(action, "restart " + restart.subject() + " for its new value")
              .event("Restarted", restart.subject() + " restarted for " + restart.value())
              .restart(restart.subject().kind());
      case Action.Evict(var subject, _, _) ->
          of(action, "evict " + subject)
              .event("Evicted", subject + " evicted")
              .restart(subject.kind());
      case Action.Renew renew ->
          of(action, "ask cert-manager for a new " + renew.subject())
              .event("RenewalAsked", renew.subject() + ": cert-manager was asked for a new one")
              .rotation(CERTIFICATE, "requested");
      case Action.CreateCertificate(var subject, var issuance, _, _) ->
          of(action, "create " + subject + ", to be issued by " + issuance.issuer())
              .event(
                  "Ordered",
                  "%s created: %s is to issue it into Secret %s"
                      .formatted(subject, issuance.issuer(), issuance.secretName()))
              .rotation(CERTIFICATE, "requested");
      case Action.UpdateCertificate(var subject, _, _, var fields, _) ->
          of(action, "change %s of %s to what the identity says".formatted(names(fields), subject))
              .event("Amended", subject + ": changed to what the identity says: " + names(fields));
      case Action.CreateServiceAccount(var subject, _, _, _) ->
          of(action, "create " + subject).event("Provisioned", subject + " created");
      case Action.UpdateServiceAccount(var subject, _, _) ->
          of(action, "bring " + subject + " back to what the identity says");
      case Action.Mark(var subject, _, _) -> of(action, "put label and owner on " + subject);
      case Action.Relabel(var subject, _, _, _) ->
          of(action, "bring label and owner of " + subject + " up to date");
      case Action.Unmark(var subject, _) -> of(action, "take label and owner off " + subject);
    };
  }

  /// An action on an account is named by the account, whatever the object is.
  private static ActionMeaning of(Action action, String words) {
    return new ActionMeaning(
        action.getClass().getSimpleName(),
        words,
        action.subject().kind() == Kind.ServiceAccount ? Tier.Enforce : Tier.Rotate,
        Optional.empty(),
        Optional.empty());
  }

  private ActionMeaning enforce() {
    return new ActionMeaning(name, words, Tier.Enforce, event, counted);
  }

  private ActionMeaning event(String reason, String note) {
    return event(reason, name, note);
  }

  private ActionMeaning event(String reason, String action, String note) {
    return with(new Event(reason, action, note, false));
  }

  private ActionMeaning warning(String reason, String note) {
    return with(new Event(reason, name, note, true));
  }

  private ActionMeaning with(Event reported) {
    return new ActionMeaning(name, words, tier, Optional.of(reported), counted);
  }

  private ActionMeaning rotation(String kind, String done) {
    return with(new Count(Count.Family.Rotations, kind, Optional.of(done)));
  }

  private ActionMeaning rotationStep() {
    return with(new Count(Count.Family.Rotations, GENERATED, Optional.empty()));
  }

  private ActionMeaning restart(Kind kind) {
    return with(new Count(Count.Family.ConsumerRestarts, kind.name(), Optional.of("started")));
  }

  private ActionMeaning with(Count count) {
    return new ActionMeaning(name, words, tier, event, Optional.of(count));
  }

  private static String kind(SecretContent material) {
    return switch (material) {
      case GeneratedContent _ -> GENERATED;
      case TokenRecipe _ -> TOKEN;
    };
  }

  private static String issued(Object subject, VersionInfo versionInfo) {
    return subject + ": version " + versionInfo.version() + " issued ";
  }

  private static String until(VersionInfo versionInfo) {
    return versionInfo
        .previousRetiresAt()
        .filter(time -> versionInfo.keepsPrevious())
        .map(time -> "; the previous value stays until " + time)
        .orElse("");
  }

  private static String names(List<Issuance.Field> fields) {
    return fields.stream().map(Issuance.Field::toString).collect(Collectors.joining(", "));
  }

  /// Before it is done.
  private static String since(Why why) {
    return switch (why) {
      case Why.OnSchedule(var due) -> ", due since " + due;
      case Why.BeforeItsEnd(_, var end) -> ", since the old one ends at " + end;
      case Why.OnRequest _ -> ", since somebody asked for it";
      case Why.Revoked(var reason) -> ", since the old one was revoked: " + reason;
      case Why.OnChange _ -> ", since what it is made of was changed";
      case Why.Dead(var how) -> ", since the old one opens nothing any more: " + how;
    };
  }

  /// Once it is done.
  private static String reported(Why why) {
    return switch (why) {
      case Why.OnSchedule _ -> "on schedule";
      case Why.BeforeItsEnd(_, var end) -> "outside the policy's windows, since it ends at " + end;
      case Why.OnRequest _ -> "on request";
      case Why.Revoked(var reason) -> "since the one before was revoked: " + reason;
      case Why.OnChange _ -> "since `generate` or `token` was changed";
      case Why.Dead(var how) -> "since the one before opens nothing any more: " + how;
    };
  }

  private static String keyNames(List<KeySpec> keys) {
    return keys.stream().map(KeySpec::name).collect(Collectors.joining(", "));
  }
}
