/// What is there: the only readers of the cluster. Raw objects come in, facts go out; `Specs`,
/// `Members` and `Policies` are where null and garbage are met.
@NullMarked
package dev.credence.observe;

import org.jspecify.annotations.NullMarked;
