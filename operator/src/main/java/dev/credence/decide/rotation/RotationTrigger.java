// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.SecretContent.Change;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action.Why;
import java.util.Optional;
import java.util.stream.Stream;

/// Is a new value due, and why? What was asked for is told from what was acted upon by the Secret
/// itself, which says both.
public final class RotationTrigger {

  static Optional<Why> of(RotationTarget t, StoredSecret secret, Issue issue) {
    var dead =
        t.material() instanceof TokenRecipe token
            ? TokenAnchors.dead(t, token, issue)
            : Optional.<String>empty();
    if (dead.isPresent()) {
      return dead.map(Why.Dead::new);
    }
    if (isChanged(t, issue)) {
      return Optional.of(new Why.OnChange());
    }
    if (isRequested(t, secret, issue)) {
      return Optional.of(new Why.OnRequest());
    }
    return t.rhythm()
        .due(issue, t.end(secret))
        .filter(due -> !due.isAfter(t.now()))
        .map(Why.OnSchedule::new);
  }

  /// Other generators than those it was made by, and than those that somebody stopped.
  private static boolean isChanged(RotationTarget t, Issue issue) {
    return since(t, issue) == Change.Generators
        && issue
            .aborted()
            .filter(aborted -> t.material().since(aborted.recipe()) != Change.Generators)
            .isEmpty();
  }

  /// Whether only texts are not as the recipe has them.
  static boolean isReworded(RotationTarget t, Issue issue) {
    return since(t, issue) == Change.Texts;
  }

  private static Change since(RotationTarget t, Issue issue) {
    return issue.recipe().map(t.material()::since).orElse(Change.Nothing);
  }

  /// Why it was revoked, if that was not answered yet.
  static Optional<String> revocation(RotationTarget t, StoredSecret secret, Issue issue) {
    return newly(t.s().identity().requests().revoke(), issue.handled().identityRevoke())
        .or(() -> newly(secret.requests().revoke(), issue.handled().revoke()));
  }

  static boolean isRequested(RotationTarget t, StoredSecret secret, Issue issue) {
    return requests(t, secret, issue).findAny().isPresent();
  }

  /// Whether one of the requests for a new value asks for it at once.
  static boolean isUrgent(RotationTarget t, StoredSecret secret, Issue issue) {
    return requests(t, secret, issue).anyMatch(Request::urgent);
  }

  /// The requests for a new value that were not answered yet.
  private static Stream<Request> requests(RotationTarget t, StoredSecret secret, Issue issue) {
    return Stream.of(
            unanswered(t.s().identity().requests().rotate(), issue.handled().identityRotate()),
            unanswered(secret.requests().rotate(), issue.handled().rotate()))
        .flatMap(Optional::stream);
  }

  public static boolean isNew(Optional<Request> request, Optional<String> actedUpon) {
    return unanswered(request, actedUpon).isPresent();
  }

  /// What is asked for, if that was not acted upon yet.
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
