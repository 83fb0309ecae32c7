package dev.credence.decide;

import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Handled;
import dev.credence.facts.Setback;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What comes next for one credential: what to do, what is true after it, and what stands in the
/// way of a new value. `changesAt`: when that changes by itself, beside the times that the
/// credential shows. `handled`: the requests that its value answers; empty where it answers none.
record Turn(
    List<Action> actions,
    Credential credential,
    List<Obstacle> obstacles,
    List<Instant> changesAt,
    Optional<Handled> handled) {

  Turn {
    actions = List.copyOf(actions);
    obstacles = List.copyOf(obstacles);
    changesAt = List.copyOf(changesAt);
  }

  /// `weight`: Broken where only a person can take it away.
  record Obstacle(Reason reason, String message, Weight weight) {

    static Obstacle broken(String message) {
      return new Obstacle(Reason.RotationBlocked, message, Weight.Broken);
    }

    /// That the API server said no a moment ago. A missing right, a quota, an admission policy or
    /// an immutable Secret is for a person to mend; it is tried again all the same.
    static Optional<Obstacle> refusal(Snapshot s, Subject subject) {
      return s.refusal(subject).map(Setback::message).map(Obstacle::broken);
    }
  }

  static Turn idle(Credential credential) {
    return new Turn(List.of(), credential, List.of(), List.of(), Optional.empty());
  }

  Turn doing(Action next) {
    return doing(List.of(next));
  }

  /// First what was to be done before, then this.
  Turn doing(List<Action> next) {
    var all = new ArrayList<>(actions);
    all.addAll(next);
    return new Turn(all, credential, obstacles, changesAt, handled);
  }

  /// This and nothing of what was to be done before.
  Turn doingOnly(Action action) {
    return new Turn(List.of(action), credential, obstacles, changesAt, handled);
  }

  Turn against(Optional<Obstacle> inTheWay) {
    var all = new ArrayList<>(obstacles);
    inTheWay.ifPresent(all::add);
    return new Turn(actions, credential, all, changesAt, handled);
  }

  Turn against(Obstacle inTheWay) {
    return against(Optional.of(inTheWay));
  }

  Turn changingAt(Instant time) {
    return changingAt(Optional.of(time));
  }

  Turn changingAt(Optional<Instant> time) {
    var all = new ArrayList<>(changesAt);
    time.ifPresent(all::add);
    return new Turn(actions, credential, obstacles, all, handled);
  }

  Turn answering(Handled requests) {
    return new Turn(actions, credential, obstacles, changesAt, Optional.of(requests));
  }

  /// The times at which there is something to do or to say about this credential.
  Stream<Instant> changes() {
    return Stream.concat(
        Stream.of(credential.nextRotation(), credential.previousRetires(), credential.ends())
            .flatMap(Optional::stream),
        changesAt.stream());
  }
}
