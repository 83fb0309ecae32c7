// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.RotationState.Due;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.SecretContent.Change;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.plan.Action.Why;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;

/// Is a new value due, and why? What was asked for is told from what was acted upon by the Secret
/// itself, which says both.
public final class RotationTrigger {

  static Optional<Why> of(RotationTarget t, IssuedSecret current) {
    var dead =
        t.material() instanceof TokenRecipe token
            ? TokenAnchors.dead(t, token, current.issue())
            : Optional.<String>empty();
    if (dead.isPresent()) {
      return dead.map(Why.Dead::new);
    }
    if (isChanged(t, current.issue())) {
      return Optional.of(new Why.OnChange());
    }
    if (isRequested(t, current)) {
      return Optional.of(new Why.OnRequest());
    }
    return t.schedule()
        .due(current.issue(), t.end(current.secret()))
        .filter(due -> !due.isAfter(t.now()))
        .map(Why.OnSchedule::new);
  }

  /// Other generators than those of the current value, and than those of an aborted rotation.
  private static boolean isChanged(RotationTarget t, Issue issue) {
    return since(t, issue) == Change.Generators
        && issue
            .aborted()
            .filter(aborted -> t.material().since(aborted.generatorSpec()) != Change.Generators)
            .isEmpty();
  }

  /// Whether the Secret can be brought to the spec without replacing a secret value.
  static boolean isReworded(RotationTarget t, Issue issue) {
    return EnumSet.of(Change.Texts, Change.KeyAdded).contains(since(t, issue));
  }

  /// An added key goes through the hooks that apply and verify, as every secret value does.
  private static Change since(RotationTarget t, Issue issue) {
    var change = issue.generatorSpec().map(t.material()::since).orElse(Change.Nothing);
    return change == Change.KeyAdded && t.hooks().stage() ? Change.Generators : change;
  }

  /// Why it was revoked, if that was not answered yet.
  static Optional<String> revocation(RotationTarget t, IssuedSecret current) {
    return newly(t.s().identity().requests().revoke(), current.handled().identityRevoke())
        .or(() -> newly(current.requests().revoke(), current.handled().revoke()))
        .or(() -> compromised(t, current.issue()));
  }

  /// A value from before the identity was suspended as compromised is replaced once the annotation
  /// is gone and the identity is resumed.
  private static Optional<String> compromised(RotationTarget t, Issue issue) {
    return t.s()
        .identity()
        .recorded()
        .compromisedAt()
        .filter(time -> issue.issuedAt().isBefore(time))
        .map(time -> "compromised at " + time);
  }

  static boolean isRequested(RotationTarget t, IssuedSecret current) {
    return Stream.concat(requests(t, current), urgent(t, current)).findAny().isPresent();
  }

  /// Whether maintenance windows do not count: the new value was requested at once, or the current
  /// one is not valid.
  static boolean isUrgent(RotationTarget t, Due due) {
    return isUrgent(t, due.current()) || due.why() instanceof Why.Dead;
  }

  /// Whether one of the requests for a new value asks for it at once.
  static boolean isUrgent(RotationTarget t, IssuedSecret current) {
    return urgent(t, current).findAny().isPresent();
  }

  /// The requests for a new value that were not answered yet, and for which windows hold.
  private static Stream<Request> requests(RotationTarget t, IssuedSecret current) {
    var onIdentity = t.s().identity().requests();
    var onSecret = t.requests(Optional.of(current.secret()));
    var handled = current.handled();
    return Stream.of(
            unanswered(onIdentity.rotate(), handled.identityRotate()),
            unanswered(onSecret.rotate(), handled.rotate()),
            unanswered(onIdentity.rotationRequest(), handled.rotations().identitySpec()),
            unanswered(onSecret.rotationRequest(), handled.rotations().spec()))
        .flatMap(Optional::stream);
  }

  /// Those for which windows do not count.
  private static Stream<Request> urgent(RotationTarget t, IssuedSecret current) {
    var rotations = current.handled().rotations();
    return Stream.of(
            unanswered(t.s().identity().requests().rotateNow(), rotations.identityNow()),
            unanswered(current.requests().rotateNow(), rotations.now()))
        .flatMap(Optional::stream);
  }

  public static boolean isNew(Optional<Request> request, Optional<String> actedUpon) {
    return unanswered(request, actedUpon).isPresent();
  }

  /// The requested value, if it was not acted upon yet.
  static Optional<String> newly(Optional<Request> request, Optional<String> actedUpon) {
    return unanswered(request, actedUpon).flatMap(Request::asked);
  }

  private static Optional<Request> unanswered(
      Optional<Request> request, Optional<String> actedUpon) {
    return request
        .filter(found -> found.asked().isPresent())
        .filter(found -> !found.asked().equals(actedUpon));
  }

  private RotationTrigger() {}
}
