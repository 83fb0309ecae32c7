package dev.credence.decide;

import dev.credence.decide.Rotation.Turn;
import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.decide.Standing.PolicyApplied;
import dev.credence.decide.Standing.State;
import dev.credence.facts.Identity.AccountWanted;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member;
import dev.credence.facts.Member.Certificate;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Policy;
import dev.credence.facts.Request;
import dev.credence.facts.Setback;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What should happen to one identity now? This is the operator: what is left of it turns objects
/// into a [Snapshot], what is right of it carries the [Decision] out.
///
/// Each question has its file: [PolicyChoice] which policy decides, [Ownership] who answers, [Life]
/// when it ends, [Membership] what belongs to it, [Marking] what members carry, [Rotation] what is
/// due for a generated Secret (with [Rhythm]: when), [Watching] how the credentials of others
/// stand, [Freshness] and [Readiness] the sum.
public final class Decide {

  public static Decision next(Snapshot s) {
    // What is being deleted takes what we made with it; our marks are taken off when it is gone.
    return s.identity().leaving()
        ? new Decision(List.of(), Optional.empty(), Optional.empty())
        : new Decide(s).decision();
  }

  private final Snapshot s;
  private final Optional<Policy> policy;
  private final OwnerFound owner;
  private final Life life;
  private final List<Seat> seats;
  private final Map<Subject, Seat> bySubject;

  private Decide(Snapshot s) {
    this.s = s;
    this.policy = PolicyChoice.of(s);
    this.owner = Ownership.of(s);
    this.life = Life.of(s, policy);
    this.seats = Membership.of(s);
    this.bySubject = seats.stream().collect(Collectors.toMap(Seat::subject, Function.identity()));
  }

  private Decision decision() {
    var turns = turns();
    var watched = watched();
    var markings = markings();
    var actions = actions(turns, markings);
    var standing = standing(turns, watched, markings);
    var lookAgainAt =
        Stream.concat(standing.nextAction().stream(), s.setbacks().stream().map(Setback::retryAt))
            .filter(s.now()::isBefore)
            .min(Comparator.naturalOrder());
    return new Decision(actions, Optional.of(standing), lookAgainAt);
  }

  /// First what is to be made, in the order of the spec, then the marks; what leaves comes last.
  private List<Action> actions(List<Turn> turns, List<Marking> markings) {
    var actions = new ArrayList<Action>();
    s.identity().accounts().stream().flatMap(this::account).forEach(actions::add);
    turns.stream().flatMap(turn -> turn.action().stream()).forEach(actions::add);
    // One write for each object and look: its resourceVersion is old after the first.
    var written =
        actions.stream().map(Action::subject).collect(Collectors.toCollection(HashSet::new));
    markings.stream()
        .flatMap(marking -> marking.action().stream())
        .filter(action -> !written.contains(action.subject()))
        .forEach(actions::add);
    seats.stream()
        .filter(Seat.Left.class::isInstance)
        .map(seat -> ((Seat.Left) seat).member().thing())
        .map(thing -> (Action) new Action.Unmark(thing.subject(), thing.guard()))
        .forEach(actions::add);
    actions.removeIf(action -> s.setback(action.subject()).isPresent());
    return actions;
  }

  private Stream<Action> account(AccountWanted wanted) {
    var subject = Subject.account(wanted.name());
    return switch (seat(subject)) {
      case Seat.ToMake toMake when !life.isOver() ->
          Stream.of(
              new Action.Provision(
                  subject, wanted.provision().orElseThrow(), Marking.wanted(s, owner)));
      case Seat.Made(Member.Account(var thing, var automount))
          when automount != wanted.provision().orElseThrow() ->
          Stream.of(new Action.Adjust(subject, thing.guard(), wanted.provision().orElseThrow()));
      default -> Stream.of();
    };
  }

  private List<Turn> turns() {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.recipe().isPresent())
        .map(this::turn)
        .toList();
  }

  private Turn turn(SecretWanted wanted) {
    return new Rotation(s, wanted, policy, life, owner).turn(seat(Subject.secret(wanted.name())));
  }

  private Seat seat(Subject wanted) {
    return Objects.requireNonNull(bySubject.get(wanted), "every wanted member has a seat");
  }

  private List<Credential> watched() {
    return seats.stream()
        .flatMap(
            seat ->
                switch (seat) {
                  case Seat.Linked(StoredSecret secret) -> Stream.of(Watching.linked(s, secret));
                  case Seat.Linked(Certificate certificate) ->
                      Stream.of(Watching.certificate(s, certificate));
                  case Seat.Leftover(StoredSecret secret) -> Stream.of(Watching.leftover(secret));
                  default -> Stream.<Credential>of();
                })
        .toList();
  }

  private List<Marking> markings() {
    return seats.stream()
        .flatMap(
            seat ->
                switch (seat) {
                  case Seat.Linked(var member) -> Stream.of(Marking.of(s, owner, member));
                  case Seat.Made(var member) -> Stream.of(Marking.of(s, owner, member));
                  case Seat.Leftover(var member) -> Stream.of(Marking.of(s, owner, member));
                  default -> Stream.<Marking>of();
                })
        .toList();
  }

  private Standing standing(List<Turn> turns, List<Credential> watched, List<Marking> markings) {
    var credentials =
        Stream.concat(turns.stream().map(Turn::credential), watched.stream()).toList();
    var verdicts =
        List.of(
            PolicyChoice.verdict(policy),
            Ownership.verdict(s, owner, policy),
            Membership.verdict(
                seats,
                heldAccounts(),
                Stream.concat(
                        markings.stream().flatMap(marking -> marking.foreign().stream()),
                        heldMarks())
                    .toList()),
            Freshness.verdict(turns, watched),
            life.verdict());
    return new Standing(
        state(turns),
        s.identity().type(),
        owner,
        policy.map(p -> new PolicyApplied(p.name(), p.generation())),
        life.ending(),
        nextAction(turns, watched),
        Membership.counts(seats),
        credentials,
        handledRotate(turns),
        Readiness.over(verdicts, policy),
        Readiness.violations(verdicts));
  }

  private State state(List<Turn> turns) {
    var unissued = turns.stream().anyMatch(turn -> turn.credential().version().isEmpty());
    if (!life.isOver() && (unissued || unprovisioned())) {
      return State.Provisioning;
    }
    var overlapping =
        turns.stream().anyMatch(turn -> turn.credential().previousRetires().isPresent());
    return overlapping ? State.Rotating : State.Active;
  }

  private boolean unprovisioned() {
    return s.identity().accounts().stream()
        .filter(wanted -> wanted.provision().isPresent())
        .map(wanted -> seat(Subject.account(wanted.name())))
        .anyMatch(
            seat ->
                !(seat instanceof Seat.Made)
                    && !(seat instanceof Seat.ToMake && s.setback(seat.subject()).isEmpty()));
  }

  /// Provisioned accounts that the API server refused.
  private List<String> heldAccounts() {
    return refused(seat -> seat instanceof Seat.ToMake && isAccount(seat.subject())).toList();
  }

  private Stream<String> heldMarks() {
    return refused(seat -> !(seat instanceof Seat.ToMake) && !isGenerated(seat.subject()));
  }

  private Stream<String> refused(Predicate<Seat> which) {
    return seats.stream()
        .filter(which)
        .flatMap(seat -> s.setback(seat.subject()).stream())
        .filter(setback -> setback.cause() == Cause.Refused)
        .map(Setback::message);
  }

  private static boolean isAccount(Subject subject) {
    return subject.kind() == Subject.Kind.ServiceAccount;
  }

  private boolean isGenerated(Subject subject) {
    return s.identity().secrets().stream()
        .anyMatch(
            wanted -> wanted.recipe().isPresent() && Subject.secret(wanted.name()).equals(subject));
  }

  private Optional<Instant> nextAction(List<Turn> turns, List<Credential> watched) {
    return Stream.of(
            turns.stream().flatMap(Turn::changes),
            watched.stream().flatMap(credential -> Watching.change(s, credential).stream()),
            life.changes())
        .flatMap(times -> times)
        .filter(s.now()::isBefore)
        .min(Comparator.naturalOrder());
  }

  /// The last request on the identity that every generated Secret answered, this look's actions
  /// included.
  private Optional<String> handledRotate(List<Turn> turns) {
    var answered = turns.stream().map(this::answered).distinct().toList();
    if (answered.isEmpty()) {
      return asked();
    }
    return answered.stream().filter(value -> !value.equals(asked())).findFirst().orElse(asked());
  }

  private Optional<String> asked() {
    return s.identity()
        .rotate()
        .filter(Request.Asked.class::isInstance)
        .map(request -> ((Request.Asked) request).value());
  }

  private Optional<String> answered(Turn turn) {
    return turn.action()
        .flatMap(
            action ->
                switch (action) {
                  case Action.Issue issue -> issue.receipt().forIdentityRequest();
                  case Action.Rotate rotate -> rotate.receipt().forIdentityRequest();
                  default -> Optional.<String>empty();
                })
        .or(
            () ->
                s.member(Subject.secret(turn.credential().name()))
                    .filter(StoredSecret.class::isInstance)
                    .flatMap(secret -> ((StoredSecret) secret).issue())
                    .flatMap(Member.Issue::forIdentityRequest));
  }
}
