// SPDX-License-Identifier: Apache-2.0

/// What is there. `ClusterCaches` has every cache, `Snapshots` makes of them what a decision sees.
/// Nothing in here writes.
@NullMarked
package dev.credence.observe;

import org.jspecify.annotations.NullMarked;
