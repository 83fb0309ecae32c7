package dev.credence.decide;

import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Setback;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// What comes next for one credential: an action or none, what is true after it, and what stands
/// in the way of a new value. `changesAt`: when that changes by itself, beside the times that the
/// credential shows. `answered`: the last request on the identity that its value answers.
record Turn(
    Optional<Action> action,
    Credential credential,
    Optional<Obstacle> obstacle,
    Optional<Instant> changesAt,
    Optional<String> answered) {

  /// `weight`: Broken where only a person can take it away, else Waiting.
  record Obstacle(String message, Weight weight) {

    /// That the API server said no a moment ago. A missing right, a quota, an admission policy or
    /// an immutable Secret is for a person to mend; it is tried again all the same.
    static Optional<Obstacle> refusal(Snapshot s, Subject subject) {
      return s.setback(subject)
          .filter(setback -> setback.cause() == Cause.Refused)
          .map(Setback::message)
          .map(message -> new Obstacle(message, Weight.Broken));
    }
  }

  static Turn idle(Credential credential) {
    return new Turn(
        Optional.empty(), credential, Optional.empty(), Optional.empty(), Optional.empty());
  }

  Turn doing(Optional<Action> next) {
    return new Turn(next, credential, obstacle, changesAt, answered);
  }

  Turn against(Optional<Obstacle> inTheWay) {
    return new Turn(action, credential, inTheWay, changesAt, answered);
  }

  Turn changingAt(Instant time) {
    return new Turn(action, credential, obstacle, Optional.of(time), answered);
  }

  Turn answering(Optional<String> request) {
    return new Turn(action, credential, obstacle, changesAt, request);
  }

  /// The times at which there is something to do or to say about this credential.
  Stream<Instant> changes() {
    return Stream.of(
            credential.nextRotation(), credential.previousRetires(), credential.ends(), changesAt)
        .flatMap(Optional::stream);
  }
}
