// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Action;
import java.util.Optional;

/// Plans whether a created object is deleted together with its identity or stays, by
/// `spec.deletionPolicy`. An object that was handed over always stays.
public final class OwnerReferences {

  public static Optional<Action> of(Snapshot s, MemberRole role) {
    if (!(role instanceof MemberRole.Made(var member))) {
      return Optional.empty();
    }
    var object = member.object();
    var retain = s.identity().retain();
    var isTied = object.controller().isPresent();
    return retain == isTied && (retain || object.created())
        ? Optional.of(new Action.SetOwner(object.subject(), object.preconditions(), retain))
        : Optional.empty();
  }

  private OwnerReferences() {}
}
