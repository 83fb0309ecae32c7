/// What is served: health and metrics.
@NullMarked
package dev.credence.serve;

import org.jspecify.annotations.NullMarked;
