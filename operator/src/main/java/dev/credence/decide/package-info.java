/// What should happen. Start at [dev.credence.decide.Decide]. Pure: facts in, a decision out; no
/// client, no clock, no log.
@NullMarked
package dev.credence.decide;

import org.jspecify.annotations.NullMarked;
