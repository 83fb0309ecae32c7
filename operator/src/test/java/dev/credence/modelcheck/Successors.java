// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.credential.Hooks;
import dev.credence.modelcheck.ModelState.Asked;
import dev.credence.modelcheck.ModelState.Outcome;
import dev.credence.modelcheck.ModelState.Outside;
import dev.credence.modelcheck.ModelState.Part;
import dev.credence.modelcheck.ModelState.Past;
import dev.credence.modelcheck.ModelState.Pod;
import dev.credence.modelcheck.ModelState.Requests;
import dev.credence.modelcheck.ModelState.Run;
import dev.credence.modelcheck.ModelState.Work;
import dev.credence.modelcheck.Node.Late;
import dev.credence.modelcheck.Node.Left;
import dev.credence.modelcheck.Node.Step;
import dev.credence.modelcheck.PendingActions.Decided;
import dev.credence.modelcheck.WorldRules.Edit;
import dev.credence.modelcheck.WorldRules.Lag;
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

/// The successors of a state: everything that can happen next.
final class Successors {
  private final WorldRules rules;
  private final Simulator simulator;
  private final Safety safety;
  private final Function<ModelState, Decided> decide;

  Successors(WorldRules rules, Simulator simulator, Function<ModelState, Decided> decide) {
    this.rules = rules;
    this.simulator = simulator;
    this.safety = new Safety(rules);
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
    var view =
        late == null ? node.truth() : ModelSnapshot.mixed(node.truth(), late.seen(), late.lag());
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

  static String told(PendingActions plan) {
    var all = new ArrayList<String>();
    for (var next = plan; next != null; next = next.rest) {
      all.add(told(next.action, next));
    }
    return String.join(", ", all);
  }

  static String told(@Nullable Action action, PendingActions plan) {
    return switch (action) {
      case null -> "Status with versions " + plan.status;
      case Action.Issue it -> "Issue version " + it.versionInfo().version() + " of " + it.subject();
      case Action.Rotate it ->
          "Rotate " + it.subject() + " to version " + it.versionInfo().version();
      case Action.Stage it -> "Stage version " + it.versionInfo().version() + " as " + it.subject();
      case Action.Promote it ->
          "Switch " + it.subject() + " to version " + it.versionInfo().version();
      case Action.Rollback it ->
          "Rollback " + it.subject() + " to version " + it.versionInfo().version();
      case Action.Acknowledge it -> "Acknowledge (" + it.what() + ")";
      case Action.Remove it -> "Remove " + it.subject() + " (" + it.why() + ")";
      case Action.RunHook it -> "RunHook " + it.subject();
      case Action.AdmitHook it -> "AdmitHook " + it.job();
      case Action.Note it -> "Note on " + it.subject();
      case Action.Restart it -> "Restart " + it.subject() + " for " + it.value();
      default -> action.getClass().getSimpleName() + " " + action.subject();
    };
  }

  private Step does(Node node, PendingActions plan) {
    if (plan.action == null) {
      var s = node.truth();
      for (var at = 0; at < s.parts().size(); at++) {
        var version = plan.status.get(at);
        s = s.with(at, part -> part.after(past -> past.told(version)));
      }
      return step(node, () -> "it does: " + told(null, plan), s, null, null, node.left());
    }
    var action = plan.action;
    var done = simulator.perform(node.truth(), action, plan.generation);
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
      ModelState to,
      @Nullable Action action,
      @Nullable PendingActions plan,
      Left left) {
    var checked = safety.of(from.truth(), to, action);
    return new Step(
        what, new Node(checked.state(), older(from.late()), plan, left), checked.harm());
  }

  private @Nullable Late older(@Nullable Late late) {
    return late == null || late.age() >= rules.lagFor
        ? null
        : new Late(late.seen(), late.lag(), late.age() + 1);
  }

  private Step other(Node from, Supplier<String> what, ModelState to, Left left) {
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
        var name = ModelSnapshot.subject(rules.secrets.get(at).name(), run);
        if (canSucceed(part, run, run.reads())) {
          steps.add(
              other(
                  node,
                  () -> name + " succeeds (value " + run.reads() + ")",
                  succeeded(s, at, run, run.reads()),
                  left));
        }
        var now = Simulator.reads(part, run.ofPending(), run.ofPrevious());
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
          if (!isHopeless && run.step() == Hooks.Step.issue) {
            steps.add(
                other(
                    node,
                    () -> name + " fails after it has written",
                    failed(written(effect(s, at, run, run.reads()), at), at, run),
                    fewer));
          }
        }
      }
    }
  }

  /// A hook that finds no value does not start, and a value that is not accepted is not verified.
  static boolean canSucceed(Part part, Run run, int value) {
    return switch (run.step()) {
      case verify -> value != 0 && (part.outside().accepted() & 1 << value) != 0;
      case issue ->
          value != 0
              && part.staged() != null
              && part.staged().uid() == run.uid()
              && part.staged().admitted() == run.attempt();
      default -> value != 0;
    };
  }

  /// What another system issued is in the pending Secret.
  private static ModelState written(ModelState s, int at) {
    return s.with(at, part -> part.staging(Objects.requireNonNull(part.staged()).writtenNow()));
  }

  static ModelState succeeded(ModelState s, int at, Run run, int value) {
    var done = effect(s, at, run, value);
    var after = run.step() == Hooks.Step.issue ? written(done, at) : done;
    return after.with(
        at,
        part ->
            part.running(
                ModelState.replaced(
                    part.runs(),
                    part.runs().indexOf(run),
                    run.ended(Outcome.Succeeded, s.second()))));
  }

  static ModelState failed(ModelState s, int at, Run run) {
    return s.with(
        at,
        part ->
            part.running(
                ModelState.replaced(
                    part.runs(), part.runs().indexOf(run), run.ended(Outcome.Failed, s.second()))));
  }

  private static ModelState effect(ModelState s, int at, Run run, int value) {
    return s.with(
        at,
        part ->
            part.accepting(
                run.step() == Hooks.Step.issue
                    ? part.outside().issuing(value, inUse(part))
                    : part.outside().after(run.step(), value)));
  }

  /// What the Secret names, which the hook that obtains a value leaves.
  private static int inUse(Part part) {
    return part.held() == null ? 0 : 1 << part.held().value() | 1 << part.held().previous();
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
                s.with(at, work.with(ModelState.joined(work.pods(), fresh))),
                left));
      }
      for (var one : new LinkedHashSet<>(work.pods())) {
        var with =
            s.with(at, work.with(ModelState.joined(ModelState.less(work.pods(), one), fresh)));
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
  static @Nullable Pod started(ModelState s, int at, WorldRules rules) {
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

  private @Nullable Pod started(ModelState s, int at) {
    return started(s, at, rules);
  }

  private void time(Node node, List<Step> steps) {
    var minute = node.truth().minute() + 1;
    if (minute > rules.minutes || node.plan() != null && !rules.slow) {
      return;
    }
    var checked = safety.of(node.truth(), node.truth().at(minute), null);
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

  private void edited(Node node, List<Step> steps, String what, ModelState to) {
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
      case generatorSpec ->
          edited(
              node,
              steps,
              "somebody changes the recipe of " + name,
              s.with(at, p -> p.wanting(1 - p.generatorSpec()))
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
                          "somebody deletes " + ModelSnapshot.subject(name, run),
                          s.with(at, p -> p.running(ModelState.without(p.runs(), run)))));
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
                                  p.anchored(ModelState.without(p.anchors(), anchor))
                                      .after(Past::harmedNow))));
      case editSecret -> {
        if (held != null) {
          edited(
              node,
              steps,
              "somebody writes another value into " + name,
              s.with(at, p -> p.with(held.holding(ModelState.BY_HAND)).after(Past::harmedNow)));
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
  static ModelState beginning(WorldRules rules) {
    var parts = new ArrayList<Part>();
    for (var at = 0; at < rules.secrets.size(); at++) {
      var wanted = rules.secrets.get(at);
      var foreign =
          !rules.foreignInTheWay || wanted.isToken() || !wanted.isHooked()
              ? null
              : ModelState.Staged.FOREIGN;
      var anchors = new ArrayList<ModelState.Anchor>();
      if (wanted.isToken() && rules.foreignInTheWay) {
        anchors.add(new ModelState.Anchor(2, 0, true));
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
        rules.workloads.stream().map(_ -> new Work(0, ModelState.NEVER, List.<Pod>of())).toList();
    var s = new ModelState(1, new Asked(1, 0, 0), List.copyOf(parts), works);
    if (!rules.fromNothing) {
      for (var at = 0; at < works.size(); at++) {
        var pod = Objects.requireNonNull(started(s, at, rules));
        s = s.with(at, new Work(0, ModelState.NEVER, Collections.nCopies(rules.replicas, pod)));
      }
    }
    return s;
  }

  private static Part filled(Part part, WorldRules.Wanted wanted) {
    var anchors =
        wanted.isToken()
            ? ModelState.joined(part.anchors(), new ModelState.Anchor(1, 1, false))
            : part.anchors();
    var ends = wanted.isToken() ? wanted.token() : ModelState.NEVER;
    var held =
        new ModelState.Held(
            1,
            1,
            1,
            ModelState.NEVER,
            1,
            0,
            false,
            0,
            ends,
            ModelState.NEVER,
            0,
            Requests.NONE,
            ModelState.Handled.NONE);
    var filled =
        part.anchored(anchors)
            .accepting(new Outside(wanted.isHooked() ? 2 : 0, 2, 2))
            .with(held)
            .after(past -> past.counting(1).told(1));
    return wanted.isToken() ? filled.granting(new ModelState.Token(1, 1, ends)) : filled;
  }
}
