// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.ConsumerProgress.Consumer;
import dev.credence.decide.rotation.ConsumerProgress.Who;
import dev.credence.facts.Snapshot;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.Evicted;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.PodFacts.Returns;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.facts.usage.WorkloadFacts.Requested;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.plan.Action;
import dev.credence.plan.Durations;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Plans restarts of consumers that must read new values: those with pods from before, a few at
/// once, each once for all the Secrets that it uses. A paused workload, or one that does not become
/// ready, is reported and not forced; the others wait for one that does not become ready.
///
/// A workload that is not whole for a reason of its own is given `timeout` to become whole. It
/// holds back no other meanwhile, and is restarted after all others.
public final class ConsumerRestarts {

  /// A Secret whose previous value is still there, by what was promised `until`. `evicted`: whose
  /// pods were evicted for its current value.
  public record SwitchedSecret(
      String secret,
      Preconditions preconditions,
      long version,
      Instant issuedAt,
      Instant until,
      List<Evicted> evicted) {
    public SwitchedSecret {
      evicted = List.copyOf(evicted);
    }
  }

  /// Why a consumer has not moved. `forPerson`: it will not by itself.
  private record Hold(String sentence, boolean forPerson) {}

  private static final String TO_ITS_END = "runs to completion with the old value";

  private final Snapshot s;
  private final RotationProcedure.Restart rule;
  private final Consumers known;
  private final Map<Who, List<PodFacts>> pods;
  private final List<Evicted> evictions;
  private final Map<String, ConsumerProgress> progresses = new HashMap<>();
  private final Map<Who, Hold> holds = new TreeMap<>();
  private final List<Action> actions = new ArrayList<>();

  /// `upcoming` are the Secrets of the identity that get their next version by themselves soon: a
  /// consumer of one of them is restarted after that.
  public static ConsumerRestarts of(
      Snapshot s,
      RotationProcedure procedure,
      Collection<SwitchedSecret> handed,
      Set<String> upcoming) {
    var plan =
        new ConsumerRestarts(s, procedure.restart(), s.consumers().orElse(Consumers.NONE), handed);
    plan.decide(handed, upcoming);
    return plan;
  }

  private ConsumerRestarts(
      Snapshot s,
      RotationProcedure.Restart rule,
      Consumers known,
      Collection<SwitchedSecret> handed) {
    this.s = s;
    this.rule = rule;
    this.known = known;
    this.pods = known.pods().stream().collect(Collectors.groupingBy(Who::of));
    this.evictions = handed.stream().flatMap(one -> one.evicted().stream()).toList();
    handed.forEach(
        one ->
            progresses.put(one.secret(), ConsumerProgress.of(known, one.secret(), one.issuedAt())));
  }

  public List<Action> actions() {
    return List.copyOf(actions);
  }

  /// Empty where nothing was handed over, or the consumers are unknown.
  Optional<ConsumerProgress> progress(String secret) {
    return known.problem().isPresent()
        ? Optional.empty()
        : Optional.ofNullable(progresses.get(secret));
  }

  /// Those with pods from before this time, which cannot have read a later value; empty where the
  /// consumers are unknown. Where consumers read the new value by themselves (`restart: None`), one
  /// that has it in a file, which the kubelet updates, counts as moved.
  Optional<ConsumerProgress> left(String secret, Instant time) {
    return known.problem().isPresent()
        ? Optional.empty()
        : Optional.of(
            new ConsumerProgress(
                ConsumerProgress.of(known, secret, time)
                    .behind()
                    .filter(consumer -> isActive() || readsAtStart(consumer, secret))
                    .toList()));
  }

  private static boolean readsAtStart(Consumer consumer, String secret) {
    return consumer.old().stream().anyMatch(pod -> pod.atStart().contains(secret));
  }

  Optional<String> problem() {
    return known.problem();
  }

  private Optional<Hold> hold(Who consumer) {
    return Optional.ofNullable(holds.get(consumer));
  }

  /// Whether one of the consumers that are behind requires manual action.
  boolean needsPerson(ConsumerProgress progress) {
    return progress
        .behind()
        .anyMatch(consumer -> hold(consumer.who()).filter(Hold::forPerson).isPresent());
  }

  /// Whether consumers are being brought to the new value, rather than waited for.
  public boolean isActive() {
    return rule.strategy() != Strategy.None;
  }

  /// Whether something is about to be restarted, or is on its way.
  public boolean isBusy() {
    return isActive()
        && holds.values().stream()
            .anyMatch(hold -> !hold.forPerson() && !hold.sentence().equals(TO_ITS_END));
  }

  private void decide(Collection<SwitchedSecret> handed, Set<String> upcoming) {
    var behind = behind(handed).values();
    var slots = rule.maxParallel() - (int) behind.stream().filter(this::isUnderWay).count();
    var startable = new ArrayList<Need>();
    for (var need : behind) {
      hold(need, upcoming)
          .ifPresentOrElse(found -> holds.put(need.who(), found), () -> startable.add(need));
    }
    // A workload that is not whole may not come up again: no other waits for it.
    startable.sort(Comparator.comparing(need -> !isWhole(need)));
    for (var need : startable) {
      if (slots > 0 && start(need)) {
        slots--;
        holds.put(need.who(), new Hold("is restarting", false));
      } else {
        holds.put(need.who(), new Hold("waits for other restarts", false));
      }
    }
  }

  /// A consumer that is behind with some Secrets, the newest of these, and when the first of their
  /// previous values may go. `pods`: all of it that use any Secret. `evictions`: those for any of
  /// the Secrets.
  private record Need(
      Who who,
      Optional<WorkloadFacts> workload,
      List<PodFacts> pods,
      List<PodFacts> old,
      SwitchedSecret newest,
      Instant until,
      List<Evicted> evictions) {

    private Need and(Need newer) {
      var first = until.isBefore(newer.until()) ? until : newer.until();
      return new Need(who, workload, pods, newer.old(), newer.newest(), first, evictions);
    }

    /// One that we do not know is whole: nothing can be seen of its rollout.
    private Rollout rollout() {
      return workload.map(WorkloadFacts::rollout).orElseGet(Rollout.Done::new);
    }

    /// The annotation on the template for a restart for the newest value.
    private String restartedFor() {
      return newest.secret() + "-v" + newest.version();
    }

    private Optional<Instant> restartedSince() {
      return workload
          .flatMap(WorkloadFacts::restartedAt)
          .filter(at -> !at.isBefore(newest.issuedAt()));
    }

    private boolean isRestarted() {
      if (isArgoRollout()) {
        return requestedAt().filter(at -> !at.isBefore(newest.issuedAt())).isPresent();
      }
      return restartedSince().isPresent()
          || workload
              .flatMap(WorkloadFacts::restartedFor)
              .filter(restartedFor()::equals)
              .isPresent();
    }

    private boolean isArgoRollout() {
      return workload.filter(found -> found.subject().kind() == ObjectRef.Kind.Rollout).isPresent();
    }

    private Optional<Instant> requestedAt() {
      return workload.flatMap(WorkloadFacts::requested).map(Requested::at);
    }

    /// Its controller compares whole seconds.
    private Optional<Instant> restartAt() {
      var second = newest.issuedAt().truncatedTo(ChronoUnit.SECONDS);
      return isArgoRollout()
          ? Optional.of(second.isBefore(newest.issuedAt()) ? second.plusSeconds(1) : second)
          : Optional.empty();
    }

    /// By which its evictions are remembered.
    private String controller() {
      return workload
          .map(found -> found.preconditions().uid())
          .filter(uid -> !uid.isEmpty())
          .orElseGet(() -> who.uid().isEmpty() ? who.kind() + "/" + who.name() : who.uid());
    }

    private Optional<Evicted> evicted() {
      return ofThis(newest.evicted()).findFirst();
    }

    private Stream<Evicted> ofThis(List<Evicted> all) {
      return all.stream().filter(one -> one.controller().equals(controller()));
    }

    private Stream<PodFacts> staying(List<PodFacts> of) {
      return of.stream().filter(pod -> !pod.leaving());
    }

    private int ready() {
      return (int) staying(pods).filter(PodFacts::ready).count();
    }

    /// The number of pods that it should have: by its own spec, else as many as before the first
    /// eviction.
    private int wanted() {
      return workload
          .map(WorkloadFacts::wanted)
          .or(() -> ofThis(evictions).map(Evicted::pods).max(Comparator.naturalOrder()))
          .orElseGet(() -> (int) staying(pods).count());
    }

    /// Whether a pod from before has gone since we first evicted one.
    private boolean isTouched() {
      return evicted().filter(before -> staying(old).count() < before.old()).isPresent();
    }

    /// Those that can be evicted, the ones that are not ready first.
    private Stream<PodFacts> evictable() {
      var isGone = workload.isEmpty() && old.stream().anyMatch(pod -> pod.workload().isPresent());
      return isGone
          ? Stream.of()
          : staying(old)
              .filter(pod -> pod.returns() == Returns.Replaced)
              .sorted(Comparator.comparing(PodFacts::ready));
    }
  }

  private Map<Who, Need> behind(Collection<SwitchedSecret> handed) {
    var needs = new TreeMap<Who, Need>();
    handed.stream()
        .sorted(
            Comparator.comparing(SwitchedSecret::issuedAt).thenComparing(SwitchedSecret::secret))
        .forEach(
            one ->
                Optional.ofNullable(progresses.get(one.secret())).stream()
                    .flatMap(ConsumerProgress::behind)
                    .forEach(
                        consumer -> needs.merge(consumer.who(), need(consumer, one), Need::and)));
    return needs;
  }

  private Need need(Consumer consumer, SwitchedSecret newest) {
    var workload =
        known.workloads().stream()
            .filter(found -> Who.of(found.subject()).equals(consumer.who()))
            .map(this::asOfNow)
            .findFirst();
    return new Need(
        consumer.who(),
        workload,
        pods.getOrDefault(consumer.who(), List.of()),
        consumer.old(),
        newest,
        newest.until(),
        evictions);
  }

  /// With the restart that was requested and should have begun.
  private WorkloadFacts asOfNow(WorkloadFacts workload) {
    var isIncomplete =
        workload
            .requested()
            .filter(requested -> !requested.complete() && !requested.at().isAfter(s.now()))
            .isPresent();
    return isIncomplete && workload.rollout() instanceof Rollout.Done
        ? workload.with(new Rollout.UnderWay("its controller has not replaced all pods yet"))
        : workload;
  }

  /// Whether a user set the time of its next restart, and that is still to come.
  private boolean isScheduled(Need need) {
    return need.requestedAt().filter(at -> at.isAfter(s.now())).isPresent();
  }

  /// By an annotation on its template, or the time in the spec of an Argo Rollout; else its pods
  /// are evicted.
  private boolean isByTemplate(Need need) {
    return rule.strategy() == Strategy.Rollout
        && need.workload().isPresent()
        && !(need.rollout() instanceof Rollout.ToItsEnd);
  }

  /// Whether as many pods are ready as are wanted, and nothing is rolling out.
  private boolean isWhole(Need need) {
    if (need.rollout() instanceof Rollout.UnderWay) {
      return false;
    }
    return isByTemplate(need)
        || need.staying(need.pods()).count() == need.pods().size() && need.ready() >= need.wanted();
  }

  /// Whether it takes a slot: we have restarted it for this value and it is not whole yet, or a pod
  /// of it is on its way out.
  private boolean isUnderWay(Need need) {
    if (rule.strategy() == Strategy.None) {
      return false;
    }
    if (isByTemplate(need)) {
      return need.isRestarted()
          && !isScheduled(need)
          && !(need.rollout() instanceof Rollout.Done && isLate(need));
    }
    return need.pods().stream().noneMatch(this::isHanging)
        && (need.old().stream().anyMatch(PodFacts::leaving) || need.isTouched() && !isWhole(need));
  }

  /// Why it is not started now; empty where it can be.
  private Optional<Hold> hold(Need need, Set<String> upcoming) {
    if (rule.strategy() == Strategy.None) {
      return waiting("its pods started before the rotation");
    }
    if (s.now().isBefore(need.newest().issuedAt())) {
      return waiting("restarts next");
    }
    var refused =
        need.workload()
            .flatMap(workload -> s.failedWrite(workload.subject()))
            .or(
                () ->
                    need.old().stream()
                        .flatMap(pod -> s.failedWrite(ObjectRef.pod(pod.name())).stream())
                        .findFirst());
    if (refused.isPresent()) {
      return Optional.of(new Hold(refused.get().message(), refused.get().cause() == Cause.Refused));
    }
    var awaited =
        need.old().stream()
            .flatMap(pod -> pod.secrets().stream())
            .filter(upcoming::contains)
            .sorted()
            .findFirst();
    // One restart for both, but not at the price of the value that it still uses.
    if (awaited.isPresent() && s.now().isBefore(need.until())) {
      return waiting("restarts when the new value of Secret " + awaited.get() + " is active too");
    }
    return isByTemplate(need) ? holdOfRollout(need) : holdOfEviction(need);
  }

  private Optional<Hold> holdOfRollout(Need need) {
    if (need.wanted() == 0) {
      return scaledToNothing();
    }
    if (isScheduled(need)) {
      var sentence = "restarts at " + need.requestedAt().orElseThrow() + " by its spec.restartAt";
      return isLate(need)
          ? person(sentence + ", which is too late; set an earlier time")
          : waiting(sentence);
    }
    return switch (need.rollout()) {
      case Rollout.ToItsEnd _ -> toItsEnd();
      case Rollout.Paused _ -> person("is paused; resume it, or restart its pods");
      case Rollout.ByHand _ -> person("uses the update strategy OnDelete; delete its pods");
      case Rollout.Stuck(var why) -> person("does not roll out: " + why);
      case Rollout.UnderWay(var how) when need.isRestarted() ->
          isLate(need)
              ? person("has not rolled out within " + Durations.text(rule.timeout()) + ": " + how)
              : waiting("is rolling out: " + how);
      case Rollout.UnderWay(var how) -> notWhole(need, how);
      case Rollout.Done _ when need.isRestarted() ->
          isLate(need)
              ? person(
                  "has rolled out, and these pods from before the rotation still run: "
                      + names(need.old()))
              // They are on their way out.
              : waiting("is rolling out");
      case Rollout.Done _ -> Optional.empty();
    };
  }

  private boolean isLate(Need need) {
    return isOver(
        need.restartedSince().filter(_ -> !isScheduled(need)).orElse(need.newest().issuedAt()));
  }

  private boolean isOver(Instant since) {
    return !s.now().isBefore(since.plus(rule.timeout()));
  }

  /// It may become whole by itself, and is restarted all the same when it does not.
  private Optional<Hold> notWhole(Need need, String how) {
    return isOver(need.newest().issuedAt())
        ? Optional.empty()
        : waiting("is not fully available yet: " + how);
  }

  /// Never fewer pods than there would be without us, but for the one that is being replaced.
  private Optional<Hold> holdOfEviction(Need need) {
    if (need.rollout() instanceof Rollout.ToItsEnd
        || need.old().stream().allMatch(pod -> pod.returns() == Returns.RunsOnce)) {
      return toItsEnd();
    }
    var leaving = need.pods().stream().filter(PodFacts::leaving).toList();
    if (!leaving.isEmpty()) {
      var hanging = leaving.stream().filter(this::isHanging).toList();
      return hanging.isEmpty()
          ? waiting("is restarting")
          : person("has pods that do not terminate: " + names(hanging));
    }
    if (need.workload().isPresent() && need.wanted() == 0) {
      return scaledToNothing();
    }
    var next = need.evictable().findFirst();
    if (next.isEmpty()) {
      return person("is not evicted, since no controller would re-create it; restart it");
    }
    if (need.rollout() instanceof Rollout.Stuck(var why)) {
      return person("does not become ready: " + why);
    }
    if (isWhole(need)) {
      return Optional.empty();
    }
    var how =
        need.rollout() instanceof Rollout.UnderWay(var stated)
            ? stated
            : "%d of %d pods are ready".formatted(need.ready(), need.wanted());
    if (need.isTouched()) {
      return isOver(lastTouched(need))
          ? person("has not become ready within " + Durations.text(rule.timeout()) + ": " + how)
          : waiting("is not fully available yet: " + how);
    }
    // A pod that is not ready serves no request: without it there are as many as before.
    return next.get().ready() && isOver(need.newest().issuedAt())
        ? person("is not fully available, so the operator evicts none of its ready pods: " + how)
        : notWhole(need, how);
  }

  private static Instant lastTouched(Need need) {
    return Stream.concat(
            need.evicted().map(Evicted::since).stream(),
            need.pods().stream().map(PodFacts::createdAt))
        .max(Comparator.naturalOrder())
        .orElse(need.newest().issuedAt());
  }

  /// Deleted, and still there long after its time to end: its node is gone, or a finalizer holds
  /// it.
  private boolean isHanging(PodFacts pod) {
    return pod.goneBy().filter(this::isOver).isPresent();
  }

  private static String names(List<PodFacts> pods) {
    return Sentences.some(pods.stream().map(PodFacts::name).toList());
  }

  private static Optional<Hold> toItsEnd() {
    return waiting(TO_ITS_END);
  }

  private static Optional<Hold> scaledToNothing() {
    return waiting("is scaled to 0, and its pods terminate");
  }

  private static Optional<Hold> waiting(String sentence) {
    return Optional.of(new Hold(sentence, false));
  }

  private static Optional<Hold> person(String sentence) {
    return Optional.of(new Hold(sentence, true));
  }

  /// Whether it was started: a Secret is written once in a reconcile.
  private boolean start(Need need) {
    if (isByTemplate(need)) {
      var found = need.workload().orElseThrow();
      actions.add(
          new Action.Restart(
              found.subject(), found.preconditions(), need.restartedFor(), need.restartAt()));
      return true;
    }
    var noted =
        need.evicted().isPresent() ? Optional.<Action.Noted>empty() : Optional.of(noted(need));
    if (noted.filter(note -> isWritten(note.secret())).isPresent()) {
      return false;
    }
    var pod = need.evictable().findFirst().orElseThrow();
    actions.add(new Action.Evict(ObjectRef.pod(pod.name()), pod.preconditions(), noted));
    return true;
  }

  private boolean isWritten(ObjectRef secret) {
    return actions.stream()
        .anyMatch(
            action ->
                action instanceof Action.Evict evict
                    && evict.noted().filter(note -> note.secret().equals(secret)).isPresent());
  }

  private Action.Noted noted(Need need) {
    var all = new ArrayList<>(need.newest().evicted());
    all.add(
        new Evicted(
            need.controller(),
            (int) need.staying(need.pods()).count(),
            (int) need.staying(need.old()).count(),
            s.now()));
    return new Action.Noted(
        ObjectRef.secret(need.newest().secret()), need.newest().preconditions(), all);
  }

  /// The consumers of a Secret that are behind, in a sentence.
  String sentence(ConsumerProgress progress) {
    return Sentences.clauses(progress.behind().map(this::sentence).toList());
  }

  private String sentence(Consumer consumer) {
    var who = consumer.who();
    var name = who.kind() + " " + s.identity().namespace() + "/" + who.name();
    return hold(who).map(hold -> name + " (" + hold.sentence() + ")").orElse(name);
  }
}
