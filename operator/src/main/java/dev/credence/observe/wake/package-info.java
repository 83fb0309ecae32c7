/// Which identities a change of an object concerns.
@NullMarked
package dev.credence.observe.wake;

import org.jspecify.annotations.NullMarked;
