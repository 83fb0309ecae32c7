package dev.credence.facts;

import java.util.Optional;

/// What every object that may be a member has.
/// `matches`: the identity's selector matches its labels. `made`: we created it, whether or not the
/// identity that we made it for is still there. `leaving`: it is being deleted.
public record Thing(
    Subject subject,
    Guard guard,
    boolean matches,
    boolean made,
    Marks marks,
    Optional<Controller> controller,
    boolean leaving) {}
