// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Action;
import java.util.Optional;

/// Does what we made go with its identity, or stay without it, as `spec.deletionPolicy` says? What
/// somebody gave us always stays.
public final class OwnerReferences {

  public static Optional<Action> of(Snapshot s, MemberRole seat) {
    if (!(seat instanceof MemberRole.Made(var member))) {
      return Optional.empty();
    }
    var thing = member.thing();
    var retain = s.identity().retain();
    var isTied = thing.controller().isPresent();
    return retain == isTied && (retain || thing.made())
        ? Optional.of(new Action.SetOwner(thing.subject(), thing.guard(), retain))
        : Optional.empty();
  }

  private OwnerReferences() {}
}
