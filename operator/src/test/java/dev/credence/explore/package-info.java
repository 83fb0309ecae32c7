// SPDX-License-Identifier: Apache-2.0

/// The decision core in worlds so small that all of their histories can be gone through, one by
/// one. START at [ExplorationTest].
@NullMarked
package dev.credence.explore;

import org.jspecify.annotations.NullMarked;
