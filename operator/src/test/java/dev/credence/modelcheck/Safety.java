// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.modelcheck.ModelState.Anchor;
import dev.credence.modelcheck.ModelState.Held;
import dev.credence.modelcheck.ModelState.Part;
import dev.credence.plan.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The safety check of each transition: a value that consumers hold is accepted where it is
/// checked; a version is issued once; a value in effect was verified; an aborted value does not
/// come into effect; unmanaged objects stay as they are; a hook revokes the previous value only
/// when it is due.
final class Safety {
  private final WorldRules rules;

  /// `state` is the one after it, with what ended rightly marked as such.
  record Checked(ModelState state, @Nullable String harm) {}

  Safety(WorldRules rules) {
    this.rules = rules;
  }

  Checked of(ModelState before, ModelState after, @Nullable Action action) {
    return of(before, after, action, after.second());
  }

  /// `patience`: a value that is to end later than this because nobody waits for its consumers any
  /// longer ends wrongly.
  Checked of(ModelState before, ModelState after, @Nullable Action action, int patience) {
    var problem = action == null ? null : ofAction(before, after, action);
    for (var at = 0; problem == null && at < after.parts().size(); at++) {
      problem = inForce(at, after.parts().get(at), after);
      if (problem == null && rules.secrets.get(at).issue()) {
        problem = thirdValue(at, after.parts().get(at));
      }
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
          if (value == ModelState.ENDED
              || isAccepted(part, after.parts().get(part), value, after)) {
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
              new ModelState.Pod(
                  now.pods().get(pod).createdAt(),
                  now.pods().get(pod).template(),
                  ModelState.replaced(now.pods().get(pod).values(), use, ModelState.ENDED));
          state =
              state.with(
                  work,
                  new ModelState.Work(
                      now.restartedFor(),
                      now.restartedAt(),
                      ModelState.replaced(now.pods(), pod, marked)));
        }
      }
    }
    return new Checked(sorted(state), problem);
  }

  private static ModelState sorted(ModelState state) {
    var works = new ArrayList<ModelState.Work>();
    state.works().forEach(work -> works.add(work.with(work.pods())));
    return new ModelState(state.minute(), state.asked(), state.parts(), List.copyOf(works));
  }

  /// The other system allows two.
  private @Nullable String thirdValue(int at, Part part) {
    return Integer.bitCount(part.outside().accepted() & ~1) > 2
        ? "%s has three values that are accepted".formatted(rules.secrets.get(at).name())
        : null;
  }

  private @Nullable String inForce(int at, Part part, ModelState s) {
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
  private boolean isAccepted(int at, Part part, int value, ModelState s) {
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
  private boolean mayEnd(int at, int value, ModelState before, ModelState after, int patience) {
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
    return Math.max(held.issuedAt() + rules.maxOverlap, held.retiresAt());
  }

  private @Nullable String ofAction(ModelState before, ModelState after, Action action) {
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

  private @Nullable String issued(ModelState before, ModelState after, ObjectRef subject) {
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
      if (held.value() == ModelState.BY_HAND) {
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

  private @Nullable String revoking(ModelState s, Action.RunHook run) {
    for (var at = 0; at < rules.secrets.size(); at++) {
      var part = s.parts().get(at);
      var held = part.held();
      if (!rules.secrets.get(at).name().equals(run.of().name())
          || part.past().harmed()
          || held == null) {
        continue;
      }
      var ofPending = run.about().secret().endsWith("-pending");
      var ends = Simulator.reads(part, ofPending, !run.about().suffix().isEmpty());
      if (ends == held.value()) {
        return "a hook is to end value %d of %s, which is in force"
            .formatted(ends, rules.secrets.get(at).name());
      }
      if (!ofPending
          && held.previous() != 0
          && !s.hasCome(held.retiresAt())
          && !isNextAskedFor(s, held)) {
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
  private static boolean isNextAskedFor(ModelState s, ModelState.Held held) {
    return s.asked().rotate() != 0 && s.asked().rotate() != held.handled().identityRotate()
        || held.requests().rotate() != 0 && held.requests().rotate() != held.handled().rotate();
  }

  private boolean isHeld(ModelState s, int part, int value) {
    for (var work = 0; work < s.works().size(); work++) {
      var use = rules.workloads.get(work).indexOf(part);
      if (use >= 0
          && s.works().get(work).pods().stream().anyMatch(pod -> pod.values().get(use) == value)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String removed(ModelState before, ModelState after, Action.Remove remove) {
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
