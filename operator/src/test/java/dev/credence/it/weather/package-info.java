/// Bad weather between the operator and its API server, made on purpose and repeatable by its seed,
/// and what must hold after it.
@NullMarked
package dev.credence.it.weather;

import org.jspecify.annotations.NullMarked;
