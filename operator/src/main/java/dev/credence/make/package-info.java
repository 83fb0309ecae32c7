/// Secret material: pure but for the random source. Nothing here keeps, logs or prints a value.
@NullMarked
package dev.credence.make;

import org.jspecify.annotations.NullMarked;
