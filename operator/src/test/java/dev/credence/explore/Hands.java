// SPDX-License-Identifier: Apache-2.0
package dev.credence.explore;

import dev.credence.explore.State.Anchor;
import dev.credence.explore.State.Handled;
import dev.credence.explore.State.Held;
import dev.credence.explore.State.Outcome;
import dev.credence.explore.State.Part;
import dev.credence.explore.State.Requests;
import dev.credence.explore.State.Run;
import dev.credence.explore.State.Staged;
import dev.credence.explore.State.Token;
import dev.credence.explore.State.Work;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.plan.Action.VersionInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the API server does with an action: refuse it where it is about what is not so any more,
/// else carry it out.
final class Hands {
  private final Rules rules;
  private final Facts facts;

  Hands(Rules rules, Facts facts) {
    this.rules = rules;
    this.facts = facts;
  }

  /// Empty where it was refused. `generation`: of the identity that was looked at.
  Optional<State> perform(State s, Action action, int generation) {
    return switch (action) {
      case Action.Issue issue -> issue(s, issue);
      case Action.Rotate rotate -> rotate(s, rotate);
      case Action.Stage stage -> stage(s, stage);
      case Action.Promote turn -> turn(s, turn);
      case Action.Rollback rollback -> rollback(s, rollback);
      case Action.BeginRevoke end -> endPrevious(s, end);
      case Action.Retire retire -> retire(s, retire);
      case Action.Acknowledge acknowledge -> acknowledge(s, acknowledge);
      case Action.RunHook run -> run(s, run, generation);
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

  private Optional<State> issue(State s, Action.Issue issue) {
    var at = place(issue.subject());
    var part = s.parts().get(at);
    if (part.held() != null) {
      return Optional.empty();
    }
    return made(s, at, issue.receipt(), null);
  }

  private Optional<State> rotate(State s, Action.Rotate rotate) {
    var at = place(rotate.subject());
    return judged(s, at, rotate.guard())
        .flatMap(held -> made(s, at, rotate.receipt().writtenAt(Facts.now(s)), held));
  }

  /// The Secret, if it still is the one that was judged.
  private static Optional<Held> judged(State s, int at, Preconditions guard) {
    return Optional.ofNullable(s.parts().get(at).held())
        .filter(held -> Facts.guard(held).equals(guard));
  }

  /// A new value, made at once.
  private Optional<State> made(State s, int at, VersionInfo receipt, @Nullable Held before) {
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
                        .with(replaced(before, number, number, receipt, part.recipe()));
                // Without a hook that brings it there it is accepted where it is checked.
                return wanted.isHooked()
                    ? now.accepting(now.outside().after(Step.apply, number))
                    : now;
              }));
    }
    var anchor =
        part.anchors().stream()
            .filter(one -> one.version() == receipt.version() && !one.foreign())
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
                        replaced(before, number, number, receipt, part.recipe()).endingAt(ends))));
  }

  private static Held replaced(
      @Nullable Held before, int number, int value, VersionInfo receipt, int recipe) {
    var made = Facts.recipe(receipt.recipe());
    return new Held(
        before == null ? number : before.uid(),
        (int) receipt.version(),
        Facts.second(receipt.issuedAt()),
        receipt.previousRetiresAt().map(Facts::second).orElse(State.NEVER),
        value,
        before != null && receipt.keepsPrevious() ? before.value() : 0,
        false,
        made >= 0 ? made : recipe,
        before == null ? State.NEVER : before.endsAt(),
        before == null ? State.NEVER : before.abortedAt(),
        before == null ? 0 : before.abortedRecipe(),
        before == null ? Requests.NONE : before.requests(),
        Facts.merged(before == null ? Handled.NONE : before.handled(), receipt.handled()));
  }

  private Optional<State> stage(State s, Action.Stage stage) {
    var at = place(stage.of());
    var part = s.parts().get(at);
    if (part.staged() != null) {
      return Optional.empty();
    }
    var receipt = stage.receipt();
    var number = next(part);
    var staged =
        new Staged(
            number,
            (int) receipt.version(),
            Facts.second(receipt.issuedAt()),
            number,
            Facts.recipe(receipt.recipe()),
            Facts.merged(Handled.NONE, receipt.handled()),
            false);
    return Optional.of(s.with(at, p -> p.after(past -> past.counting(number)).staging(staged)));
  }

  private Optional<State> turn(State s, Action.Promote turn) {
    var at = place(turn.subject());
    var part = s.parts().get(at);
    var staged = part.staged();
    var held = part.held();
    if (staged == null
        || staged.foreign()
        || !Facts.guard(staged).equals(turn.proven())
        || !turn.current().equals(Optional.ofNullable(held).map(Facts::guard))) {
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
                            turn.receipt().writtenAt(Facts.now(s)),
                            part.recipe()))));
  }

  private Optional<State> rollback(State s, Action.Rollback rollback) {
    var at = place(rollback.subject());
    var number = s.parts().get(at).past().made();
    return judged(s, at, rollback.guard())
        .filter(held -> held.previous() != 0)
        .map(
            held ->
                s.with(
                    at,
                    p ->
                        p.with(
                            replaced(
                                held, number, held.previous(), rollback.receipt(), p.recipe()))));
  }

  private Optional<State> retire(State s, Action.Retire retire) {
    var at = place(retire.subject());
    return judged(s, at, retire.guard()).map(held -> s.with(at, p -> p.with(held.retired())));
  }

  private Optional<State> endPrevious(State s, Action.BeginRevoke end) {
    var at = place(end.subject());
    return judged(s, at, end.guard()).map(held -> s.with(at, p -> p.with(held.endingNow())));
  }

  private Optional<State> acknowledge(State s, Action.Acknowledge acknowledge) {
    var at = place(acknowledge.subject());
    return judged(s, at, acknowledge.guard())
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
        aborted.map(one -> Facts.second(one.at())).orElse(held.abortedAt()),
        aborted.map(one -> Facts.recipe(one.recipe())).orElse(held.abortedRecipe()),
        Facts.merged(held.handled(), acknowledge.handled()));
  }

  private Optional<State> run(State s, Action.RunHook run, int generation) {
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
            State.NEVER);
    return part.runs().stream().anyMatch(started::hasName)
        ? Optional.empty()
        : Optional.of(s.with(at, p -> p.running(sorted(p, started))));
  }

  private static List<Run> sorted(Part part, Run started) {
    return State.joined(part.runs(), started).stream()
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

  private Optional<State> anchor(State s, Action.Anchor anchor) {
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
                        State.joined(
                            p.anchors(), new Anchor((int) anchor.version(), number, false)))));
  }

  private Optional<State> remove(State s, Action.Remove remove) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var name = rules.secrets.get(at).name();
      var part = s.parts().get(at);
      if (remove.subject().kind() == Kind.Job) {
        for (var run : part.runs()) {
          if (Facts.subject(name, run).equals(remove.subject())
              && Facts.guard(run).equals(remove.guard())) {
            return Optional.of(s.with(at, p -> p.running(State.without(p.runs(), run))));
          }
        }
      }
      if (remove.subject().equals(ObjectRef.pendingOf(name))
          && part.staged() != null
          && guard(part.staged()).equals(remove.guard())) {
        return Optional.of(s.with(at, p -> p.staging(null)));
      }
      for (var anchor : part.anchors()) {
        if (remove.subject().equals(ObjectRef.anchorOf(name, anchor.version()))
            && guard(anchor).equals(remove.guard())) {
          return Optional.of(s.with(at, p -> p.anchored(State.without(p.anchors(), anchor))));
        }
      }
    }
    return Optional.empty();
  }

  private static Preconditions guard(Staged staged) {
    return staged.foreign() ? new Preconditions("foreign", "1") : Facts.guard(staged);
  }

  private static Preconditions guard(Anchor anchor) {
    return anchor.foreign() ? new Preconditions("foreign", "1") : Facts.guard(anchor);
  }

  private Optional<State> restart(State s, Action.Restart restart) {
    for (var at = 0; at < s.works().size(); at++) {
      var work = s.works().get(at);
      if (Facts.workload(at).equals(restart.subject())
          && Facts.guard(at, work).equals(restart.guard())) {
        var wanted = facts.restartedFor(restart.value());
        return wanted == work.restartedFor()
            ? Optional.of(s)
            : Optional.of(s.with(at, new Work(wanted, s.second(), work.pods())));
      }
    }
    return Optional.empty();
  }

  private Optional<State> evict(State s, Action.Evict evict) {
    for (var at = 0; at < s.works().size(); at++) {
      var work = s.works().get(at);
      for (var place = 0; place < work.pods().size(); place++) {
        var pod = work.pods().get(place);
        if (Facts.podName(at, place).equals(evict.subject().name())
            && Facts.guard(pod).uid().equals(evict.guard().uid())) {
          return Optional.of(s.with(at, work.with(State.less(work.pods(), pod))));
        }
      }
    }
    return Optional.empty();
  }
}
