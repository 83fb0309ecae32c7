/// Everything that nobody declared.
@NullMarked
package dev.credence.observe.discovery;

import org.jspecify.annotations.NullMarked;
