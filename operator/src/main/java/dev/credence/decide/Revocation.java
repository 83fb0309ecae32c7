package dev.credence.decide;

import dev.credence.decide.Action.Value;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Staging.Current;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.facts.Hooks;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Previous;
import dev.credence.facts.Member.StoredSecret;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be done about a value that is in other hands?
final class Revocation {
  private final Target t;
  private final Upkeep upkeep;

  Revocation(Target t, Upkeep upkeep) {
    this.t = t;
    this.upkeep = upkeep;
  }

  /// It is ended where it is checked before there is a new one, whatever breaks by that.
  Turn revoked(StoredSecret secret, Issue issue, String reason) {
    var why = new Why.Revoked(reason);
    var ending = ended(secret, issue, reason);
    if (ending.isPresent()) {
      return ending.get();
    }
    var obstacle = t.obstacle();
    if (obstacle.isPresent()) {
      return upkeep
          .bare(secret, issue, Phase.Blocked, obstacle.get().message())
          .against(obstacle)
          .doing(Tokens.ending(t, issue.version() + 1, "it was revoked"));
    }
    if (t.hooks().stage()) {
      var answer = new Staging(t, Optional.of(new Current(secret, issue)), false, true).answer(why);
      return answer
          .turned()
          .map(receipt -> upkeep.turned(receipt).doing(answer.actions()))
          .orElseGet(
              () ->
                  upkeep
                      .bare(
                          secret,
                          issue,
                          answer.phase() == Phase.Blocked ? Phase.Blocked : Phase.Revoked,
                          "revoked ("
                              + reason
                              + "): "
                              + answer.message().orElse("a new value is made"))
                      .doing(answer.actions())
                      .against(answer.obstacle())
                      .changingAt(answer.changesAt()));
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return upkeep.bare(
          secret, issue, Phase.Revoked, "revoked (" + reason + "): a new value is made");
    }
    var now = t.nextSecond();
    var receipt =
        new NewValue(t)
            .receipt(
                secret,
                issue,
                now,
                NewValue.isRestarting(t) ? Optional.of(now) : Optional.empty(),
                false);
    return upkeep
        .turned(receipt)
        .doing(Tokens.ending(t, receipt.version(), "it was revoked"))
        .doing(Tokens.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), secret.thing().guard(), t.material(), receipt, why));
  }

  /// The end of the value where it is checked, while that is under way; it does not wait for a new
  /// one to be possible.
  Optional<Turn> ended(StoredSecret secret, Issue issue, String reason) {
    return endings(secret, issue)
        .filter(run -> !run.passed())
        .findFirst()
        .map(
            run ->
                upkeep
                    .bare(
                        secret,
                        issue,
                        run.blocked() ? Phase.Blocked : Phase.Revoked,
                        "revoked (" + reason + "): " + run.message().orElse(""))
                    .doing(run.actions())
                    .against(run.obstacle())
                    .against(t.obstacle())
                    .changingAt(run.changesAt()));
  }

  /// The hooks that end the previous value, if it is still there, and the current one.
  Stream<HookRuns.Answer> endings(StoredSecret secret, Issue issue) {
    if (t.hooks().revoke().isEmpty()) {
      return Stream.of();
    }
    var uid = secret.thing().guard().uid();
    var previous =
        issue.previousRetiresAt().stream()
            .filter(_ -> issue.previous() != Previous.Gone)
            .map(_ -> ending(issue.version() - 1, new Value(t.name(), uid, Hooks.PREVIOUS)));
    return Stream.concat(
        previous, Stream.of(ending(issue.version(), new Value(t.name(), uid, ""))));
  }

  HookRuns.Answer ending(long version, Value value) {
    return new HookRuns(t, version, value, List.of(Step.revoke)).answer(true);
  }
}
