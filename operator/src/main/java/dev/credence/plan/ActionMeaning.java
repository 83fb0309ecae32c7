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
          of(action, "create " + subject + " with its first value")
              .event("Issued", subject + ": Version " + versionInfo.version() + " issued.")
              .rotation(kind(material), "issued");
      case Action.Rotate(var subject, _, var material, var versionInfo, var why) ->
          of(action, "rotate " + subject + since(why))
              .event(
                  "Rotated",
                  issued(subject, versionInfo) + reported(why) + "." + until(versionInfo))
              .rotation(kind(material), "rotated");
      case Action.Promote promote ->
          of(action, "activate the verified value of " + promote.subject() + since(promote.why()))
              .event(
                  "Rotated",
                  "Rotate",
                  issued(promote.subject(), promote.versionInfo())
                      + (promote.current().isPresent()
                          ? reported(promote.why())
                          : "for the first time")
                      + ", after its hooks succeeded."
                      + until(promote.versionInfo()))
              .rotation(GENERATED, promote.current().isPresent() ? "rotated" : "issued");
      case Action.Stage stage ->
          of(action, "generate and stage the next value of " + stage.of()).rotationStep();
      case Action.RunHook run -> {
        var starts =
            of(
                action,
                "start the %s hook of %s: CronJob %s"
                    .formatted(run.step(), run.of(), run.hook().cronJob()));
        var shown =
            starts.event(
                "HookStarted",
                "%s: %s started from CronJob %s."
                    .formatted(run.of(), run.subject(), run.hook().cronJob()));
        yield switch (run.step()) {
          case issue, apply, verify, revoke -> shown.rotationStep();
          case suspend, resume -> shown.enforce();
          // The status shows the last one; an Event for each would hide the others.
          case probe -> starts;
        };
      }
      case Action.AdmitHook admit ->
          of(action, "admit the pod of " + admit.job() + " to write into " + admit.subject())
              .rotationStep();
      case Action.Note(var subject, _, _) ->
          of(action, "record the progress of the hooks on " + subject);
      case Action.BeginRevoke(var subject, _) ->
          of(action, "start to revoke the previous value of " + subject);
      case Action.Retire(var subject, _, _) ->
          of(action, "remove the previous value of " + subject).rotation(GENERATED, "retired");
      case Action.CaughtUp(var subject, _) ->
          of(action, "record on " + subject + " that all consumers use the current value");
      case Action.Rollback(var subject, _, var versionInfo) ->
          of(action, "roll back " + subject + " to its previous value")
              .event(
                  "RolledBack",
                  subject
                      + ": Rolled back. The previous value is now version "
                      + versionInfo.version()
                      + ".")
              .rotation(GENERATED, "rolled_back");
      case Action.Acknowledge(var subject, _, _, _, var what) ->
          of(action, "record the answer to the request on " + subject + ": " + what)
              .event("Answered", "Answer", subject + ": " + what);
      case Action.Anchor anchor ->
          of(action, "create " + anchor.subject() + ", the anchor of its token");
      case Action.Remove(var subject, _, var why) -> {
        var removes = of(action, "delete " + subject + ", since " + why);
        // The credentials report the objects that were created for a rotation.
        yield subject.kind() == Kind.Certificate
            ? removes.event(
                "Removed",
                "%s was deleted, since %s. cert-manager no longer renews it. Its Secret stays."
                    .formatted(subject, why))
            : removes;
      }
      case Action.Reword(var subject, _, _, _, var added) ->
          of(
                  action,
                  "update the fixed texts and templates of %s%s, and keep its secret values"
                      .formatted(
                          subject,
                          added.isEmpty() ? "" : " and generate the keys " + keyNames(added)))
              .event(
                  "Reworded",
                  subject
                      + ": Fixed texts and templates updated from the spec. The secret values are unchanged."
                      + (added.isEmpty() ? "" : " Generated keys: " + keyNames(added) + "."));
      case Action.RenewKubeconfig(var subject, _, _) ->
          of(action, "update the kubeconfig of " + subject + " with the address of the API server")
              .event(
                  "KubeconfigRenewed",
                  subject
                      + ": The kubeconfig was updated with the address and the certificate authority of the API server. The token is unchanged.");
      case Action.UpdateMetadata update ->
          of(action, "update the labels and annotations of " + update.subject() + " from the spec");
      case Action.ResetIssuedAt resetIssuedAt ->
          of(
                  action,
                  "reset the time of issue of "
                      + resetIssuedAt.subject()
                      + ", which is in the future")
              .warning(
                  "Redated",
                  resetIssuedAt.subject()
                      + ": The time of issue was in the future, as after a wrong system clock. It was reset to the current time.");
      case Action.Adopt adopt ->
          of(action, "adopt " + adopt.subject())
              .event("Adopted", adopt.subject() + " was adopted.");
      case Action.Release(var subject, _, _) ->
          of(action, "release " + subject + " to its owner")
              .event("Released", subject + " was released to its owner.");
      case Action.SetOwner(var subject, _, var retained) ->
          of(
              action,
              (retained ? "remove the owner reference of " : "set the owner reference of ")
                  + subject);
      case Action.DenyWrites(var subject, var entry) ->
          of(action, "deny all writes of ServiceAccount " + subject.name())
              .enforce()
              .warning(
                  "WritesDenied",
                  "ServiceAccount "
                      + subject.name()
                      + " cannot write: "
                      + Sentences.sentence(entry.why()));
      case Action.AllowWrites(var subject) ->
          of(action, "allow writes of ServiceAccount " + subject.name() + " again")
              .enforce()
              .event("WritesAllowed", "ServiceAccount " + subject.name() + " can write again.");
      case Action.Invalidate(var subject, _, _, _, var why) ->
          of(action, "invalidate the token in " + subject)
              .enforce()
              .warning(
                  "TokenInvalidated", subject + ": The token was invalidated, since " + why + ".");
      case Action.Revalidate(var subject, _) ->
          of(action, "make the token in " + subject + " valid again")
              .enforce()
              .event("TokenAccepted", subject + ": The token is valid again.");
      case Action.Restart restart ->
          of(action, "restart " + restart.subject() + ", which uses an old value")
              .event(
                  "Restarted",
                  restart.subject() + " was restarted for the new version " + restart.value() + ".")
              .restart(restart.subject().kind());
      case Action.Evict(var subject, _, _) ->
          of(action, "evict " + subject)
              .event("Evicted", subject + " was evicted to read a new value.")
              .restart(subject.kind());
      case Action.Renew renew ->
          of(action, "request the renewal of " + renew.subject() + " from cert-manager")
              .event("RenewalAsked", renew.subject() + ": Renewal requested from cert-manager.")
              .rotation(CERTIFICATE, "requested");
      case Action.CreateCertificate(var subject, var issuance, _, _) ->
          of(action, "create " + subject + ", to be issued by " + issuance.issuer())
              .event(
                  "Ordered",
                  "%s was created. %s issues it into Secret %s."
                      .formatted(subject, issuance.issuer(), issuance.secretName()))
              .rotation(CERTIFICATE, "requested");
      case Action.UpdateCertificate(var subject, _, _, var fields, _) ->
          of(action, "update %s of %s from the spec".formatted(names(fields), subject))
              .event("Amended", subject + ": Updated from the spec: " + names(fields) + ".");
      case Action.CreateServiceAccount(var subject, _, _, _) ->
          of(action, "create " + subject).event("Provisioned", subject + " was created.");
      case Action.UpdateServiceAccount(var subject, _, _) ->
          of(action, "update " + subject + " from the spec");
      case Action.Mark(var subject, _, _) ->
          of(action, "set the managed label and annotations of " + subject);
      case Action.Relabel(var subject, _, _, _) ->
          of(action, "update the managed label and annotations of " + subject);
      case Action.Unmark(var subject, _) ->
          of(action, "remove the managed label and annotations of " + subject);
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
    return subject + ": Version " + versionInfo.version() + " issued ";
  }

  private static String until(VersionInfo versionInfo) {
    return versionInfo
        .previousRetiresAt()
        .filter(time -> versionInfo.keepsPrevious())
        .map(time -> " The previous value stays valid until " + time + ".")
        .orElse("");
  }

  private static String names(List<Issuance.Field> fields) {
    return fields.stream().map(Issuance.Field::toString).collect(Collectors.joining(", "));
  }

  /// Before it is done.
  private static String since(Why why) {
    return switch (why) {
      case Why.OnSchedule(var due) -> ", due since " + due;
      case Why.BeforeItsEnd(_, var end) -> ", since the current value expires at " + end;
      case Why.OnRequest _ -> ", since a user requested it";
      case Why.Revoked(var reason) -> ", since the current value was revoked: " + reason;
      case Why.OnChange _ -> ", since `generate` or `token` was changed";
      case Why.Dead(var how) -> ", since the current value is no longer valid: " + how;
    };
  }

  /// Once it is done.
  private static String reported(Why why) {
    return switch (why) {
      case Why.OnSchedule _ -> "on schedule";
      case Why.BeforeItsEnd(_, var end) ->
          "outside the maintenance windows, since the old value expires at " + end;
      case Why.OnRequest _ -> "on request";
      case Why.Revoked(var reason) -> "since the old value was revoked: " + reason;
      case Why.OnChange _ -> "since `generate` or `token` was changed";
      case Why.Dead(var how) -> "since the old value is no longer valid: " + how;
    };
  }

  private static String keyNames(List<KeySpec> keys) {
    return keys.stream().map(KeySpec::name).collect(Collectors.joining(", "));
  }
}
