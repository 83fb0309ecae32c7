// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What comes next for one credential: what to do, what is true after it, and what stands in the
/// way of a new value. `changesAt`: when that changes by itself, beside the times that the
/// credential shows. `handled`: the requests that its value answers; empty where it answers none.
public record CredentialPlan(
    List<Action> actions,
    Credential credential,
    List<Blocker> obstacles,
    List<Instant> changesAt,
    Optional<Handled> handled) {

  public CredentialPlan {
    actions = List.copyOf(actions);
    obstacles = List.copyOf(obstacles);
    changesAt = List.copyOf(changesAt);
  }

  /// `weight`: Broken where only a person can take it away.
  public record Blocker(Reason reason, String message, Impact weight) {

    public static Blocker broken(String message) {
      return new Blocker(Reason.RotationBlocked, message, Impact.Broken);
    }

    /// That the API server said no a moment ago. A missing right, a quota, an admission policy or
    /// an immutable Secret is for a person to mend; it is tried again all the same.
    public static Optional<Blocker> refusal(Snapshot s, ObjectRef subject) {
      return s.refusal(subject).map(FailedWrite::message).map(Blocker::broken);
    }
  }

  public static CredentialPlan idle(Credential credential) {
    return new CredentialPlan(List.of(), credential, List.of(), List.of(), Optional.empty());
  }

  public CredentialPlan doing(Action next) {
    return doing(List.of(next));
  }

  /// First what was to be done before, then this.
  public CredentialPlan doing(List<Action> next) {
    var all = new ArrayList<>(actions);
    all.addAll(next);
    return new CredentialPlan(all, credential, obstacles, changesAt, handled);
  }

  /// This and nothing of what was to be done before.
  public CredentialPlan doingOnly(Action action) {
    return new CredentialPlan(List.of(action), credential, obstacles, changesAt, handled);
  }

  public CredentialPlan against(Optional<Blocker> inTheWay) {
    var all = new ArrayList<>(obstacles);
    inTheWay.ifPresent(all::add);
    return new CredentialPlan(actions, credential, all, changesAt, handled);
  }

  public CredentialPlan against(Blocker inTheWay) {
    return against(Optional.of(inTheWay));
  }

  CredentialPlan changingAt(Instant time) {
    return changingAt(Optional.of(time));
  }

  CredentialPlan changingAt(Optional<Instant> time) {
    var all = new ArrayList<>(changesAt);
    time.ifPresent(all::add);
    return new CredentialPlan(actions, credential, obstacles, all, handled);
  }

  public CredentialPlan answering(Handled requests) {
    return new CredentialPlan(actions, credential, obstacles, changesAt, Optional.of(requests));
  }

  /// The times at which there is something to do or to say about this credential.
  public Stream<Instant> changes() {
    return Stream.concat(
        Stream.of(credential.nextRotation(), credential.previousRetires(), credential.ends())
            .flatMap(Optional::stream),
        changesAt.stream());
  }
}
