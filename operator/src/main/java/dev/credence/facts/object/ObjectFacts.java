// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Optional;

/// The facts about every object that may be a member.
/// `matches`: the identity's selector matches its labels. `created`: Credence created it, whether
/// or not the identity that it was created for still exists; never an object that its owner handed
/// over, whichever field manager wrote it. `leaving`: it is being deleted.
public record ObjectFacts(
    ObjectRef subject,
    Preconditions preconditions,
    boolean matches,
    boolean created,
    OwnershipMarks marks,
    Optional<Controller> controller,
    Adoption hold,
    boolean leaving) {

  /// The relation of an adopted object to an identity. `adopt`: the name of the identity that its
  /// owner hands it over to; `heldBy`: the UID of the identity that has it; `live`: that identity
  /// still exists, under that name.
  public record Adoption(Optional<String> adopt, Optional<String> heldBy, boolean live) {
    public static final Adoption NONE = new Adoption(Optional.empty(), Optional.empty(), false);
  }
}
