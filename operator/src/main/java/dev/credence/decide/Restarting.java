package dev.credence.decide;

import dev.credence.decide.Uptake.Consumer;
import dev.credence.facts.Conduct;
import dev.credence.facts.Conduct.Strategy;
import dev.credence.facts.Consumers;
import dev.credence.facts.RunningPod;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import dev.credence.facts.Workload;
import dev.credence.facts.Workload.Rollout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which consumers are started anew, so that they read the new values? Those with pods from
/// before, a few at once, each once for all the Secrets that it uses. What somebody has paused,
/// or what does not come up, is reported and not forced; behind what does not come up the others
/// wait.
final class Restarting {

  /// A Secret whose previous value is still there, by what was promised `until`.
  record Handed(String secret, long version, Instant issuedAt, Instant until) {}

  /// Why a consumer has not moved. `forPerson`: it will not by itself.
  private record Hold(String sentence, boolean forPerson) {}

  private final Snapshot s;
  private final Conduct.Restart rule;
  private final Consumers known;
  private final Map<String, Uptake> uptakes = new HashMap<>();
  private final Map<Subject, Hold> holds = new TreeMap<>();
  private final List<Action> actions = new ArrayList<>();

  /// `unfinished` are the Secrets of the identity whose next value is being proven: who uses one of
  /// them is started when that is through.
  static Restarting of(
      Snapshot s, Conduct conduct, Collection<Handed> handed, Set<String> unfinished) {
    var plan = new Restarting(s, conduct.restart(), s.consumers().orElse(Consumers.NONE), handed);
    plan.decide(handed, unfinished);
    return plan;
  }

  private Restarting(Snapshot s, Conduct.Restart rule, Consumers known, Collection<Handed> handed) {
    this.s = s;
    this.rule = rule;
    this.known = known;
    handed.forEach(
        one -> uptakes.put(one.secret(), Uptake.of(known, one.secret(), one.issuedAt())));
  }

  List<Action> actions() {
    return List.copyOf(actions);
  }

  /// Empty where nothing was handed over, or nobody could be asked.
  Optional<Uptake> uptake(String secret) {
    return known.problem().isPresent()
        ? Optional.empty()
        : Optional.ofNullable(uptakes.get(secret));
  }

  Optional<String> problem() {
    return known.problem();
  }

  private Optional<Hold> hold(Subject consumer) {
    return Optional.ofNullable(holds.get(consumer));
  }

  /// Whether somebody must see to one of the consumers that are behind.
  boolean needsPerson(Uptake uptake) {
    return uptake
        .behind()
        .anyMatch(consumer -> hold(consumer.subject()).filter(Hold::forPerson).isPresent());
  }

  /// Whether consumers are being brought to the new value, rather than waited for.
  boolean isActive() {
    return rule.strategy() != Strategy.None;
  }

  private void decide(Collection<Handed> handed, Set<String> unfinished) {
    var behind = behind(handed);
    var underWay = (int) behind.values().stream().filter(this::isUnderWay).count();
    var slots = rule.maxParallel() - underWay;
    for (var need : behind.values()) {
      var hold = hold(need, unfinished);
      if (hold.isEmpty() && slots > 0) {
        slots--;
        start(need);
      } else {
        holds.put(
            need.consumer(),
            hold.orElseGet(() -> new Hold("waits for those that are restarted first", false)));
      }
    }
  }

  /// A consumer that is behind with some Secrets, the newest of these, and when the first of their
  /// previous values may go.
  private record Need(
      Subject consumer,
      Optional<Workload> workload,
      List<RunningPod> old,
      Handed newest,
      Instant until) {

    private Need and(Need newer) {
      var first = until.isBefore(newer.until()) ? until : newer.until();
      return new Need(consumer, workload, newer.old(), newer.newest(), first);
    }

    /// One that we do not know is whole: nothing can be seen of its rollout.
    private Rollout rollout() {
      return workload.map(Workload::rollout).orElseGet(Rollout.Done::new);
    }

    /// What a restart for the newest value writes on the template.
    private String restartedFor() {
      return newest.secret() + "-v" + newest.version();
    }

    private Optional<Instant> restartedSince() {
      return workload.flatMap(Workload::restartedAt).filter(at -> !at.isBefore(newest.issuedAt()));
    }

    private boolean isRestarted() {
      return restartedSince().isPresent()
          || workload.flatMap(Workload::restartedFor).filter(restartedFor()::equals).isPresent();
    }
  }

  private Map<Subject, Need> behind(Collection<Handed> handed) {
    var needs = new TreeMap<Subject, Need>();
    handed.stream()
        .sorted(Comparator.comparing(Handed::issuedAt).thenComparing(Handed::secret))
        .forEach(
            one ->
                Optional.ofNullable(uptakes.get(one.secret())).stream()
                    .flatMap(Uptake::behind)
                    .forEach(
                        consumer ->
                            needs.merge(consumer.subject(), need(consumer, one), Need::and)));
    return needs;
  }

  private Need need(Consumer consumer, Handed newest) {
    var workload =
        known.workloads().stream()
            .filter(found -> found.subject().equals(consumer.subject()))
            .findFirst();
    return new Need(consumer.subject(), workload, consumer.old(), newest, newest.until());
  }

  /// Whether we have started it anew for this value, or a pod of it is on its way out.
  private boolean isUnderWay(Need need) {
    return switch (rule.strategy()) {
      case None -> false;
      case Rollout -> need.isRestarted();
      case Evict ->
          need.old().stream().anyMatch(RunningPod::leaving)
              || need.rollout() instanceof Rollout.UnderWay;
    };
  }

  /// Why it is not started now; empty where it can be.
  private Optional<Hold> hold(Need need, Set<String> unfinished) {
    if (rule.strategy() == Strategy.None) {
      return waiting("its pods from before still run");
    }
    if (s.now().isBefore(need.newest().issuedAt())) {
      return waiting("is restarted in a moment");
    }
    var refused =
        s.setback(need.consumer()).or(() -> s.setback(Subject.pod(need.old().getFirst().name())));
    if (refused.isPresent()) {
      return Optional.of(new Hold(refused.get().message(), refused.get().cause() == Cause.Refused));
    }
    var unproven =
        need.old().stream()
            .flatMap(pod -> pod.secrets().stream())
            .filter(unfinished::contains)
            .sorted()
            .findFirst();
    // One restart for both, but not at the price of the value that it still uses.
    if (unproven.isPresent() && s.now().isBefore(need.until())) {
      return waiting("is restarted when the new value of " + unproven.get() + " is in place too");
    }
    return switch (rule.strategy()) {
      case None -> Optional.empty();
      case Rollout -> holdOfRollout(need);
      case Evict -> holdOfEviction(need);
    };
  }

  private Optional<Hold> holdOfRollout(Need need) {
    if (need.workload().isEmpty()) {
      return person("cannot be restarted by its template: it has none that we know; restart it");
    }
    return switch (need.rollout()) {
      case Rollout.ToItsEnd _ -> waiting("runs to its end with the old value");
      case Rollout.Paused _ -> person("is paused: resume it, or restart its pods");
      case Rollout.ByHand _ -> person("replaces no pod by itself (OnDelete): delete its pods");
      case Rollout.Stuck(var why) -> person("does not roll out: " + why);
      case Rollout.UnderWay(var how) ->
          need.restartedSince().filter(at -> !s.now().isBefore(at.plus(rule.waitFor()))).isPresent()
              ? person("has not rolled out within " + Durations.text(rule.waitFor()) + ": " + how)
              : waiting("is rolling out: " + how);
      // Its pods from before are on their way out.
      case Rollout.Done _ -> need.isRestarted() ? waiting("is rolling out") : Optional.empty();
    };
  }

  private Optional<Hold> holdOfEviction(Need need) {
    if (need.old().stream().anyMatch(RunningPod::leaving)) {
      return waiting("is being restarted");
    }
    if (need.rollout() instanceof Rollout.ToItsEnd) {
      return waiting("runs to its end with the old value");
    }
    if (!need.old().getFirst().replaced()) {
      return person("is not evicted, since nothing would bring it back: restart it");
    }
    return switch (need.rollout()) {
      case Rollout.UnderWay(var how) -> waiting("is not whole yet: " + how);
      case Rollout.Stuck(var why) -> person("does not come up: " + why);
      case Rollout.Done _, Rollout.Paused _, Rollout.ByHand _, Rollout.ToItsEnd _ ->
          Optional.empty();
    };
  }

  private static Optional<Hold> waiting(String sentence) {
    return Optional.of(new Hold(sentence, false));
  }

  private static Optional<Hold> person(String sentence) {
    return Optional.of(new Hold(sentence, true));
  }

  private void start(Need need) {
    if (rule.strategy() == Strategy.Evict) {
      var pod = need.old().getFirst();
      actions.add(new Action.Evict(Subject.pod(pod.name()), pod.guard()));
    } else {
      need.workload()
          .ifPresent(
              found ->
                  actions.add(
                      new Action.Restart(found.subject(), found.guard(), need.restartedFor())));
    }
    holds.put(need.consumer(), new Hold("is being restarted", false));
  }

  /// The consumers of a Secret that are behind, in a sentence.
  String sentence(Uptake uptake) {
    return Sentences.joined(uptake.behind().map(this::sentence).toList());
  }

  private String sentence(Consumer consumer) {
    var subject = consumer.subject();
    var name = subject.kind() + " " + s.identity().namespace() + "/" + subject.name();
    return hold(subject).map(hold -> name + " (" + hold.sentence() + ")").orElse(name);
  }
}
