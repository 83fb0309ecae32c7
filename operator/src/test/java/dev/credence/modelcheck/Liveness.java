// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.modelcheck.ModelState.Outcome;
import dev.credence.modelcheck.ModelState.Part;
import dev.credence.modelcheck.PendingActions.Decided;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The liveness check: every state leads to a steady state where nobody interferes. From here on
/// the caches are fresh, hooks succeed, pods roll out and time passes: then nothing of a rotation
/// may be left, unless it waits for a user.
final class Liveness {
  /// Looks in one minute; three or four are needed for each step of a rotation.
  private static final int MOST_LOOKS = 60;

  private static final int MOST_MINUTES = 16;

  private final WorldRules rules;
  private final Simulator simulator;
  private final Safety safety;
  private final Function<ModelState, Decided> decide;
  private final Set<ModelState> good = ConcurrentHashMap.newKeySet();

  /// What went wrong, and what happened until then.
  record Stuck(String why, List<String> story) {}

  Liveness(WorldRules rules, Simulator simulator, Function<ModelState, Decided> decide) {
    this.rules = rules;
    this.simulator = simulator;
    this.safety = new Safety(rules);
    this.decide = decide;
  }

  /// Null where it does.
  @Nullable Stuck of(ModelState from) {
    return new Walk().of(from);
  }

  /// One way from a state to its rest.
  private final class Walk {
    private @Nullable String wrong;

    /// Whom the operator had no time to restart it may leave behind.
    private int patience;

    private @Nullable Stuck of(ModelState from) {
      patience =
          rules.strategy == Strategy.None ? Integer.MAX_VALUE : from.second() + WorldRules.MINUTE;
      var way = new LinkedHashSet<ModelState>();
      var story = new ArrayList<String>();
      var s = from;
      var looks = 0;
      while (true) {
        if (!way.add(s)) {
          return stuck("the operator goes round in a circle", way, story);
        }
        if (!good.add(s)) {
          return null;
        }
        var decided = decide.apply(s);
        if (decided.plan() != null) {
          if (looks++ == MOST_LOOKS) {
            return stuck("the operator acts and acts in one minute", way, story);
          }
          story.add("the operator looks and does: " + Successors.told(decided.plan()));
          var after = done(s, decided.plan());
          if (after == null) {
            return stuck(Objects.requireNonNull(wrong), way, story);
          }
          if (after.equals(s)) {
            return stuck("the operator acts and nothing changes", way, story);
          }
          s = after;
          continue;
        }
        var moved = moved(s, story);
        if (moved != null) {
          s = checked(s, moved);
          if (s == null) {
            return stuck(Objects.requireNonNull(wrong), way, story);
          }
          continue;
        }
        if (isFresh(s, decided)) {
          var orphan = orphan(s);
          return orphan == null ? null : stuck("at rest, and " + orphan, way, story);
        }
        if (s.minute() - from.minute() >= MOST_MINUTES) {
          return decided.phases().contains(Phase.Blocked)
              ? null
              : stuck(
                  "after %d minutes it is %s".formatted(MOST_MINUTES, decided.phases()),
                  way,
                  story);
        }
        story.add("a minute passes: it is minute " + (s.minute() + 1));
        looks = 0;
        s = checked(s, s.at(s.minute() + 1));
        if (s == null) {
          return stuck(Objects.requireNonNull(wrong), way, story);
        }
      }
    }

    private Stuck stuck(String why, Set<ModelState> way, List<String> story) {
      way.forEach(good::remove);
      return new Stuck(why, List.copyOf(story));
    }

    private @Nullable ModelState checked(ModelState before, ModelState after) {
      var checked = safety.of(before, after, null, patience);
      if (checked.harm() != null) {
        wrong = checked.harm();
        return null;
      }
      return checked.state();
    }

    private @Nullable ModelState done(ModelState s, PendingActions plan) {
      var now = s;
      for (PendingActions next = plan; next != null; ) {
        if (next.action == null) {
          for (var at = 0; at < now.parts().size(); at++) {
            var version = next.status.get(at);
            now = now.with(at, part -> part.after(past -> past.told(version)));
          }
          next = next.rest;
          continue;
        }
        var after = simulator.perform(now, next.action, next.generation);
        if (after.isEmpty()) {
          next = next.afterRefusal();
          continue;
        }
        var checked = safety.of(now, after.get(), next.action, patience);
        if (checked.harm() != null) {
          wrong = checked.harm();
          return null;
        }
        now = checked.state();
        next = next.rest;
      }
      return now;
    }

    /// A hook that runs succeeds, a pod that is to be replaced is.
    private @Nullable ModelState moved(ModelState s, List<String> story) {
      for (var at = 0; at < s.parts().size(); at++) {
        for (var run : s.parts().get(at).runs()) {
          if (run.outcome() != Outcome.Running) {
            continue;
          }
          var name = ModelSnapshot.subject(rules.secrets.get(at).name(), run);
          var reads =
              run.reads() != 0
                  ? run.reads()
                  : Simulator.reads(s.parts().get(at), run.ofPending(), run.ofPrevious());
          if (!Successors.canSucceed(s.parts().get(at), run, reads)) {
            story.add(name + " fails");
            return Successors.failed(s, at, run);
          }
          story.add(name + " succeeds (value " + reads + ")");
          return Successors.succeeded(s, at, run, reads);
        }
      }
      for (var at = 0; at < s.works().size(); at++) {
        var work = s.works().get(at);
        var fresh = Successors.started(s, at, rules);
        if (fresh == null) {
          continue;
        }
        if (work.pods().size() < rules.replicas) {
          story.add("a pod of consumer-" + at + " starts and reads " + fresh.values());
          return s.with(at, work.with(ModelState.joined(work.pods(), fresh)));
        }
        for (var pod : work.pods()) {
          if (pod.template() != work.restartedFor()) {
            story.add("consumer-" + at + " rolls out: a new pod reads " + fresh.values());
            return s.with(
                at, work.with(ModelState.joined(ModelState.less(work.pods(), pod), fresh)));
          }
        }
      }
      return null;
    }
  }

  private static boolean isFresh(ModelState s, Decided decided) {
    return decided.phases().equals(Set.of(Phase.Fresh))
        && s.parts().stream().allMatch(part -> part.held() == null || part.held().retiresAt() < 0);
  }

  private @Nullable String orphan(ModelState s) {
    for (var at = 0; at < s.parts().size(); at++) {
      var name = rules.secrets.get(at).name();
      var part = s.parts().get(at);
      if (part.staged() != null && !part.staged().foreign()) {
        return name + "-pending is left, with version " + part.staged().version();
      }
      if (!part.runs().isEmpty()) {
        return ModelSnapshot.subject(name, part.runs().getFirst()) + " is left";
      }
      if (rules.clean
          && part.held() != null
          && part.outside().accepted() != 1 << part.held().value()) {
        return "other values of " + name + " than the one in force are still accepted";
      }
      var superfluous = superfluous(part);
      if (superfluous != null) {
        return "the anchor of version " + superfluous + " of " + name + " is left";
      }
    }
    return null;
  }

  private static @Nullable Integer superfluous(Part part) {
    return part.anchors().stream()
        .filter(anchor -> !anchor.foreign())
        .map(ModelState.Anchor::version)
        .filter(version -> part.held() == null || version != part.held().version())
        .filter(_ -> !part.past().harmed())
        .findFirst()
        .orElse(null);
  }
}
