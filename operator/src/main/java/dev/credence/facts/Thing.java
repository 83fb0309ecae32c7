package dev.credence.facts;

import java.util.Optional;

/// What every object that may be a member has.
/// `matches`: the identity's selector matches its labels. `leaving`: it is being deleted.
public record Thing(
    Subject subject,
    Guard guard,
    boolean matches,
    Marks marks,
    Optional<Controller> controller,
    boolean leaving) {}
