// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Optional;

/// What every object that may be a member has.
/// `matches`: the identity's selector matches its labels. `made`: we created it, whether or not the
/// identity that we made it for is still there; never what its holder gave to an identity, by
/// whichever name of a field manager it was written. `leaving`: it is being deleted.
public record ObjectFacts(
    ObjectRef subject,
    Preconditions guard,
    boolean matches,
    boolean made,
    OwnershipMarks marks,
    Optional<Controller> controller,
    Adoption hold,
    boolean leaving) {

  /// What ties an object to an identity that it does not go with. `adopt`: the name of the
  /// identity that its holder gives it to; `heldBy`: the UID of the one that has it; `live`: that
  /// one is still there, under that name.
  public record Adoption(Optional<String> adopt, Optional<String> heldBy, boolean live) {
    public static final Adoption NONE = new Adoption(Optional.empty(), Optional.empty(), false);
  }
}
