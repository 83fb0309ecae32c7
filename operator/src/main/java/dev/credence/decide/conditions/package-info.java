/// Conditions that sum up the others.
@NullMarked
package dev.credence.decide.conditions;

import org.jspecify.annotations.NullMarked;
