package dev.credence.decide;

import dev.credence.decide.certificate.Certifying;
import dev.credence.decide.conditions.Answered;
import dev.credence.decide.conditions.Completeness;
import dev.credence.decide.conditions.Freshness;
import dev.credence.decide.conditions.Readiness;
import dev.credence.decide.lifecycle.LegacyTokens;
import dev.credence.decide.lifecycle.Life;
import dev.credence.decide.lifecycle.Service;
import dev.credence.decide.lifecycle.Suspending;
import dev.credence.decide.lifecycle.Usage;
import dev.credence.decide.membership.Marking;
import dev.credence.decide.membership.Membership;
import dev.credence.decide.membership.Provisioning;
import dev.credence.decide.membership.Seat;
import dev.credence.decide.membership.Tying;
import dev.credence.decide.policy.Approval;
import dev.credence.decide.policy.Classification;
import dev.credence.decide.policy.Ownership;
import dev.credence.decide.policy.PolicyChoice;
import dev.credence.decide.policy.Reviewing;
import dev.credence.decide.risk.Privilege;
import dev.credence.decide.rotation.Parting;
import dev.credence.decide.rotation.Restarting;
import dev.credence.decide.rotation.Restarting.Handed;
import dev.credence.decide.rotation.Rotation;
import dev.credence.decide.rotation.Staging;
import dev.credence.decide.rotation.Staging.Current;
import dev.credence.decide.rotation.Target;
import dev.credence.decide.rotation.Turn;
import dev.credence.decide.rotation.Turn.Obstacle;
import dev.credence.decide.rotation.Watching;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.Setback;
import dev.credence.facts.object.Subject;
import dev.credence.facts.policy.Conduct;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Tier;
import dev.credence.plan.Action;
import dev.credence.plan.Decision;
import dev.credence.plan.Halt;
import dev.credence.plan.Reason;
import dev.credence.plan.Standing;
import dev.credence.plan.Standing.Credential;
import dev.credence.plan.Standing.Credential.Phase;
import dev.credence.plan.Standing.OwnerFound;
import dev.credence.plan.Standing.PolicyApplied;
import dev.credence.plan.Standing.State;
import dev.credence.plan.Standing.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What should happen to one identity now? This is the operator: what is left of it turns objects
/// into a [Snapshot], what is right of it carries the [Decision] out.
///
/// Each question has its file: [PolicyChoice] which policy decides, [Ownership] who answers, [Life]
/// when it ends, [Membership] what belongs to it, [Marking] what members carry, [Provisioning] what
/// is due for a ServiceAccount, [Rotation] for a generated Secret (with [Occasion]: why, and
/// [Rhythm]: when), [Certifying] for a Certificate, [Watching] how the credentials of others stand;
/// [Answered], [Completeness],
/// [Freshness] and [Readiness] are the sum. Whether anything is made at all is for [Approval],
/// [Service] and [Life] to say; [Suspending] and [Parting] carry out what follows.
/// [Classification]
/// says what kind of actor it is, [Usage] whether anybody uses it, [Reviewing] whether somebody has
/// confirmed that it is needed. [Remit] says what of it all this operator is there to do.
public final class Decide {
  private static final Duration WHILE_RESTARTING = Duration.ofSeconds(5);
  private static final Duration NEXT_LOOK = Duration.ofMillis(1);
  private static final Duration WHILE_WAITING = Duration.ofMinutes(1);

  private static final Set<Phase> ROTATING =
      EnumSet.of(Phase.Applying, Phase.Verifying, Phase.Restarting, Phase.Retiring, Phase.Revoked);

  public static Decision next(Snapshot s) {
    // What is being deleted takes what we made with it; our marks are taken off when it is gone. A
    // namespace that is being deleted takes everything.
    return s.identity().leaving() || s.home().leaving()
        ? new Decision(List.of(), Optional.empty(), Optional.empty(), false)
        : new Decide(s).decision();
  }

  /// The same for an operator of this tier, which leaves the rest as it is and says so.
  public static Decision next(Snapshot s, Tier tier) {
    return Remit.within(tier, s);
  }

  private final Snapshot s;
  private final Optional<Typed> type;
  private final Optional<Policy> policy;
  private final OwnerFound owner;
  private final Life life;
  private final Approval approval;
  private final Reviewing reviewing;
  private final Usage usage;
  private final List<Seat> seats;
  private final Service service;
  private final LegacyTokens legacy;
  private final Suspending suspending;
  private final Privilege privilege;
  private final Optional<Halt> halt;
  private final Map<Subject, Seat> bySubject;
  private final List<Target> targets;
  private final Restarting restarts;

  private Decide(Snapshot s) {
    this.s = s;
    this.seats = Membership.of(s);
    this.type = Classification.of(s, seats);
    this.policy = PolicyChoice.of(s, type.map(Typed::type));
    this.owner = Ownership.of(s);
    this.life = Life.of(s, policy);
    this.approval = Approval.of(s, policy);
    this.reviewing = Reviewing.of(s, policy);
    var seen = Usage.of(s, policy, seats, reviewing.record().last());
    this.service = Service.of(s, policy, life, seen, reviewing, Suspending.accounts(s, seats));
    this.usage = seen.under(service);
    this.legacy = LegacyTokens.of(s, policy, seats);
    this.suspending = Suspending.of(s, service, seats, legacy.held());
    this.privilege = Privilege.of(s, policy, seats);
    this.halt = service.halt().or(life::halt).or(approval::halt);
    this.bySubject = seats.stream().collect(Collectors.toMap(Seat::subject, Function.identity()));
    this.targets = targets();
    this.restarts = restarts();
  }

  private Decision decision() {
    var generated = generated();
    var watched = watched();
    var turns = Stream.concat(generated.stream(), watched.stream()).toList();
    var markings = markings();
    var actions = actions(turns, markings);
    var handled = new Answered(s.identity().requests(), generated, watched).handled();
    var standing = standing(turns, markings, actions, handled);
    var lookAgainAt =
        Stream.of(
                standing.nextAction().stream(),
                s.setbacks().stream().map(Setback::retryAt),
                usage.changes().stream(),
                legacy.changes(),
                listAgain(turns).map(s.now()::plus).stream(),
                isOnlyWrittenDown(turns) || actions.stream().anyMatch(Action.Note.class::isInstance)
                    ? Stream.of(s.now().plus(NEXT_LOOK))
                    : Stream.<Instant>of())
            .flatMap(times -> times)
            .filter(s.now()::isBefore)
            .min(Comparator.naturalOrder());
    return new Decision(
        actions,
        Optional.of(standing),
        lookAgainAt,
        service instanceof Service.OutOfService(_, _, var counted) && counted);
  }

  /// What is to be asked of cert-manager is in the status first, and asked for then: nobody else
  /// wakes us in between.
  private boolean isOnlyWrittenDown(List<Turn> turns) {
    return turns.stream()
        .map(Turn::credential)
        .filter(credential -> credential.renewing().isPresent())
        .anyMatch(
            credential ->
                !credential
                    .renewing()
                    .equals(s.identity().known(credential.name()).flatMap(Known::renewing)));
  }

  /// They are listed, not watched.
  private Optional<Duration> listAgain(List<Turn> turns) {
    var reasons =
        turns.stream()
            .flatMap(turn -> turn.obstacles().stream())
            .map(Obstacle::reason)
            .collect(Collectors.toSet());
    if (reasons.contains(Reason.ConsumersPending)) {
      return Optional.of(restarts.isActive() ? WHILE_RESTARTING : WHILE_WAITING);
    }
    // Some may stay behind for weeks.
    return reasons.contains(Reason.ConsumersLeftBehind)
        ? Optional.of(restarts.isBusy() ? WHILE_RESTARTING : WHILE_WAITING)
        : Optional.empty();
  }

  private List<Turn> generated() {
    return targets.stream()
        .map(target -> new Rotation(target, restarts).turn(seat(target.subject())))
        .toList();
  }

  private List<Target> targets() {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.material().isPresent())
        .map(wanted -> Target.of(s, wanted, policy, halt, owner, approval))
        .toList();
  }

  private Restarting restarts() {
    var handed =
        targets.stream()
            // What is out of service is not started anew.
            .filter(_ -> !isOutOfService())
            .flatMap(target -> current(target).flatMap(current -> handed(target, current)).stream())
            .toList();
    var unproven =
        targets.stream()
            .filter(target -> new Staging(target, current(target), true, false).isInProgress())
            .map(Target::name)
            .collect(Collectors.toSet());
    return Restarting.of(s, policy.map(Policy::conduct).orElse(Conduct.DEFAULT), handed, unproven);
  }

  private static Optional<Handed> handed(Target target, Current current) {
    var issue = current.issue();
    return Optional.of(issue)
        .filter(Issue::isMoving)
        .map(
            _ ->
                new Handed(
                    target.name(),
                    current.secret().thing().guard(),
                    issue.version(),
                    issue.issuedAt(),
                    issue.previousRetiresAt().orElse(issue.issuedAt()),
                    issue.moving().evicted()));
  }

  private Optional<Current> current(Target target) {
    return seat(target.subject()) instanceof Seat.Made(StoredSecret secret)
        ? secret.issue().map(issue -> new Current(secret, issue))
        : Optional.empty();
  }

  private Seat seat(Subject wanted) {
    return Objects.requireNonNull(bySubject.get(wanted), "every wanted member has a seat");
  }

  private List<Turn> watched() {
    var certifying = new Certifying(s, policy, halt, owner);
    return seats.stream()
        .flatMap(
            seat ->
                switch (seat) {
                  case Seat.Linked(StoredSecret secret) -> Stream.of(Watching.linked(s, secret));
                  case Seat.Leftover(StoredSecret secret) ->
                      Stream.of(Watching.leftover(s, secret));
                  case Seat other -> certifying.turn(other).stream();
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
                  case Seat _ -> Stream.<Marking>of();
                })
        .toList();
  }

  private boolean isOutOfService() {
    return halt.filter(Halt::isOutOfService).isPresent();
  }

  private boolean isDecommissioned() {
    return service instanceof Service.Ended;
  }

  /// First what keeps it from acting, or no longer does; then what is to be made or taken away.
  ///
  /// One write for each object and look: its resourceVersion is old after the first. What was
  /// refused a moment ago waits.
  private List<Action> actions(List<Turn> turns, List<Marking> markings) {
    var actions = new ArrayList<>(suspending.actions());
    if (!isOutOfService() && !isDecommissioned()) {
      actions.addAll(legacy.actions());
    }
    var written = subjects(actions);
    (isDecommissioned() ? ending(turns) : upkeep(turns, markings))
        .stream().filter(action -> !written.contains(action.subject())).forEach(actions::add);
    actions.removeIf(action -> s.setback(action.subject()).isPresent());
    return actions;
  }

  private List<Action> ending(List<Turn> turns) {
    var actions = new ArrayList<Action>();
    turns.forEach(turn -> actions.addAll(turn.actions()));
    actions.addAll(Parting.actions(seats));
    return actions;
  }

  /// What is to be made, in the order of the spec, then the marks; what leaves comes last.
  private List<Action> upkeep(List<Turn> turns, List<Marking> markings) {
    var actions = new ArrayList<Action>();
    for (var wanted : s.identity().accounts()) {
      var seat = seat(Subject.account(wanted.name()));
      Provisioning.of(s, wanted, seat, halt, owner).ifPresent(actions::add);
    }
    turns.forEach(turn -> actions.addAll(turn.actions()));
    actions.addAll(restarts.actions());
    actions.addAll(Clearing.of(s));
    var written = subjects(actions);
    Stream.concat(
            seats.stream().flatMap(seat -> Tying.of(s, seat).stream()),
            markings.stream().flatMap(marking -> marking.action().stream()))
        .filter(action -> written.add(action.subject()))
        .forEach(actions::add);
    for (var seat : seats) {
      if (seat instanceof Seat.Left(var member)) {
        actions.add(Marking.off(member.thing()));
      }
    }
    return actions;
  }

  private static Set<Subject> subjects(List<Action> actions) {
    return actions.stream().map(Action::subject).collect(Collectors.toCollection(HashSet::new));
  }

  private Standing standing(
      List<Turn> turns, List<Marking> markings, List<Action> actions, Standing.Handled handled) {
    var made = actions.stream().flatMap(Decide::made).collect(Collectors.toSet());
    var members = new Completeness(s, halt, seats, made);
    var verdicts =
        List.of(
            PolicyChoice.verdict(s, policy),
            Ownership.verdict(s, owner, policy),
            approval.verdict(),
            members.verdict(
                markings.stream().flatMap(marking -> marking.foreign().stream()).toList()),
            Limits.over(Freshness.verdict(turns, halt, legacy), s),
            life.verdict(),
            suspending.verdict(),
            usage.verdict(),
            privilege.verdict(),
            reviewing.verdict());
    return new Standing(
        state(turns, made),
        type,
        owner,
        policy.map(
            p -> new PolicyApplied(p.name(), p.generation(), p.enforces(), p.mostSuspensions())),
        life.ending(),
        nextAction(turns),
        members.counts(),
        turns.stream().map(Turn::credential).toList(),
        handled,
        Optional.of(usage.use()),
        privilege.risk(),
        reviewing.standing(),
        suspending.suspension(isDecommissioned() ? Parting.left(s, seats) : List.of()),
        approval.record(),
        Readiness.over(verdicts, policy),
        Readiness.violations(verdicts),
        legacy.states());
  }

  private static Stream<Subject> made(Action action) {
    return switch (action) {
      case Action.Issue issue -> Stream.of(issue.subject());
      case Action.Switch turned -> Stream.of(turned.subject());
      case Action.Provision provision -> Stream.of(provision.subject());
      case Action.Order order -> Stream.of(order.subject());
      case Action _ -> Stream.of();
    };
  }

  private State state(List<Turn> turns, Set<Subject> made) {
    if (isDecommissioned()) {
      return State.Decommissioned;
    }
    if (isOutOfService()) {
      return State.Suspended;
    }
    if (halt.filter(reason -> reason.is(Halt.Cause.Unapproved)).isPresent()
        && approval.isRequested()) {
      return State.Requested;
    }
    if (halt.isEmpty() && toMake().anyMatch(subject -> !isMade(subject, made))) {
      return State.Provisioning;
    }
    return turns.stream().map(Turn::credential).anyMatch(Decide::isRotating)
        ? State.Rotating
        : State.Active;
  }

  private static boolean isRotating(Credential credential) {
    return credential.previousRetires().isPresent() || ROTATING.contains(credential.phase());
  }

  private Stream<Subject> toMake() {
    return Stream.concat(
        s.identity().accounts().stream()
            .filter(wanted -> wanted.provision().isPresent())
            .map(wanted -> Subject.account(wanted.name())),
        Stream.concat(
            targets.stream().map(Target::subject),
            s.identity().certificates().stream()
                .filter(wanted -> wanted.issue().isPresent())
                .map(wanted -> Subject.certificate(wanted.name()))));
  }

  private boolean isMade(Subject subject, Set<Subject> made) {
    return seat(subject) instanceof Seat.Made || made.contains(subject);
  }

  private Optional<Instant> nextAction(List<Turn> turns) {
    return Stream.of(
            turns.stream().flatMap(Turn::changes),
            life.changes(),
            reviewing.changes().stream(),
            service.changes(policy, life),
            privilege.changes(),
            legacy.due())
        .flatMap(times -> times)
        .filter(s.now()::isBefore)
        .min(Comparator.naturalOrder());
  }
}
