// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Action;
import java.util.Optional;

/// Plans whether a created object is deleted together with its identity or stays, by
/// `spec.deletionPolicy`. An object that was handed over always stays.
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
