package dev.credence.decide;

import dev.credence.decide.Action.Why;
import dev.credence.facts.Member.EndDate;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Request;
import dev.credence.facts.TokenRecipe;
import java.time.Instant;
import java.util.Optional;

/// Is a new value due, and why? What was asked for is told from what was acted upon by the Secret
/// itself, which says both.
final class Occasion {

  static Optional<Why> of(Target t, StoredSecret secret, Issue issue) {
    var dead =
        t.material() instanceof TokenRecipe token
            ? Tokens.dead(t, token, issue)
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
        .due(issue, end(secret))
        .filter(due -> !due.isAfter(t.now()))
        .map(Why.OnSchedule::new);
  }

  /// Another recipe than the one it was made by, and than the one that somebody stopped.
  private static boolean isChanged(Target t, Issue issue) {
    var wanted = t.material().digest();
    return issue.recipe().filter(made -> !made.equals(wanted)).isPresent()
        && issue.aborted().filter(aborted -> aborted.recipe().equals(wanted)).isEmpty();
  }

  /// Why it was revoked, if that was not answered yet.
  static Optional<String> revocation(Target t, StoredSecret secret, Issue issue) {
    var onIdentity = t.s().identity().requests().revoke();
    if (isNew(onIdentity, issue.handled().identityRevoke())) {
      return onIdentity.flatMap(Request::asked);
    }
    return isNew(secret.requests().revoke(), issue.handled().revoke())
        ? secret.requests().revoke().flatMap(Request::asked)
        : Optional.empty();
  }

  static boolean isRequested(Target t, StoredSecret secret, Issue issue) {
    return isNew(t.s().identity().requests().rotate(), issue.handled().identityRotate())
        || isNew(secret.requests().rotate(), issue.handled().rotate());
  }

  /// Whether one of the requests for a new value asks for it at once.
  static boolean isUrgent(Target t, StoredSecret secret, Issue issue) {
    return isNew(t.s().identity().requests().rotate(), issue.handled().identityRotate())
            && t.s().identity().requests().rotate().filter(Request::urgent).isPresent()
        || isNew(secret.requests().rotate(), issue.handled().rotate())
            && secret.requests().rotate().filter(Request::urgent).isPresent();
  }

  static boolean isNew(Optional<Request> request, Optional<String> actedUpon) {
    var asked = request.flatMap(Request::asked);
    return asked.isPresent() && !asked.equals(actedUpon);
  }

  /// When the value ends by itself.
  static Optional<Instant> end(StoredSecret secret) {
    return secret.endDate().flatMap(Occasion::time);
  }

  private static Optional<Instant> time(EndDate date) {
    return switch (date) {
      case EndDate.At(var time) -> Optional.of(time);
      case EndDate.Unreadable _ -> Optional.empty();
    };
  }

  private Occasion() {}
}
