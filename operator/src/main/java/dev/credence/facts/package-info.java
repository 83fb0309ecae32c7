/// What we know: records without null and without secret bytes. Any of them can be printed.
@NullMarked
package dev.credence.facts;

import org.jspecify.annotations.NullMarked;
