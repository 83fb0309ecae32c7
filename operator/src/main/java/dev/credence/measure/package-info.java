/// Decisions as meters. What they count is in [dev.credence.measure.Metric].
@NullMarked
package dev.credence.measure;

import org.jspecify.annotations.NullMarked;
