package dev.credence.decide.rotation;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.object.Setback;
import dev.credence.facts.object.Subject;
import dev.credence.plan.Action;
import dev.credence.plan.Reason;
import dev.credence.plan.Standing.Credential;
import dev.credence.plan.Verdict.Weight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What comes next for one credential: what to do, what is true after it, and what stands in the
/// way of a new value. `changesAt`: when that changes by itself, beside the times that the
/// credential shows. `handled`: the requests that its value answers; empty where it answers none.
public record Turn(
    List<Action> actions,
    Credential credential,
    List<Obstacle> obstacles,
    List<Instant> changesAt,
    Optional<Handled> handled) {

  public Turn {
    actions = List.copyOf(actions);
    obstacles = List.copyOf(obstacles);
    changesAt = List.copyOf(changesAt);
  }

  /// `weight`: Broken where only a person can take it away.
  public record Obstacle(Reason reason, String message, Weight weight) {

    public static Obstacle broken(String message) {
      return new Obstacle(Reason.RotationBlocked, message, Weight.Broken);
    }

    /// That the API server said no a moment ago. A missing right, a quota, an admission policy or
    /// an immutable Secret is for a person to mend; it is tried again all the same.
    public static Optional<Obstacle> refusal(Snapshot s, Subject subject) {
      return s.refusal(subject).map(Setback::message).map(Obstacle::broken);
    }
  }

  public static Turn idle(Credential credential) {
    return new Turn(List.of(), credential, List.of(), List.of(), Optional.empty());
  }

  public Turn doing(Action next) {
    return doing(List.of(next));
  }

  /// First what was to be done before, then this.
  public Turn doing(List<Action> next) {
    var all = new ArrayList<>(actions);
    all.addAll(next);
    return new Turn(all, credential, obstacles, changesAt, handled);
  }

  /// This and nothing of what was to be done before.
  public Turn doingOnly(Action action) {
    return new Turn(List.of(action), credential, obstacles, changesAt, handled);
  }

  public Turn against(Optional<Obstacle> inTheWay) {
    var all = new ArrayList<>(obstacles);
    inTheWay.ifPresent(all::add);
    return new Turn(actions, credential, all, changesAt, handled);
  }

  public Turn against(Obstacle inTheWay) {
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

  public Turn answering(Handled requests) {
    return new Turn(actions, credential, obstacles, changesAt, Optional.of(requests));
  }

  /// The times at which there is something to do or to say about this credential.
  public Stream<Instant> changes() {
    return Stream.concat(
        Stream.of(credential.nextRotation(), credential.previousRetires(), credential.ends())
            .flatMap(Optional::stream),
        changesAt.stream());
  }
}
