package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.Credential.Kind;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Policy;
import dev.credence.facts.Recipe;
import dev.credence.facts.Request;
import dev.credence.facts.Setback;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import dev.credence.facts.Templates;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
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

  private final Snapshot s;
  private final SecretWanted wanted;
  private final Recipe recipe;
  private final Subject subject;
  private final Rhythm rhythm;
  private final Life life;
  private final OwnerFound owner;
  private final Instant now;

  Rotation(Snapshot s, SecretWanted wanted, Optional<Policy> policy, Life life, OwnerFound owner) {
    this.s = s;
    this.wanted = wanted;
    this.recipe = wanted.recipe().orElseThrow();
    this.subject = Subject.secret(wanted.name());
    this.rhythm = Rhythm.of(wanted.rotation(), policy, s.identity().uid() + "/" + wanted.name());
    this.life = life;
    this.owner = owner;
    this.now = s.now().truncatedTo(ChronoUnit.SECONDS);
  }

  Turn turn(Seat seat) {
    return switch (seat) {
      case Seat.ToMake toMake -> issue();
      case Seat.Made(StoredSecret secret) ->
          secret.issue().map(issue -> keep(secret, issue)).orElseGet(() -> unreadable());
      case Seat.Going going -> Turn.idle(pending("the Secret is being deleted"));
      // Not ours: MembersLinked says whose it is.
      case Seat.NotOwned notOwned -> Turn.idle(pending("the name is taken by an object of others"));
      case Seat.ClaimedBy(var subject, var identity) ->
          Turn.idle(pending("belongs to MachineIdentity " + identity));
      case Seat.Made made -> throw new IllegalStateException(subject + " is no Secret");
      case Seat.Linked linked -> throw new IllegalStateException(subject + " is not to be made");
      case Seat.Leftover left -> throw new IllegalStateException(subject + " is to be made");
      case Seat.Missing missing -> throw new IllegalStateException(subject + " is to be made");
      case Seat.NoCertManager none ->
          throw new IllegalStateException(subject + " is no Certificate");
      case Seat.Left left -> throw new IllegalStateException(subject + " is wanted");
    };
  }

  private Turn issue() {
    if (life.isOver()) {
      return Turn.idle(credential(Phase.Expired, "not issued: the identity has ended"));
    }
    var obstacle = obstacle();
    if (obstacle.isPresent()) {
      return obstacle.get().turn(credential(Phase.Blocked, obstacle.get().message()));
    }
    if (s.setback(subject).isPresent()) {
      return Turn.idle(pending("being created"));
    }
    var version = s.identity().knownVersions().getOrDefault(wanted.name(), 0L) + 1;
    var receipt =
        new Receipt(
            version,
            now,
            Optional.empty(),
            recipe.digest(),
            asked(s.identity().rotate()),
            Optional.empty());
    var credential = issued(Phase.Fresh, version, now, Optional.empty(), rhythm.bounded());
    return Turn.of(
        new Action.Issue(subject, wanted.type(), recipe, Marking.wanted(s, owner), receipt),
        credential);
  }

  private Turn keep(StoredSecret secret, Issue issue) {
    var why = why(secret, issue);
    if (why.isPresent() && life.isOver()) {
      return retireOr(
          secret, issue, Phase.Expired, Optional.of("not rotated: the identity has ended"));
    }
    if (why.isPresent()) {
      var obstacle = obstacle();
      if (obstacle.isPresent()) {
        return obstacle
            .get()
            .turn(standing(Phase.Blocked, issue, Optional.of(obstacle.get().message())));
      }
      var notBefore = issue.issuedAt().plus(SHORTEST_LIFE);
      if (now.isBefore(notBefore)) {
        return Turn.idle(
                standing(
                    Phase.Due,
                    issue,
                    Optional.of("rotated at most every 10s: next at " + notBefore)))
            .wakingAt(notBefore);
      }
      if (s.setback(subject).isPresent()) {
        return Turn.idle(standing(Phase.Due, issue, Optional.empty()));
      }
      return rotate(secret, issue, why.get());
    }
    var problem = rhythm.problem();
    if (problem.isPresent()) {
      return Obstacle.mendable(problem.get()).turn(standing(Phase.Blocked, issue, problem));
    }
    return retireOr(secret, issue, Phase.Fresh, note(secret));
  }

  private Optional<Why> why(StoredSecret secret, Issue issue) {
    if (issue.recipe().filter(made -> !made.equals(recipe.digest())).isPresent()) {
      return Optional.of(new Why.OnChange());
    }
    if (isNew(s.identity().rotate(), issue.forIdentityRequest())
        || isNew(secret.rotate(), issue.forSecretRequest())) {
      return Optional.of(new Why.OnRequest());
    }
    return rhythm.due(issue.issuedAt()).filter(due -> !due.isAfter(now)).map(Why.OnSchedule::new);
  }

  private static boolean isNew(Optional<Request> request, Optional<String> actedUpon) {
    return asked(request).filter(value -> !actedUpon.equals(Optional.of(value))).isPresent();
  }

  private static Optional<String> asked(Optional<Request> request) {
    return request.flatMap(
        made ->
            switch (made) {
              case Request.Asked(var value) -> Optional.of(value);
              case Request.Unusable unusable -> Optional.empty();
            });
  }

  private Turn rotate(StoredSecret secret, Issue issue, Why why) {
    var overlap = rhythm.overlap(now);
    var retires = overlap.isZero() ? Optional.<Instant>empty() : Optional.of(now.plus(overlap));
    var receipt =
        new Receipt(
            issue.version() + 1,
            now,
            retires,
            recipe.digest(),
            asked(s.identity().rotate()).or(issue::forIdentityRequest),
            asked(secret.rotate()).or(issue::forSecretRequest));
    return Turn.of(
        new Action.Rotate(subject, secret.thing().guard(), recipe, receipt, why),
        issued(
            retires.isPresent() ? Phase.Overlapping : Phase.Fresh,
            issue.version() + 1,
            now,
            retires,
            note(secret)));
  }

  private Turn retireOr(StoredSecret secret, Issue issue, Phase phase, Optional<String> message) {
    var retires = issue.previousRetiresAt();
    if (retires.isEmpty()) {
      return Turn.idle(standing(phase, issue, message));
    }
    if (retires.get().isAfter(now) || s.setback(subject).isPresent()) {
      return blockedOr(standing(phase == Phase.Fresh ? Phase.Overlapping : phase, issue, message));
    }
    var retired =
        new Issue(
            issue.version(),
            issue.issuedAt(),
            Optional.empty(),
            issue.recipe(),
            issue.forIdentityRequest(),
            issue.forSecretRequest());
    return Turn.of(
        new Action.Retire(subject, secret.thing().guard()), standing(phase, retired, message));
  }

  private Turn blockedOr(Credential credential) {
    return obstacleOfServer()
        .map(obstacle -> obstacle.turn(credential))
        .orElseGet(() -> Turn.idle(credential));
  }

  /// Our annotations were damaged: what we do not understand we do not overwrite.
  private Turn unreadable() {
    return Obstacle.mendable(
            subject
                + ": its annotations credence.dev/version and credence.dev/issued-at cannot be read; restore them, or delete the Secret to have a new one issued")
        .turn(credential(Phase.Blocked, "annotations of the Secret cannot be read"));
  }

  private Optional<Obstacle> obstacle() {
    return Templates.problem(recipe.keys())
        .map(problem -> Obstacle.mendable(wanted.name() + ": " + problem))
        .or(
            () ->
                rhythm.problem().map(problem -> Obstacle.mendable(wanted.name() + ": " + problem)))
        .or(this::obstacleOfServer);
  }

  private Optional<Obstacle> obstacleOfServer() {
    return s.setback(subject)
        .filter(setback -> setback.cause() == Cause.Refused)
        .map(Setback::message)
        .map(Obstacle::passing);
  }

  private Optional<String> note(StoredSecret secret) {
    return Stream.of(s.identity().rotate(), secret.rotate())
        .flatMap(Optional::stream)
        .filter(Request.Unusable.class::isInstance)
        .map(unusable -> ((Request.Unusable) unusable).why())
        .findFirst()
        .or(rhythm::bounded);
  }

  private Credential pending(String message) {
    return credential(Phase.Pending, message);
  }

  private Credential credential(Phase phase, String message) {
    return new Credential(
        wanted.name(),
        Kind.Generated,
        phase,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        wanted.account(),
        Optional.of(message));
  }

  private Credential standing(Phase phase, Issue issue, Optional<String> message) {
    return issued(phase, issue.version(), issue.issuedAt(), issue.previousRetiresAt(), message);
  }

  private Credential issued(
      Phase phase,
      long version,
      Instant issuedAt,
      Optional<Instant> retires,
      Optional<String> message) {
    return new Credential(
        wanted.name(),
        Kind.Generated,
        phase,
        Optional.of(version),
        Optional.of(issuedAt),
        life.isOver() ? Optional.empty() : rhythm.due(issuedAt),
        retires,
        Optional.empty(),
        wanted.account(),
        message);
  }

  /// What stands in the way of a new value. `mendable`: only a person can take it away.
  record Obstacle(String message, boolean mendable) {
    static Obstacle mendable(String message) {
      return new Obstacle(message, true);
    }

    static Obstacle passing(String message) {
      return new Obstacle(message, false);
    }

    Turn turn(Credential credential) {
      return new Turn(Optional.empty(), credential, Optional.of(this), Optional.empty());
    }
  }

  /// What comes next for one credential: an action or none, and what is true after it.
  record Turn(
      Optional<Action> action,
      Credential credential,
      Optional<Obstacle> obstacle,
      Optional<Instant> wakeAt) {

    static Turn of(Action action, Credential credential) {
      return new Turn(Optional.of(action), credential, Optional.empty(), Optional.empty());
    }

    static Turn idle(Credential credential) {
      return new Turn(Optional.empty(), credential, Optional.empty(), Optional.empty());
    }

    Turn wakingAt(Instant time) {
      return new Turn(action, credential, obstacle, Optional.of(time));
    }

    /// The times at which there is something to do for this credential.
    Stream<Instant> changes() {
      return Stream.of(credential.nextRotation(), credential.previousRetires(), wakeAt)
          .flatMap(Optional::stream)
          .sorted(Comparator.naturalOrder());
    }
  }
}
