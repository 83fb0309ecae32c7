// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.modelcheck.ModelState.Anchor;
import dev.credence.modelcheck.ModelState.Handled;
import dev.credence.modelcheck.ModelState.Held;
import dev.credence.modelcheck.ModelState.Outcome;
import dev.credence.modelcheck.ModelState.Part;
import dev.credence.modelcheck.ModelState.Requests;
import dev.credence.modelcheck.ModelState.Run;
import dev.credence.modelcheck.ModelState.Staged;
import dev.credence.modelcheck.ModelState.Token;
import dev.credence.modelcheck.ModelState.Work;
import dev.credence.plan.Action;
import dev.credence.plan.Action.VersionInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The API server of the model: rejects an action whose preconditions no longer hold, and carries
/// out any other.
final class Simulator {
  private final WorldRules rules;
  private final ModelSnapshot snapshots;

  Simulator(WorldRules rules, ModelSnapshot snapshots) {
    this.rules = rules;
    this.snapshots = snapshots;
  }

  /// Empty where it was rejected. `generation`: of the identity that was looked at.
  Optional<ModelState> perform(ModelState s, Action action, int generation) {
    return switch (action) {
      case Action.Issue issue -> issue(s, issue);
      case Action.Rotate rotate -> rotate(s, rotate);
      case Action.Stage stage -> stage(s, stage);
      case Action.Promote promote -> promote(s, promote);
      case Action.Rollback rollback -> rollback(s, rollback);
      case Action.BeginRevoke end -> endPrevious(s, end);
      case Action.Retire retire -> retire(s, retire);
      case Action.Acknowledge acknowledge -> acknowledge(s, acknowledge);
      case Action.RunHook run -> run(s, run, generation);
      case Action.AdmitHook admit -> admit(s, admit);
      case Action.Note note -> note(s, note);
      case Action.Anchor anchor -> anchor(s, anchor);
      case Action.Remove remove -> remove(s, remove);
      case Action.Restart restart -> restart(s, restart);
      case Action.Evict evict -> evict(s, evict);
      default -> throw new IllegalStateException("in a small world there is no " + action);
    };
  }

  private int place(ObjectRef secret) {
    return IntStream.range(0, rules.secrets.size())
        .filter(at -> rules.secrets.get(at).name().equals(secret.name()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("not wanted: " + secret));
  }

  /// A new object or value has the next number.
  private static int next(Part part) {
    return part.past().made() + 1;
  }

  private Optional<ModelState> issue(ModelState s, Action.Issue issue) {
    var at = place(issue.subject());
    var part = s.parts().get(at);
    if (part.held() != null) {
      return Optional.empty();
    }
    return made(s, at, issue.versionInfo(), null);
  }

  private Optional<ModelState> rotate(ModelState s, Action.Rotate rotate) {
    var at = place(rotate.subject());
    return judged(s, at, rotate.preconditions())
        .flatMap(held -> made(s, at, rotate.versionInfo().writtenAt(ModelSnapshot.now(s)), held));
  }

  /// The Secret, if it still is the one that was judged.
  private static Optional<Held> judged(ModelState s, int at, Preconditions preconditions) {
    return Optional.ofNullable(s.parts().get(at).held())
        .filter(held -> ModelSnapshot.preconditions(held).equals(preconditions));
  }

  /// A new value, made at once.
  private Optional<ModelState> made(
      ModelState s, int at, VersionInfo versionInfo, @Nullable Held before) {
    var part = s.parts().get(at);
    var number = next(part);
    var wanted = rules.secrets.get(at);
    if (!wanted.isToken()) {
      return Optional.of(
          s.with(
              at,
              p -> {
                var now =
                    p.after(past -> past.counting(number))
                        .with(replaced(before, number, number, versionInfo, part.generatorSpec()));
                // Without a hook that brings it there it is accepted where it is checked.
                return wanted.isHooked()
                    ? now.accepting(now.outside().after(Step.apply, number))
                    : now;
              }));
    }
    var anchor =
        part.anchors().stream()
            .filter(one -> one.version() == versionInfo.version() && !one.foreign())
            .findFirst();
    if (anchor.isEmpty()) {
      return Optional.empty();
    }
    var ends = s.second() + wanted.token();
    return Optional.of(
        s.with(
            at,
            p ->
                p.after(past -> past.counting(number))
                    .granting(new Token(number, anchor.get().uid(), ends))
                    .with(
                        replaced(before, number, number, versionInfo, part.generatorSpec())
                            .endingAt(ends))));
  }

  private static Held replaced(
      @Nullable Held before, int number, int value, VersionInfo versionInfo, int generatorSpec) {
    var made = ModelSnapshot.generatorSpec(versionInfo.generatorSpec());
    return new Held(
        before == null ? number : before.uid(),
        (int) versionInfo.version(),
        ModelSnapshot.second(versionInfo.issuedAt()),
        versionInfo.previousRetiresAt().map(ModelSnapshot::second).orElse(ModelState.NEVER),
        value,
        before != null && versionInfo.keepsPrevious() ? before.value() : 0,
        false,
        made >= 0 ? made : generatorSpec,
        before == null ? ModelState.NEVER : before.endsAt(),
        before == null ? ModelState.NEVER : before.abortedAt(),
        before == null ? 0 : before.abortedRecipe(),
        before == null ? Requests.NONE : before.requests(),
        ModelSnapshot.merged(
            before == null ? Handled.NONE : before.handled(), versionInfo.handled()));
  }

  private Optional<ModelState> stage(ModelState s, Action.Stage stage) {
    var at = place(stage.of());
    var part = s.parts().get(at);
    if (part.staged() != null) {
      return Optional.empty();
    }
    var versionInfo = stage.versionInfo();
    var number = next(part);
    var staged =
        new Staged(
            number,
            (int) versionInfo.version(),
            ModelSnapshot.second(versionInfo.issuedAt()),
            number,
            ModelSnapshot.generatorSpec(versionInfo.generatorSpec()),
            ModelSnapshot.merged(Handled.NONE, versionInfo.handled()),
            false,
            0,
            false);
    return Optional.of(s.with(at, p -> p.after(past -> past.counting(number)).staging(staged)));
  }

  private Optional<ModelState> promote(ModelState s, Action.Promote promote) {
    var at = place(promote.subject());
    var part = s.parts().get(at);
    var staged = part.staged();
    var held = part.held();
    if (staged == null
        || staged.foreign()
        || !ModelSnapshot.preconditions(staged).equals(promote.proven())
        || !promote.current().equals(Optional.ofNullable(held).map(ModelSnapshot::preconditions))) {
      return Optional.empty();
    }
    var number = held == null ? next(part) : part.past().made();
    return Optional.of(
        s.with(
            at,
            p ->
                p.after(past -> past.counting(number))
                    .with(
                        replaced(
                            held,
                            number,
                            staged.value(),
                            promote.versionInfo().writtenAt(ModelSnapshot.now(s)),
                            part.generatorSpec()))));
  }

  private Optional<ModelState> rollback(ModelState s, Action.Rollback rollback) {
    var at = place(rollback.subject());
    var number = s.parts().get(at).past().made();
    return judged(s, at, rollback.preconditions())
        .filter(held -> held.previous() != 0)
        .map(
            held ->
                s.with(
                    at,
                    p ->
                        p.with(
                            replaced(
                                held,
                                number,
                                held.previous(),
                                rollback.versionInfo(),
                                p.generatorSpec()))));
  }

  private Optional<ModelState> retire(ModelState s, Action.Retire retire) {
    var at = place(retire.subject());
    return judged(s, at, retire.preconditions())
        .map(held -> s.with(at, p -> p.with(held.retired())));
  }

  private Optional<ModelState> endPrevious(ModelState s, Action.BeginRevoke end) {
    var at = place(end.subject());
    return judged(s, at, end.preconditions())
        .map(held -> s.with(at, p -> p.with(held.endingNow())));
  }

  private Optional<ModelState> acknowledge(ModelState s, Action.Acknowledge acknowledge) {
    var at = place(acknowledge.subject());
    return judged(s, at, acknowledge.preconditions())
        .map(held -> answered(held, acknowledge))
        .map(
            after ->
                s.with(
                    at,
                    p ->
                        p.staged() != null
                                && acknowledge.what().startsWith("the rotation")
                                && !p.staged().foreign()
                            ? p.with(after).after(past -> past.aborting(p.staged().value()))
                            : p.with(after)));
  }

  private static Held answered(Held held, Action.Acknowledge acknowledge) {
    var aborted = acknowledge.aborted();
    return held.answering(
        aborted.map(one -> ModelSnapshot.second(one.at())).orElse(held.abortedAt()),
        aborted
            .map(one -> ModelSnapshot.generatorSpec(one.generatorSpec()))
            .orElse(held.abortedRecipe()),
        ModelSnapshot.merged(held.handled(), acknowledge.handled()));
  }

  private Optional<ModelState> run(ModelState s, Action.RunHook run, int generation) {
    var at = place(run.of());
    var part = s.parts().get(at);
    var ofPending = run.about().secret().endsWith("-pending");
    var ofPrevious = !run.about().suffix().isEmpty();
    var started =
        new Run(
            run.step(),
            (int) run.version(),
            run.attempt(),
            Integer.parseInt(run.about().uid().substring(1)),
            ofPending,
            ofPrevious,
            generation,
            s.second(),
            reads(part, ofPending, ofPrevious),
            Outcome.Running,
            ModelState.NEVER);
    return part.runs().stream().anyMatch(started::hasName)
        ? Optional.empty()
        : Optional.of(s.with(at, p -> p.running(sorted(p, started))));
  }

  private Optional<ModelState> admit(ModelState s, Action.AdmitHook admit) {
    var at = place(admit.of());
    var part = s.parts().get(at);
    var name = rules.secrets.get(at).name();
    return Optional.ofNullable(part.staged())
        .filter(staged -> !staged.foreign())
        .filter(staged -> ModelSnapshot.preconditions(staged).equals(admit.preconditions()))
        .flatMap(
            staged ->
                part.runs().stream()
                    .filter(run -> ModelSnapshot.subject(name, run).equals(admit.job()))
                    .map(run -> s.with(at, p -> p.staging(staged.admitting(run.attempt()))))
                    .findFirst());
  }

  /// What is recorded is what the watch of Jobs shows, so that nothing changes; a record that was
  /// decided by an earlier state of the Secret is rejected.
  private Optional<ModelState> note(ModelState s, Action.Note note) {
    return s.parts().stream()
            .flatMap(
                part ->
                    Stream.concat(
                        Stream.ofNullable(part.staged()).map(Simulator::preconditions),
                        Stream.ofNullable(part.held()).map(ModelSnapshot::preconditions)))
            .anyMatch(note.preconditions()::equals)
        ? Optional.of(s)
        : Optional.empty();
  }

  private static List<Run> sorted(Part part, Run started) {
    return ModelState.joined(part.runs(), started).stream()
        .sorted(
            Comparator.comparing(Run::step).thenComparing(Run::version).thenComparing(Run::attempt))
        .toList();
  }

  /// What a hook finds that looks now; 0 where there is nothing.
  static int reads(Part part, boolean ofPending, boolean ofPrevious) {
    if (ofPending) {
      return part.staged() == null || part.staged().foreign() ? 0 : part.staged().value();
    }
    return part.held() == null ? 0 : ofPrevious ? part.held().previous() : part.held().value();
  }

  private Optional<ModelState> anchor(ModelState s, Action.Anchor anchor) {
    var at = place(anchor.of());
    var part = s.parts().get(at);
    if (part.anchors().stream().anyMatch(one -> one.version() == anchor.version())) {
      return Optional.empty();
    }
    var number = next(part);
    return Optional.of(
        s.with(
            at,
            p ->
                p.after(past -> past.counting(number))
                    .anchored(
                        ModelState.joined(
                            p.anchors(), new Anchor((int) anchor.version(), number, false)))));
  }

  private Optional<ModelState> remove(ModelState s, Action.Remove remove) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var name = rules.secrets.get(at).name();
      var part = s.parts().get(at);
      if (remove.subject().kind() == Kind.Job) {
        for (var run : part.runs()) {
          if (ModelSnapshot.subject(name, run).equals(remove.subject())
              && ModelSnapshot.preconditions(run).equals(remove.preconditions())) {
            return Optional.of(s.with(at, p -> p.running(ModelState.without(p.runs(), run))));
          }
        }
      }
      if (remove.subject().equals(ObjectRef.pendingOf(name))
          && part.staged() != null
          && preconditions(part.staged()).equals(remove.preconditions())) {
        return Optional.of(s.with(at, p -> p.staging(null)));
      }
      for (var anchor : part.anchors()) {
        if (remove.subject().equals(ObjectRef.anchorOf(name, anchor.version()))
            && preconditions(anchor).equals(remove.preconditions())) {
          return Optional.of(s.with(at, p -> p.anchored(ModelState.without(p.anchors(), anchor))));
        }
      }
    }
    return Optional.empty();
  }

  private static Preconditions preconditions(Staged staged) {
    return staged.foreign()
        ? new Preconditions("foreign", "1")
        : ModelSnapshot.preconditions(staged);
  }

  private static Preconditions preconditions(Anchor anchor) {
    return anchor.foreign()
        ? new Preconditions("foreign", "1")
        : ModelSnapshot.preconditions(anchor);
  }

  private Optional<ModelState> restart(ModelState s, Action.Restart restart) {
    for (var at = 0; at < s.works().size(); at++) {
      var work = s.works().get(at);
      if (ModelSnapshot.workload(at).equals(restart.subject())
          && ModelSnapshot.preconditions(at, work).equals(restart.preconditions())) {
        var wanted = snapshots.restartedFor(restart.value());
        return wanted == work.restartedFor()
            ? Optional.of(s)
            : Optional.of(s.with(at, new Work(wanted, s.second(), work.pods())));
      }
    }
    return Optional.empty();
  }

  private Optional<ModelState> evict(ModelState s, Action.Evict evict) {
    for (var at = 0; at < s.works().size(); at++) {
      var work = s.works().get(at);
      for (var place = 0; place < work.pods().size(); place++) {
        var pod = work.pods().get(place);
        if (ModelSnapshot.podName(at, place).equals(evict.subject().name())
            && ModelSnapshot.preconditions(pod).uid().equals(evict.preconditions().uid())) {
          return Optional.of(s.with(at, work.with(ModelState.less(work.pods(), pod))));
        }
      }
    }
    return Optional.empty();
  }
}
