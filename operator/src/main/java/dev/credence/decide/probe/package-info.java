// SPDX-License-Identifier: Apache-2.0

/// Whether a credential still works between its rotations, by a hook on an interval.
@NullMarked
package dev.credence.decide.probe;

import org.jspecify.annotations.NullMarked;
