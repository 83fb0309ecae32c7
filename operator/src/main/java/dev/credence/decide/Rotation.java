package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Policy;
import dev.credence.facts.Recipe;
import dev.credence.facts.Request;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import dev.credence.facts.Templates;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;

/// What is due for one generated Secret? Issue it, put a new value in place, take the previous one
/// away, or wait.
///
/// Everything it needs is on the Secret (version, time of issue, requests acted upon), so it
/// carries on when every status is lost, and a value that is long overdue is replaced once, not
/// once for each time that was missed.
final class Rotation {
  /// Requests by annotation are answered at most this often; it is also the shortest `every`.
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

  /// More than the clocks of two machines that the operator runs on differ by.
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final Snapshot s;
  private final SecretWanted wanted;
  private final Recipe recipe;
  private final Subject subject;
  private final Life life;
  private final OwnerFound owner;
  private final Rhythm rhythm;
  private final Generated generated;

  Rotation(Snapshot s, SecretWanted wanted, Optional<Policy> policy, Life life, OwnerFound owner) {
    this.s = s;
    this.wanted = wanted;
    this.recipe = wanted.recipe().orElseThrow();
    this.subject = Subject.secret(wanted.name());
    this.life = life;
    this.owner = owner;
    this.rhythm = Rhythm.of(wanted.rotation(), policy, s.identity().uid() + "/" + wanted.name());
    this.generated =
        new Generated(
            wanted,
            Optional.ofNullable(s.identity().knownVersions().get(wanted.name())),
            life.isOver() ? Optional.empty() : Optional.of(rhythm));
  }

  Turn turn(Seat seat) {
    return switch (seat) {
      case Seat.ToMake _ -> first();
      case Seat.Made(StoredSecret secret) ->
          secret.issue().map(issue -> made(secret, issue)).orElseGet(this::damaged);
      // What to do about these, MembersLinked says.
      case Seat.Going _ -> waiting("the Secret is being deleted");
      case Seat.NotOwned _ -> waiting("the name is taken by an object of others");
      case Seat.ClaimedBy(_, var identity) -> waiting("belongs to MachineIdentity " + identity);
      case Seat.Made _,
          Seat.Linked _,
          Seat.Leftover _,
          Seat.Missing _,
          Seat.NoCertManager _,
          Seat.Left _ ->
          throw new IllegalStateException("a Secret that is to be made is never " + seat);
    };
  }

  private Turn waiting(String message) {
    return Turn.idle(generated.without(Phase.Pending, message));
  }

  private Turn first() {
    if (life.isOver()) {
      return Turn.idle(generated.without(Phase.Expired, "not issued: the identity has ended"));
    }
    var obstacle = obstacle();
    if (obstacle.isPresent()) {
      return Turn.idle(generated.without(Phase.Blocked, obstacle.get().message()))
          .against(obstacle);
    }
    return s.setback(subject).isPresent() ? waiting("being created") : issued();
  }

  private Turn issued() {
    var receipt =
        new Receipt(
            generated.lastVersion().orElse(0L) + 1,
            thisSecond(),
            Optional.empty(),
            recipe.digest(),
            s.identity().rotate().flatMap(Request::asked),
            Optional.empty());
    var marks = Marking.wanted(s, owner);
    return Turn.idle(generated.after(receipt, note(Optional.empty())))
        .doing(Optional.of(new Action.Issue(subject, wanted.type(), recipe, marks, receipt)))
        .answering(receipt.forIdentityRequest());
  }

  private Turn made(StoredSecret secret, Issue issue) {
    if (issue.issuedAt().minus(CLOCKS_DIFFER).isAfter(s.now())) {
      return issuedInTheFuture(issue.issuedAt());
    }
    if (life.isOver()) {
      return kept(secret, issue, Phase.Expired, "not rotated: the identity has ended");
    }
    return Occasion.of(s, secret, issue, recipe, rhythm)
        .map(why -> due(secret, issue, why))
        .orElseGet(() -> current(secret, issue));
  }

  private Turn due(StoredSecret secret, Issue issue, Why why) {
    var obstacle = obstacle();
    if (obstacle.isPresent()) {
      return kept(secret, issue, Phase.Blocked, obstacle.get().message()).against(obstacle);
    }
    var notBefore = issue.issuedAt().plus(SHORTEST_LIFE);
    if (s.now().isBefore(notBefore)) {
      return kept(secret, issue, Phase.Due, "rotated at most every 10s: next at " + notBefore)
          .changingAt(notBefore);
    }
    return s.setback(subject).isPresent()
        ? kept(secret, issue, Phase.Due, "about to be replaced")
        : replaced(secret, issue, why);
  }

  private Turn replaced(StoredSecret secret, Issue issue, Why why) {
    var now = thisSecond();
    var overlap = rhythm.overlap(now);
    var receipt =
        new Receipt(
            issue.version() + 1,
            now,
            overlap.isZero() ? Optional.empty() : Optional.of(now.plus(overlap)),
            recipe.digest(),
            s.identity().rotate().flatMap(Request::asked).or(issue::forIdentityRequest),
            secret.rotate().flatMap(Request::asked).or(issue::forSecretRequest));
    var guard = secret.thing().guard();
    return Turn.idle(generated.after(receipt, note(secret.rotate())))
        .doing(Optional.of(new Action.Rotate(subject, guard, recipe, receipt, why)))
        .answering(receipt.forIdentityRequest());
  }

  private Turn current(StoredSecret secret, Issue issue) {
    var unreadable = unreadableTiming();
    return unreadable.isPresent()
        ? kept(secret, issue, Phase.Blocked, unreadable.get().message()).against(unreadable)
        : kept(secret, issue, Phase.Fresh, note(secret.rotate()));
  }

  private Turn kept(StoredSecret secret, Issue issue, Phase phase, String message) {
    return kept(secret, issue, phase, Optional.of(message));
  }

  /// The value stays; the one before it goes when its time is over, whatever stands in the way of a
  /// new one.
  private Turn kept(StoredSecret secret, Issue issue, Phase phase, Optional<String> message) {
    var retirement = retirement(s, secret);
    var previousRetires = issue.previousRetiresAt().filter(_ -> retirement.isEmpty());
    return Turn.idle(generated.with(issue, phase, previousRetires, message))
        .doing(retirement)
        .against(Obstacle.refusal(s, subject))
        .answering(issue.forIdentityRequest());
  }

  /// The end of a previous value whose time is over.
  static Optional<Action> retirement(Snapshot s, StoredSecret secret) {
    return secret
        .issue()
        .flatMap(Issue::previousRetiresAt)
        .filter(time -> !time.isAfter(s.now()) && s.setback(secret.subject()).isEmpty())
        .map(_ -> new Action.Retire(secret.subject(), secret.thing().guard()));
  }

  /// What we do not understand we do not overwrite.
  private Turn damaged() {
    return damaged(
        "its annotations credence.dev/version, issued-at and previous-retires-at cannot be read");
  }

  private Turn issuedInTheFuture(Instant issuedAt) {
    return damaged("its annotation credence.dev/issued-at says " + issuedAt + ", which is to come")
        .changingAt(issuedAt.minus(CLOCKS_DIFFER));
  }

  private Turn damaged(String how) {
    var message =
        subject + ": " + how + "; restore what was there, or delete the Secret to have a new one";
    return Turn.idle(generated.without(Phase.Blocked, message))
        .against(Optional.of(new Obstacle(message, Weight.Broken)));
  }

  private Optional<Obstacle> obstacle() {
    return Templates.problem(recipe.keys())
        .map(this::forItsAuthor)
        .or(this::unreadableTiming)
        .or(() -> Obstacle.refusal(s, subject));
  }

  private Optional<Obstacle> unreadableTiming() {
    return rhythm.problem().map(this::forItsAuthor);
  }

  private Obstacle forItsAuthor(String problem) {
    return new Obstacle(wanted.name() + ": " + problem, Weight.Broken);
  }

  /// What is said about a value though nothing is wrong with it.
  private Optional<String> note(Optional<Request> onSecret) {
    return Stream.of(s.identity().rotate(), onSecret)
        .flatMap(request -> request.flatMap(Request::complaint).stream())
        .findFirst()
        .or(rhythm::bounded)
        .or(
            () ->
                rhythm
                    .problemOfPolicy()
                    .map(problem -> "not rotated by the policy, which cannot be read: " + problem));
  }

  private Instant thisSecond() {
    return s.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
