// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.probe;

import dev.credence.decide.rotation.CredentialPlan;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.RotationTarget;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.ProbeHook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.facts.identity.Identity.Probed;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.text.Digests;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Value;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Plans the probe of a generated Secret: a Job that verifies the current value on an interval, so
/// that a second writer in the target system is noticed between two rotations.
///
/// Nothing is written to the Secret for it. The status holds the start of the last probe and its
/// result; the Job of the last probe stays until the next one, so that its log can be read.
public final class Probe {
  /// The value is not expected to work.
  private static final Set<Phase> OUT_OF_USE =
      EnumSet.of(Phase.Pending, Phase.Locked, Phase.Revoked, Phase.Expired);

  /// No other hook of the Secret runs.
  private static final Set<Phase> QUIET =
      EnumSet.of(
          Phase.Fresh,
          Phase.Due,
          Phase.Deferred,
          Phase.Overlapping,
          Phase.Restarting,
          Phase.Blocked);

  /// Kubernetes ends a Job at its timeout; one that still runs this long after it is given up.
  private static final Duration GRACE = Duration.ofSeconds(30);

  /// A Job that the status does not know of was started in this time before its creation.
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

  /// The next probe after a failed one is at most this long after it.
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private static final int MOST_ATTEMPTS = 1_000_000;

  private final RotationTarget t;
  private final IssuedSecret current;
  private final ProbeHook hook;
  private final Optional<HookJob> job;
  private final Optional<Probed> known;

  private Probe(RotationTarget t, IssuedSecret current, ProbeHook hook) {
    this.t = t;
    this.current = current;
    this.hook = hook;
    this.job =
        t.jobs().stream()
            .filter(one -> one.step() == Step.probe && isAboutTheCurrent(one))
            .max(Comparator.comparing(HookJob::createdAt).thenComparing(HookJob::attempt));
    this.known =
        t.s()
            .identity()
            .known(t.name())
            .flatMap(Known::probe)
            // That of the value before says nothing about this one.
            .filter(probed -> !probed.start().isBefore(current.issue().issuedAt()));
  }

  /// The plan of the Secret with its probe.
  public static CredentialPlan over(
      RotationTarget t, Optional<IssuedSecret> current, CredentialPlan plan) {
    var hook = t.wanted().hooks().probe();
    return hook.isEmpty()
            || t.halt().isPresent()
            || OUT_OF_USE.contains(plan.credential().phase())
            || current.filter(now -> isKept(plan, now)).isEmpty()
        ? plan
        : new Probe(t, current.get(), hook.get()).over(plan);
  }

  /// Whether the value is not being replaced.
  private static boolean isKept(CredentialPlan plan, IssuedSecret current) {
    return plan.credential().version().equals(Optional.of(current.issue().version()));
  }

  private CredentialPlan over(CredentialPlan plan) {
    var due = due();
    if (!QUIET.contains(plan.credential().phase())) {
      return with(plan, probed(), List.of(), Optional.empty(), blocker(probed()));
    }
    if (t.now().isBefore(due)) {
      return with(plan, probed(), List.of(), Optional.of(due), blocker(probed()));
    }
    var name = ObjectRef.job(HookJob.name(t.name(), version(), Step.probe, attempt()));
    var refused = t.s().failedWrite(name);
    if (refused.isPresent()) {
      return with(
          plan,
          probed(),
          List.of(),
          Optional.of(refused.get().retryAt()),
          Blocker.refusal(t.s(), name).map(this::notStarted).or(() -> blocker(probed())));
    }
    var started =
        new Probed(
            t.now().truncatedTo(ChronoUnit.SECONDS),
            probed().flatMap(Probed::failure),
            probed().filter(Probed::passed).isPresent());
    return with(
        plan,
        Optional.of(started),
        List.of(start(name)),
        Optional.of(t.now().plus(hook.hook().timeout()).plus(GRACE)),
        blocker(Optional.of(started)));
  }

  private Action start(ObjectRef name) {
    return new Action.RunHook(
        name,
        t.subject(),
        Step.probe,
        hook.hook(),
        version(),
        attempt(),
        new Value(t.name(), current.secret().object().preconditions().uid(), ""),
        "");
  }

  private CredentialPlan with(
      CredentialPlan plan,
      Optional<Probed> probed,
      List<Action> actions,
      Optional<Instant> changesAt,
      Optional<Blocker> blocker) {
    return new CredentialPlan(
        Stream.concat(plan.actions().stream(), actions.stream()).toList(),
        plan.credential().with(probed, blocker.map(Blocker::message).map(this::note)),
        Stream.concat(plan.blockers().stream(), blocker.stream()).toList(),
        Stream.concat(plan.changesAt().stream(), changesAt.stream()).toList(),
        plan.handled(),
        plan.lock());
  }

  /// The status names the Secret anyway.
  private String note(String message) {
    var subject = t.subject() + ": ";
    return message.startsWith(subject) ? message.substring(subject.length()) : message;
  }

  private long version() {
    return current.issue().version();
  }

  private boolean isAboutTheCurrent(HookJob one) {
    return one.version() == version()
        && one.valueUid().equals(current.secret().object().preconditions().uid());
  }

  /// Of the Jobs that exist: the number is for the name alone.
  private int attempt() {
    return job.map(HookJob::attempt).map(last -> last % MOST_ATTEMPTS + 1).orElse(1);
  }

  /// The last probe as it is known now; empty before the first.
  private Optional<Probed> probed() {
    return job.map(this::probed).or(() -> known);
  }

  private Probed probed(HookJob last) {
    var start =
        known
            .map(Probed::start)
            .filter(at -> !last.createdAt().isAfter(at.plus(CLOCKS_DIFFER)))
            .orElse(last.createdAt());
    return switch (last.outcome()) {
      case Outcome.Succeeded _ -> new Probed(start, Optional.empty(), true);
      case Outcome.Failed(_, var why) -> new Probed(start, Optional.of(failure(last, why)), false);
      case Outcome.Running _ ->
          t.now().isBefore(end(last))
              ? new Probed(
                  start, known.flatMap(Probed::failure), known.filter(Probed::passed).isPresent())
              : new Probed(
                  start,
                  Optional.of(
                      failure(
                          last,
                          "it did not finish within " + Durations.text(hook.hook().timeout()))),
                  false);
    };
  }

  private static String failure(HookJob last, String why) {
    return Sentences.sentence("Job " + last.subject().name() + ": " + why);
  }

  private Instant end(HookJob last) {
    return last.createdAt().plus(hook.hook().timeout()).plus(GRACE);
  }

  private boolean isRunning() {
    return job.filter(last -> last.outcome() instanceof Outcome.Running)
        .filter(last -> t.now().isBefore(end(last)))
        .isPresent();
  }

  /// When the next one is due. The first is spread over the interval by the name of the Secret, so
  /// that a thousand credentials are not probed in one second.
  private Instant due() {
    var last = probed();
    if (last.isEmpty()) {
      return current.issue().issuedAt().plus(spread());
    }
    if (isRunning()) {
      return job.map(this::end).orElseThrow();
    }
    return last.get()
        .start()
        .plus(
            last.get().failure().isPresent()
                ? Durations.shorter(hook.interval(), LONGEST_PAUSE)
                : hook.interval());
  }

  private Duration spread() {
    var number =
        Long.parseLong(Digests.of(t.s().identity().uid() + "/" + t.name()).substring(0, 8), 16);
    return Duration.ofSeconds(1 + number % Math.max(1, hook.interval().toSeconds()));
  }

  private Optional<Blocker> blocker(Optional<Probed> probed) {
    return probed
        .flatMap(Probed::failure)
        .map(
            why ->
                new Blocker(
                    Reason.ProbeFailed,
                    Sentences.about(
                        t.subject(),
                        "The current credential (version "
                            + version()
                            + ") no longer opens "
                            + target()
                            + ": "
                            + why
                            + " If another writer changed it there, stop that writer, then set the annotation credence.dev/rotate to a new value."),
                    Impact.Broken));
  }

  private String target() {
    return t.wanted()
        .account()
        .map(account -> account.system())
        .orElse("the system that checks it");
  }

  private Blocker notStarted(Blocker refusal) {
    return new Blocker(
        Reason.ProbeFailed,
        Sentences.about(t.subject(), "The probe cannot be started: " + refusal.message()),
        Impact.Broken);
  }
}
