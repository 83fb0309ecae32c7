// SPDX-License-Identifier: Apache-2.0
package dev.credence.explore;

import dev.credence.explore.Node.Late;
import dev.credence.explore.Node.Left;
import dev.credence.explore.Node.Step;
import dev.credence.explore.Plan.Decided;
import dev.credence.explore.Rules.Edit;
import dev.credence.explore.Rules.Lag;
import dev.credence.explore.State.Asked;
import dev.credence.explore.State.Outcome;
import dev.credence.explore.State.Outside;
import dev.credence.explore.State.Part;
import dev.credence.explore.State.Past;
import dev.credence.explore.State.Pod;
import dev.credence.explore.State.Requests;
import dev.credence.explore.State.Run;
import dev.credence.explore.State.Work;
import dev.credence.facts.credential.Hooks;
import dev.credence.plan.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What can happen next: every way in which a history goes on.
final class Events {
  private final Rules rules;
  private final Hands hands;
  private final Harm harm;
  private final Function<State, Decided> decide;

  Events(Rules rules, Hands hands, Function<State, Decided> decide) {
    this.rules = rules;
    this.hands = hands;
    this.harm = new Harm(rules);
    this.decide = decide;
  }

  List<Step> after(Node node) {
    var steps = new ArrayList<Step>();
    operator(node, steps);
    hooks(node, steps);
    pods(node, steps);
    people(node, steps);
    time(node, steps);
    return steps;
  }

  private void operator(Node node, List<Step> steps) {
    var plan = node.plan();
    if (plan == null) {
      looks(node, steps);
      return;
    }
    steps.add(
        new Step(
            () -> "the operator dies before the rest",
            new Node(node.truth(), node.late(), null, node.left()),
            null));
    steps.add(does(node, plan));
  }

  private void looks(Node node, List<Step> steps) {
    var late = node.late();
    var view = late == null ? node.truth() : Facts.mixed(node.truth(), late.seen(), late.lag());
    var plan = decide.apply(view).plan();
    if (plan != null) {
      steps.add(
          new Step(
              () ->
                  "the operator looks"
                      + (late == null ? "" : " (it sees " + late.lag() + " of a moment ago)")
                      + " and decides: "
                      + told(plan),
              new Node(node.truth(), late, plan, node.left()),
              null));
    }
    if (late == null && node.left().lags() > 0) {
      for (var lag : rules.lags) {
        var left = node.left();
        steps.add(
            new Step(
                () -> "from now on the operator sees " + lag + " late",
                new Node(
                    node.truth(),
                    new Late(node.truth(), lag, 0),
                    null,
                    new Left(left.edits(), left.failures(), left.podRestarts(), left.lags() - 1)),
                null));
      }
    }
  }

  static String told(Plan plan) {
    var all = new ArrayList<String>();
    for (var next = plan; next != null; next = next.rest) {
      all.add(told(next.action, next));
    }
    return String.join(", ", all);
  }

  static String told(@Nullable Action action, Plan plan) {
    return switch (action) {
      case null -> "Status with versions " + plan.status;
      case Action.Issue it -> "Issue version " + it.receipt().version() + " of " + it.subject();
      case Action.Rotate it -> "Rotate " + it.subject() + " to version " + it.receipt().version();
      case Action.Stage it -> "Stage version " + it.receipt().version() + " as " + it.subject();
      case Action.Promote it -> "Switch " + it.subject() + " to version " + it.receipt().version();
      case Action.Rollback it ->
          "Rollback " + it.subject() + " to version " + it.receipt().version();
      case Action.Acknowledge it -> "Acknowledge (" + it.what() + ")";
      case Action.Remove it -> "Remove " + it.subject() + " (" + it.why() + ")";
      case Action.RunHook it -> "RunHook " + it.subject();
      case Action.Restart it -> "Restart " + it.subject() + " for " + it.value();
      default -> action.getClass().getSimpleName() + " " + action.subject();
    };
  }

  private Step does(Node node, Plan plan) {
    if (plan.action == null) {
      var s = node.truth();
      for (var at = 0; at < s.parts().size(); at++) {
        var version = plan.status.get(at);
        s = s.with(at, part -> part.after(past -> past.told(version)));
      }
      return step(node, () -> "it does: " + told(null, plan), s, null, null, node.left());
    }
    var action = plan.action;
    var done = hands.perform(node.truth(), action, plan.generation);
    return done.isEmpty()
        ? new Step(
            () -> "it is refused: " + told(action, plan),
            new Node(node.truth(), node.late(), plan.afterRefusal(), node.left()),
            null)
        : step(
            node,
            () -> "it does: " + told(action, plan),
            done.get(),
            action,
            plan.rest,
            node.left());
  }

  /// The cluster has changed.
  private Step step(
      Node from,
      Supplier<String> what,
      State to,
      @Nullable Action action,
      @Nullable Plan plan,
      Left left) {
    var checked = harm.of(from.truth(), to, action);
    return new Step(
        what, new Node(checked.state(), older(from.late()), plan, left), checked.harm());
  }

  private @Nullable Late older(@Nullable Late late) {
    return late == null || late.age() >= rules.lagFor
        ? null
        : new Late(late.seen(), late.lag(), late.age() + 1);
  }

  private Step other(Node from, Supplier<String> what, State to, Left left) {
    return step(from, what, to, null, from.plan(), left);
  }

  private void hooks(Node node, List<Step> steps) {
    var s = node.truth();
    var left = node.left();
    for (var place = 0; place < s.parts().size(); place++) {
      var at = place;
      var part = s.parts().get(at);
      for (var run : part.runs()) {
        if (run.outcome() != Outcome.Running) {
          continue;
        }
        var name = Facts.subject(rules.secrets.get(at).name(), run);
        if (canSucceed(part, run, run.reads())) {
          steps.add(
              other(
                  node,
                  () -> name + " succeeds (value " + run.reads() + ")",
                  succeeded(s, at, run, run.reads()),
                  left));
        }
        var now = Hands.reads(part, run.ofPending(), run.ofPrevious());
        if (now != run.reads() && canSucceed(part, run, now)) {
          steps.add(
              other(
                  node,
                  () -> name + " succeeds (it read its value late: " + now + ")",
                  succeeded(s, at, run, now),
                  left));
        }
        var isHopeless = !canSucceed(part, run, run.reads());
        if (left.failures() > 0 || isHopeless) {
          var fewer =
              isHopeless
                  ? left
                  : new Left(left.edits(), left.failures() - 1, left.podRestarts(), left.lags());
          steps.add(other(node, () -> name + " fails", failed(s, at, run), fewer));
          if (!isHopeless && run.step() != Hooks.Step.verify) {
            steps.add(
                other(
                    node,
                    () -> name + " fails after it has done its work",
                    failed(effect(s, at, run, run.reads()), at, run),
                    fewer));
          }
        }
      }
    }
  }

  /// A hook that finds no value does not start, and a value that is not accepted is not verified.
  static boolean canSucceed(Part part, Run run, int value) {
    return value != 0
        && (run.step() != Hooks.Step.verify || (part.outside().accepted() & 1 << value) != 0);
  }

  static State succeeded(State s, int at, Run run, int value) {
    var after = effect(s, at, run, value);
    return after.with(
        at,
        part ->
            part.running(
                State.replaced(
                    part.runs(),
                    part.runs().indexOf(run),
                    run.ended(Outcome.Succeeded, s.second()))));
  }

  static State failed(State s, int at, Run run) {
    return s.with(
        at,
        part ->
            part.running(
                State.replaced(
                    part.runs(), part.runs().indexOf(run), run.ended(Outcome.Failed, s.second()))));
  }

  private static State effect(State s, int at, Run run, int value) {
    return s.with(at, part -> part.accepting(part.outside().after(run.step(), value)));
  }

  private void pods(Node node, List<Step> steps) {
    var s = node.truth();
    var left = node.left();
    for (var place = 0; place < s.works().size(); place++) {
      var at = place;
      var work = s.works().get(at);
      var fresh = started(s, at);
      if (fresh == null) {
        continue;
      }
      if (work.pods().size() < rules.replicas) {
        steps.add(
            other(
                node,
                () -> "a pod of consumer-" + at + " starts and reads " + fresh.values(),
                s.with(at, work.with(State.joined(work.pods(), fresh))),
                left));
      }
      for (var one : new LinkedHashSet<>(work.pods())) {
        var with = s.with(at, work.with(State.joined(State.less(work.pods(), one), fresh)));
        if (one.template() != work.restartedFor()) {
          steps.add(
              other(
                  node,
                  () -> "consumer-" + at + " rolls out: a new pod reads " + fresh.values(),
                  with,
                  left));
        } else if (left.podRestarts() > 0 && !fresh.equals(one)) {
          steps.add(
              other(
                  node,
                  () ->
                      "a pod of consumer-"
                          + at
                          + " is replaced by itself and reads "
                          + fresh.values(),
                  with,
                  new Left(left.edits(), left.failures(), left.podRestarts() - 1, left.lags())));
        }
      }
    }
  }

  /// A pod starts where all that it uses is there.
  static @Nullable Pod started(State s, int at, Rules rules) {
    var values = new ArrayList<Integer>();
    for (var used : rules.workloads.get(at)) {
      var held = s.parts().get(used).held();
      if (held == null) {
        return null;
      }
      values.add(held.value());
    }
    return new Pod(s.second(), s.works().get(at).restartedFor(), List.copyOf(values));
  }

  private @Nullable Pod started(State s, int at) {
    return started(s, at, rules);
  }

  private void time(Node node, List<Step> steps) {
    var minute = node.truth().minute() + 1;
    if (minute > rules.minutes || node.plan() != null && !rules.slow) {
      return;
    }
    var checked = harm.of(node.truth(), node.truth().at(minute), null);
    var late = node.late();
    steps.add(
        new Step(
            () -> "a minute passes: it is minute " + minute,
            new Node(
                checked.state(),
                late != null && late.lag() == Lag.Consumers ? null : older(late),
                node.plan(),
                node.left()),
            checked.harm()));
  }

  private void people(Node node, List<Step> steps) {
    if (node.left().edits() == 0) {
      return;
    }
    for (var edit : rules.edits) {
      switch (edit) {
        case rotateIdentity -> {
          var asked = node.truth().asked();
          edited(
              node,
              steps,
              "somebody asks for new values of the whole identity",
              node.truth()
                  .asking(new Asked(asked.generation(), next(asked.rotate()), asked.revoke())));
        }
        case revokeIdentity -> {
          var asked = node.truth().asked();
          var to =
              node.truth()
                  .asking(new Asked(asked.generation(), asked.rotate(), next(asked.revoke())));
          for (var at = 0; at < to.parts().size(); at++) {
            to = to.with(at, p -> p.after(Past::harmedNow));
          }
          edited(node, steps, "somebody revokes the whole identity", to);
        }
        default -> {
          for (var at = 0; at < rules.secrets.size(); at++) {
            edit(node, steps, edit, at);
          }
        }
      }
    }
  }

  private static int next(int request) {
    return Math.abs(request) + 1;
  }

  private void edited(Node node, List<Step> steps, String what, State to) {
    var left = node.left();
    steps.add(
        other(
            node,
            () -> what,
            to,
            new Left(left.edits() - 1, left.failures(), left.podRestarts(), left.lags())));
  }

  private void edit(Node node, List<Step> steps, Edit edit, int at) {
    var s = node.truth();
    var name = rules.secrets.get(at).name();
    var part = s.parts().get(at);
    var held = part.held();
    var asked = held == null ? Requests.NONE : held.requests();
    var none = UnaryOperator.<Part>identity();
    switch (edit) {
      case rotate ->
          asks(
              node,
              steps,
              at,
              "for a new value of ",
              new Requests(next(asked.rotate()), asked.rollback(), asked.abort(), asked.revoke()),
              none);
      case rotateUrgently ->
          asks(
              node,
              steps,
              at,
              "urgently for a new value of ",
              new Requests(-next(asked.rotate()), asked.rollback(), asked.abort(), asked.revoke()),
              p -> p.after(Past::urgentNow));
      case rollback ->
          asks(
              node,
              steps,
              at,
              "for a rollback of ",
              new Requests(asked.rotate(), next(asked.rollback()), asked.abort(), asked.revoke()),
              none);
      case abort ->
          asks(
              node,
              steps,
              at,
              "to abort the rotation of ",
              new Requests(asked.rotate(), asked.rollback(), next(asked.abort()), asked.revoke()),
              none);
      case revoke ->
          asks(
              node,
              steps,
              at,
              "to revoke ",
              new Requests(asked.rotate(), asked.rollback(), asked.abort(), next(asked.revoke())),
              p -> p.after(Past::harmedNow));
      case recipe ->
          edited(
              node,
              steps,
              "somebody changes the recipe of " + name,
              s.with(at, p -> p.wanting(1 - p.recipe()))
                  .asking(
                      new Asked(
                          s.asked().generation() + 1, s.asked().rotate(), s.asked().revoke())));
      case deleteSecret -> {
        if (held != null) {
          var isHooked = rules.secrets.get(at).isHooked();
          edited(
              node,
              steps,
              "somebody deletes " + name,
              s.with(at, p -> isHooked ? p.deleted() : p.deleted().after(Past::harmedNow)));
        }
      }
      case deletePending -> {
        if (part.staged() != null) {
          edited(
              node,
              steps,
              "somebody deletes " + name + "-pending",
              s.with(at, p -> p.staging(null)));
        }
      }
      case deleteJob ->
          part.runs()
              .forEach(
                  run ->
                      edited(
                          node,
                          steps,
                          "somebody deletes " + Facts.subject(name, run),
                          s.with(at, p -> p.running(State.without(p.runs(), run)))));
      case deleteAnchor ->
          part.anchors()
              .forEach(
                  anchor ->
                      edited(
                          node,
                          steps,
                          "somebody deletes the anchor of version " + anchor.version(),
                          s.with(
                              at,
                              p ->
                                  p.anchored(State.without(p.anchors(), anchor))
                                      .after(Past::harmedNow))));
      case editSecret -> {
        if (held != null) {
          edited(
              node,
              steps,
              "somebody writes another value into " + name,
              s.with(at, p -> p.with(held.holding(State.BY_HAND)).after(Past::harmedNow)));
        }
      }
      case rotateIdentity, revokeIdentity -> throw new IllegalStateException(edit.toString());
    }
  }

  private void asks(
      Node node,
      List<Step> steps,
      int at,
      String what,
      Requests requests,
      UnaryOperator<Part> change) {
    var held = node.truth().parts().get(at).held();
    if (held == null || Objects.equals(held.requests(), requests)) {
      return;
    }
    edited(
        node,
        steps,
        "somebody asks " + what + rules.secrets.get(at).name(),
        node.truth().with(at, p -> change.apply(p.with(held.asking(requests)))));
  }

  /// The first state: nothing is there, or every Secret in its first version and every consumer
  /// with it.
  static State beginning(Rules rules) {
    var parts = new ArrayList<Part>();
    for (var at = 0; at < rules.secrets.size(); at++) {
      var wanted = rules.secrets.get(at);
      var foreign =
          !rules.foreignInTheWay || wanted.isToken() || !wanted.isHooked()
              ? null
              : State.Staged.FOREIGN;
      var anchors = new ArrayList<State.Anchor>();
      if (wanted.isToken() && rules.foreignInTheWay) {
        anchors.add(new State.Anchor(2, 0, true));
      }
      var part =
          new Part(
              0,
              null,
              foreign,
              List.of(),
              List.copyOf(anchors),
              List.of(),
              new Outside(0, 0, 0),
              Past.NONE);
      parts.add(rules.fromNothing ? part : filled(part, wanted));
    }
    var works =
        rules.workloads.stream().map(_ -> new Work(0, State.NEVER, List.<Pod>of())).toList();
    var s = new State(1, new Asked(1, 0, 0), List.copyOf(parts), works);
    if (!rules.fromNothing) {
      for (var at = 0; at < works.size(); at++) {
        var pod = Objects.requireNonNull(started(s, at, rules));
        s = s.with(at, new Work(0, State.NEVER, Collections.nCopies(rules.replicas, pod)));
      }
    }
    return s;
  }

  private static Part filled(Part part, Rules.Wanted wanted) {
    var anchors =
        wanted.isToken()
            ? State.joined(part.anchors(), new State.Anchor(1, 1, false))
            : part.anchors();
    var ends = wanted.isToken() ? wanted.token() : State.NEVER;
    var held =
        new State.Held(
            1,
            1,
            1,
            State.NEVER,
            1,
            0,
            false,
            0,
            ends,
            State.NEVER,
            0,
            Requests.NONE,
            State.Handled.NONE);
    var filled =
        part.anchored(anchors)
            .accepting(new Outside(wanted.isHooked() ? 2 : 0, 2, 2))
            .with(held)
            .after(past -> past.counting(1).told(1));
    return wanted.isToken() ? filled.granting(new State.Token(1, 1, ends)) : filled;
  }
}
