// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.facts.credential.Issuance;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Why;
import java.util.stream.Collectors;

/// An action, as what the operator would do.
final class ActionText {

  static String words(Action action) {
    return switch (action) {
      case Action.Issue issue -> "make " + issue.subject() + " with its first value";
      case Action.Rotate rotate -> "put a new value into " + rotate.subject() + why(rotate.why());
      case Action.Stage stage -> "make the next value of " + stage.of() + " and keep it aside";
      case Action.RunHook run ->
          "start the " + run.step() + " hook of " + run.of() + ": CronJob " + run.hook().cronJob();
      case Action.Note note -> "write down on " + note.subject() + " how far its hooks are";
      case Action.Promote turn -> "put the proven value into " + turn.subject() + why(turn.why());
      case Action.BeginRevoke end -> "begin to end the previous value of " + end.subject();
      case Action.Retire retire -> "take the previous value of " + retire.subject() + " away";
      case Action.CaughtUp caughtUp ->
          "write on " + caughtUp.subject() + " that all its consumers have moved";
      case Action.Rollback back -> "take the previous value of " + back.subject() + " back";
      case Action.Acknowledge answer -> "answer on " + answer.subject() + ": " + answer.what();
      case Action.Anchor anchor -> "make " + anchor.subject() + ", which its token is bound to";
      case Action.Remove remove -> "delete " + remove.subject() + ": " + remove.why();
      case Action.Reword reword ->
          "bring the fixed texts and templates of "
              + reword.subject()
              + " up to date; its secret values stay";
      case Action.ResetIssuedAt redate ->
          "count " + redate.subject() + " from now on: its date is to come";
      case Action.Adopt adopt -> "take " + adopt.subject() + " over, as its holder agreed";
      case Action.Release release -> "give " + release.subject() + " back to its holder";
      case Action.SetOwner tie ->
          tie.retained()
              ? "let " + tie.subject() + " stay without the identity"
              : "let " + tie.subject() + " go with the identity";
      case Action.DenyWrites freeze ->
          "deny all writes of ServiceAccount " + freeze.subject().name();
      case Action.AllowWrites thaw ->
          "let ServiceAccount " + thaw.subject().name() + " write again";
      case Action.Invalidate invalidate -> "have the token in " + invalidate.subject() + " refused";
      case Action.Revalidate again -> "have the token in " + again.subject() + " accepted again";
      case Action.Restart restart -> "restart " + restart.subject() + " for its new value";
      case Action.Evict evict -> "evict " + evict.subject();
      case Action.Renew renew -> "ask cert-manager for a new " + renew.subject();
      case Action.CreateCertificate order ->
          "create " + order.subject() + ", to be issued by " + order.issuance().issuer();
      case Action.UpdateCertificate amend ->
          "change "
              + amend.fields().stream()
                  .map(Issuance.Field::toString)
                  .collect(Collectors.joining(", "))
              + " of "
              + amend.subject()
              + " to what the identity says";
      case Action.CreateServiceAccount provision -> "create " + provision.subject();
      case Action.UpdateServiceAccount adjust ->
          "bring " + adjust.subject() + " back to what the identity says";
      case Action.Mark mark -> "put label and owner on " + mark.subject();
      case Action.Relabel relabel ->
          "bring label and owner of " + relabel.subject() + " up to date";
      case Action.Unmark unmark -> "take label and owner off " + unmark.subject();
    };
  }

  private static String why(Why why) {
    return switch (why) {
      case Why.OnSchedule(var due) -> ", due since " + due;
      case Why.BeforeItsEnd(var due, var end) -> ", since the old one ends at " + end;
      case Why.OnRequest _ -> ", since somebody asked for it";
      case Why.Revoked(var reason) -> ", since the old one was revoked: " + reason;
      case Why.OnChange _ -> ", since what it is made of was changed";
      case Why.Dead(var how) -> ", since the old one opens nothing any more: " + how;
    };
  }

  private ActionText() {}
}
