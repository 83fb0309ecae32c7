package dev.credence.decide;

import dev.credence.decide.Action.Why;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Recipe;
import dev.credence.facts.Request;
import dev.credence.facts.Snapshot;
import java.util.Optional;

/// Is a new value due, and why? What was asked for is told from what was acted upon by the Secret
/// itself, which says both.
final class Occasion {

  static Optional<Why> of(
      Snapshot s, StoredSecret secret, Issue issue, Recipe recipe, Rhythm rhythm) {
    if (issue.recipe().filter(made -> !made.equals(recipe.digest())).isPresent()) {
      return Optional.of(new Why.OnChange());
    }
    if (isNew(s.identity().rotate(), issue.forIdentityRequest())
        || isNew(secret.rotate(), issue.forSecretRequest())) {
      return Optional.of(new Why.OnRequest());
    }
    return rhythm
        .due(issue.issuedAt())
        .filter(due -> !due.isAfter(s.now()))
        .map(Why.OnSchedule::new);
  }

  private static boolean isNew(Optional<Request> request, Optional<String> actedUpon) {
    var asked = request.flatMap(Request::asked);
    return asked.isPresent() && !asked.equals(actedUpon);
  }

  private Occasion() {}
}
