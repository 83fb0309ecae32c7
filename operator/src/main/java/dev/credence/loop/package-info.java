/// The reconcilers and the sweep: snapshot, decide, perform, count, status.
@NullMarked
package dev.credence.loop;

import org.jspecify.annotations.NullMarked;
