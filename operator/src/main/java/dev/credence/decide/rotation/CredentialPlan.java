// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.AccountElsewhere;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.AccountLock;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.EffectiveRotation;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.Credential.TokenUse;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The plan of one credential: the actions, its status after them, and what prevents a new version.
/// `changesAt`: when that changes without an event, in addition to the times that the credential
/// shows. `handled`: the requests that its version answers; empty where it answers none. `lock`:
/// that of its account, while a suspension has a hook for it.
public record CredentialPlan(
    List<Action> actions,
    Credential credential,
    List<Blocker> blockers,
    List<Instant> changesAt,
    Optional<Handled> handled,
    Optional<AccountLock> lock) {

  public CredentialPlan {
    actions = List.copyOf(actions);
    blockers = List.copyOf(blockers);
    changesAt = List.copyOf(changesAt);
  }

  /// The plan of this credential, with nothing else known about it yet.
  public static Builder of(String name, Kind kind) {
    return new Builder(name, kind);
  }

  /// The times at which there is something to do or to report about this credential.
  public Stream<Instant> changes() {
    return Stream.concat(
        Stream.of(credential.nextRotation(), credential.previousRetires(), credential.ends())
            .flatMap(Optional::stream),
        changesAt.stream());
  }

  /// `impact`: Broken where manual action is required.
  public record Blocker(Reason reason, String message, Impact impact) {
    public Blocker {
      message = Sentences.sentence(message);
    }

    public static Blocker broken(String message) {
      return new Blocker(Reason.RotationBlocked, message, Impact.Broken);
    }

    /// The API server rejected a write a moment ago. A missing right, a quota, an admission policy
    /// or an immutable Secret requires manual action; the write is retried all the same.
    public static Optional<Blocker> refusal(Snapshot s, ObjectRef subject) {
      return s.refusal(subject).map(FailedWrite::message).map(Blocker::broken);
    }
  }

  /// The part of the plan that hooks, staging or overlap add.
  record Progress(
      Phase phase,
      Optional<String> message,
      List<Action> actions,
      Optional<Blocker> blocker,
      Optional<Instant> changesAt) {

    static Progress of(Phase phase) {
      return new Progress(phase, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    static Progress of(Phase phase, String message) {
      return of(phase).withMessage(Optional.of(message));
    }

    static Progress blocked(Blocker blocker) {
      return of(Phase.Blocked, blocker.message()).against(Optional.of(blocker));
    }

    boolean isBlocked() {
      return phase == Phase.Blocked;
    }

    Progress in(Phase other) {
      return new Progress(other, message, actions, blocker, changesAt);
    }

    Progress withMessage(Optional<String> sentence) {
      return new Progress(phase, sentence, actions, blocker, changesAt);
    }

    Progress doing(List<? extends Action> next) {
      var all = Stream.concat(actions.stream(), next.stream()).toList();
      return new Progress(phase, message, all, blocker, changesAt);
    }

    /// Without the other actions.
    Progress keeping(Predicate<Action> which) {
      return new Progress(
          phase, message, actions.stream().filter(which).toList(), blocker, changesAt);
    }

    Progress against(Optional<Blocker> inTheWay) {
      return new Progress(phase, message, actions, inTheWay, changesAt);
    }

    Progress changingAt(Optional<Instant> time) {
      return new Progress(phase, message, actions, blocker, time);
    }
  }

  /// Collects a plan. What is not set is empty, and the phase is Pending.
  public static final class Builder {
    private final String name;
    private final Kind kind;
    private Phase phase = Phase.Pending;
    private Optional<String> message = Optional.empty();
    private Optional<Long> version = Optional.empty();
    private Optional<Instant> issuedAt = Optional.empty();
    private Optional<Instant> nextRotation = Optional.empty();
    private Optional<Instant> previousRetires = Optional.empty();
    private Optional<Instant> ends = Optional.empty();
    private Optional<AccountElsewhere> account = Optional.empty();
    private Optional<Users> consumers = Optional.empty();
    private Optional<Integer> failedAttempts = Optional.empty();
    private Optional<Integer> renewing = Optional.empty();
    private Optional<EffectiveRotation> rotation = Optional.empty();
    private Optional<Handled> handled = Optional.empty();
    private Optional<AccountLock> lock = Optional.empty();
    private final List<Action> actions = new ArrayList<>();
    private final List<Blocker> blockers = new ArrayList<>();
    private final List<Instant> changesAt = new ArrayList<>();

    private Builder(String name, Kind kind) {
      this.name = name;
      this.kind = kind;
    }

    public Builder phase(Phase found) {
      phase = found;
      return this;
    }

    public Builder message(String sentence) {
      return message(Optional.of(sentence));
    }

    public Builder message(Optional<String> sentence) {
      message = sentence.map(Sentences::sentence);
      return this;
    }

    /// The same, and that of a part which is shown where nothing else is under way.
    Builder until(Progress progress) {
      if (phase == Phase.Fresh && progress.phase() != Phase.Fresh) {
        phase(progress.phase()).message(progress.message().or(() -> message));
      }
      return with(progress);
    }

    Builder rotation(Optional<EffectiveRotation> found) {
      rotation = found;
      return this;
    }

    public Builder version(Optional<Long> number) {
      version = number;
      return this;
    }

    public Builder issuedAt(Optional<Instant> time) {
      issuedAt = time;
      return this;
    }

    public Builder nextRotation(Optional<Instant> time) {
      nextRotation = time;
      return this;
    }

    public Builder previousRetires(Optional<Instant> time) {
      previousRetires = time;
      return this;
    }

    public Builder ends(Optional<Instant> time) {
      ends = time;
      return this;
    }

    public Builder account(Optional<AccountElsewhere> elsewhere) {
      account = elsewhere;
      return this;
    }

    public Builder consumers(Optional<Users> counted) {
      consumers = counted;
      return this;
    }

    public Builder failedAttempts(Optional<Integer> inARow) {
      failedAttempts = inARow;
      return this;
    }

    public Builder renewing(Optional<Integer> revision) {
      renewing = revision;
      return this;
    }

    /// The requests that are answered by this version, which its status shows.
    public Builder answering(Handled requests) {
      handled = Optional.of(requests);
      return this;
    }

    Builder lock(AccountLock found) {
      lock = Optional.of(found);
      return this;
    }

    public Builder doing(Action next) {
      return doing(List.of(next));
    }

    /// First the actions from before, then these.
    public Builder doing(List<? extends Action> next) {
      actions.addAll(next);
      return this;
    }

    /// This action and none of those from before.
    public Builder doingOnly(Action action) {
      actions.clear();
      return doing(action);
    }

    public Builder against(Blocker inTheWay) {
      blockers.add(inTheWay);
      return this;
    }

    public Builder against(List<Blocker> inTheWay) {
      blockers.addAll(inTheWay);
      return this;
    }

    public Builder against(Optional<Blocker> inTheWay) {
      return against(inTheWay.stream().toList());
    }

    Builder changingAt(Instant time) {
      return changingAt(Optional.of(time));
    }

    Builder changingAt(Optional<Instant> time) {
      time.ifPresent(changesAt::add);
      return this;
    }

    /// The actions and waits of a part of the rotation; phase and message stay.
    Builder with(Progress progress) {
      return doing(progress.actions()).against(progress.blocker()).changingAt(progress.changesAt());
    }

    /// Whether one of the actions writes this object.
    boolean writes(ObjectRef subject) {
      return actions.stream().anyMatch(action -> action.subject().equals(subject));
    }

    public CredentialPlan build() {
      var credential =
          new Credential(
              name,
              kind,
              phase,
              version,
              issuedAt,
              nextRotation,
              previousRetires,
              ends,
              account,
              consumers,
              handled.map(Handled::inStatus).orElse(Handled.NONE),
              failedAttempts,
              renewing,
              rotation,
              Optional.empty(),
              TokenUse.NONE,
              message);
      return new CredentialPlan(actions, credential, blockers, changesAt, handled, lock);
    }
  }
}
