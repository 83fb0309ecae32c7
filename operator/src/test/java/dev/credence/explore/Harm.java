// SPDX-License-Identifier: Apache-2.0
package dev.credence.explore;

import dev.credence.explore.State.Anchor;
import dev.credence.explore.State.Held;
import dev.credence.explore.State.Part;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Is anything wrong after this? What consumers hold is accepted where it is checked; a version is
/// issued once; what is in force was proven; what somebody stopped is not put in force; nothing of
/// others is touched; a hook ends the value before when its time has come.
final class Harm {
  private final Rules rules;

  /// `state` is the one after it, with what ended rightly marked as such.
  record Checked(State state, @Nullable String harm) {}

  Harm(Rules rules) {
    this.rules = rules;
  }

  Checked of(State before, State after, @Nullable Action action) {
    return of(before, after, action, after.second());
  }

  /// `patience`: a value that is to end later than this because nobody waits for its consumers any
  /// longer ends wrongly.
  Checked of(State before, State after, @Nullable Action action, int patience) {
    var problem = action == null ? null : ofAction(before, after, action);
    for (var at = 0; problem == null && at < after.parts().size(); at++) {
      problem = inForce(at, after.parts().get(at), after);
    }
    var state = after;
    for (var work = 0; work < after.works().size(); work++) {
      var uses = rules.workloads.get(work);
      var pods = after.works().get(work).pods();
      for (var pod = 0; pod < pods.size(); pod++) {
        var values = pods.get(pod).values();
        for (var use = 0; use < uses.size(); use++) {
          var part = uses.get(use);
          var value = values.get(use);
          if (value == State.ENDED || isAccepted(part, after.parts().get(part), value, after)) {
            continue;
          }
          if (!mayEnd(part, value, before, after, patience)) {
            problem =
                problem != null
                    ? problem
                    : "consumer-%d holds value %d of %s, which is accepted no more"
                        .formatted(work, value, rules.secrets.get(part).name());
            continue;
          }
          var now = state.works().get(work);
          var marked =
              new State.Pod(
                  now.pods().get(pod).createdAt(),
                  now.pods().get(pod).template(),
                  State.replaced(now.pods().get(pod).values(), use, State.ENDED));
          state =
              state.with(
                  work,
                  new State.Work(
                      now.restartedFor(),
                      now.restartedAt(),
                      State.replaced(now.pods(), pod, marked)));
        }
      }
    }
    return new Checked(sorted(state), problem);
  }

  private static State sorted(State state) {
    var works = new ArrayList<State.Work>();
    state.works().forEach(work -> works.add(work.with(work.pods())));
    return new State(state.minute(), state.asked(), state.parts(), List.copyOf(works));
  }

  private @Nullable String inForce(int at, Part part, State s) {
    var held = part.held();
    return held == null
            || part.past().harmed()
            || rules.secrets.get(at).isToken() && s.hasCome(held.endsAt())
            || isAccepted(at, part, held.value(), s)
        ? null
        : "value %d is in force in %s and accepted nowhere"
            .formatted(held.value(), rules.secrets.get(at).name());
  }

  /// Where no hook brings values elsewhere, those are accepted that the Secret holds.
  private boolean isAccepted(int at, Part part, int value, State s) {
    var wanted = rules.secrets.get(at);
    if (wanted.isToken()) {
      return part.tokens().stream()
          .anyMatch(
              token ->
                  token.value() == value
                      && !s.hasCome(token.endsAt())
                      && part.anchors().stream()
                          .map(Anchor::uid)
                          .anyMatch(u -> u == token.anchor()));
    }
    return wanted.isHooked()
        ? (part.outside().accepted() & 1 << value) != 0
        : part.held() != null && (part.held().value() == value || part.held().previous() == value);
  }

  /// It was revoked, or broken by a person, or nobody waits for it any longer.
  private boolean mayEnd(int at, int value, State before, State after, int patience) {
    var part = after.parts().get(at);
    if (part.past().harmed()) {
      return true;
    }
    if (part.tokens().stream()
        .anyMatch(token -> token.value() == value && after.hasCome(token.endsAt()))) {
      return true;
    }
    var held = before.parts().get(at).held();
    if (held == null) {
      // The hook was started in time, and then somebody deleted the Secret.
      return part.runs().stream().anyMatch(run -> run.step() == Step.revoke);
    }
    if (held.value() == value) {
      return false;
    }
    // Who is in a hurry lets what came before the previous value go.
    var now = part.held();
    var isDropped = now != null && now.value() != value && now.previous() != value;
    return (part.past().urgent() && isDropped)
        || (held.previous() == value || rules.secrets.get(at).isToken())
            && after.hasCome(deadline(held))
            && deadline(held) <= patience;
  }

  private int deadline(Held held) {
    return Math.max(held.issuedAt() + rules.overlapAtMost, held.retiresAt());
  }

  private @Nullable String ofAction(State before, State after, Action action) {
    return switch (action) {
      case Action.Issue it -> issued(before, after, it.subject());
      case Action.Rotate it -> issued(before, after, it.subject());
      case Action.Promote it -> issued(before, after, it.subject());
      case Action.Rollback it -> issued(before, after, it.subject());
      case Action.RunHook it -> it.step() == Step.revoke ? revoking(before, it) : null;
      case Action.Remove it -> removed(before, after, it);
      default -> null;
    };
  }

  private @Nullable String issued(State before, State after, ObjectRef subject) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var wanted = rules.secrets.get(at);
      var part = before.parts().get(at);
      var held = after.parts().get(at).held();
      if (!wanted.name().equals(subject.name()) || held == null || held.equals(part.held())) {
        continue;
      }
      if (held.version() < part.past().top()
          || held.version() == part.past().top() && held.value() != part.past().topValue()) {
        return "version %d of %s is issued, after version %d was in force"
            .formatted(held.version(), wanted.name(), part.past().top());
      }
      if (held.value() == State.BY_HAND) {
        continue;
      }
      var bit = 1 << held.value();
      if (wanted.apply() && (part.outside().applied() & bit) == 0) {
        return "value %d of %s is put in force and was not applied"
            .formatted(held.value(), wanted.name());
      }
      if (wanted.verify() && (part.outside().verified() & bit) == 0) {
        return "value %d of %s is put in force and was not verified"
            .formatted(held.value(), wanted.name());
      }
      if ((part.past().aborted() & bit) != 0) {
        return "value %d of %s is put in force after its rotation was aborted"
            .formatted(held.value(), wanted.name());
      }
    }
    return null;
  }

  private @Nullable String revoking(State s, Action.RunHook run) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var part = s.parts().get(at);
      var held = part.held();
      if (!rules.secrets.get(at).name().equals(run.of().name())
          || part.past().harmed()
          || held == null) {
        continue;
      }
      var ends = Hands.reads(part, false, !run.about().suffix().isEmpty());
      if (ends == held.value()) {
        return "a hook is to end value %d of %s, which is in force"
            .formatted(ends, rules.secrets.get(at).name());
      }
      if (held.previous() != 0 && !s.hasCome(held.retiresAt()) && !isNextAskedFor(s, held)) {
        return "a hook is to end value %d of %s before its overlap is over"
            .formatted(ends, rules.secrets.get(at).name());
      }
      if (isHeld(s, at, ends) && !s.hasCome(deadline(held))) {
        return "a hook is to end value %d of %s, which a consumer holds"
            .formatted(ends, rules.secrets.get(at).name());
      }
    }
    return null;
  }

  /// Who asks for the next value has no use for the rest of the overlap.
  private static boolean isNextAskedFor(State s, State.Held held) {
    return s.asked().rotate() != 0 && s.asked().rotate() != held.handled().identityRotate()
        || held.requests().rotate() != 0 && held.requests().rotate() != held.handled().rotate();
  }

  private boolean isHeld(State s, int part, int value) {
    for (var work = 0; work < s.works().size(); work++) {
      var use = rules.workloads.get(work).indexOf(part);
      if (use >= 0
          && s.works().get(work).pods().stream().anyMatch(pod -> pod.values().get(use) == value)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String removed(State before, State after, Action.Remove remove) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var was = before.parts().get(at);
      var is = after.parts().get(at);
      if (was.staged() != null && was.staged().foreign() && is.staged() == null
          || was.anchors().stream().anyMatch(one -> one.foreign() && !is.anchors().contains(one))) {
        return remove.subject() + " of somebody else is deleted";
      }
    }
    return null;
  }
}
