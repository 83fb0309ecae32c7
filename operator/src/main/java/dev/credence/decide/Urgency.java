// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.Decision;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The actions that stop an account or a value at once: a suspension with its hooks, and the
/// revocation of a value. They are carried out before everything else of an identity, and no limit
/// of writes delays them.
public final class Urgency {

  /// Those of the decision that end something, in its order. Nothing of what a policy suspends by
  /// itself is among them: that needs everything that there is to know of the use of the identity.
  public static List<Action> of(Decision decision, Snapshot s) {
    if (decision.counted().isPresent()) {
      return List.of();
    }
    var anchors = anchors(s);
    var revoked =
        decision.actions().stream()
            .filter(Urgency::isRevocation)
            .map(Action::subject)
            .collect(Collectors.toSet());
    return decision.actions().stream()
        .filter(
            action ->
                isUrgent(action)
                    || action instanceof Action.Remove remove && anchors.contains(remove.subject())
                    || action instanceof Action.Anchor anchor && revoked.contains(anchor.of()))
        .toList();
  }

  /// Whether the action ends something by itself.
  public static boolean isUrgent(Action action) {
    return switch (action) {
      case Action.DenyWrites _, Action.Invalidate _ -> true;
      case Action.RunHook run -> run.step() == Step.revoke || run.step() == Step.suspend;
      default -> isRevocation(action);
    };
  }

  /// Whether the action makes nothing in place of what it ends.
  public static boolean ends(Action action) {
    return switch (action) {
      case Action.DenyWrites _, Action.Invalidate _, Action.Remove _ -> true;
      default -> false;
    };
  }

  private static boolean isRevocation(Action action) {
    return action instanceof Action.Rotate rotate && rotate.why() instanceof Action.Why.Revoked;
  }

  /// The anchors of tokens: deleting one invalidates its token.
  private static Set<ObjectRef> anchors(Snapshot s) {
    return s.members().stream()
        .filter(member -> member instanceof StoredSecret secret && isAnchor(secret))
        .map(member -> member.subject())
        .collect(Collectors.toSet());
  }

  private static boolean isAnchor(StoredSecret secret) {
    return secret.part().filter(Part.Anchor.class::isInstance).isPresent();
  }

  private Urgency() {}
}
