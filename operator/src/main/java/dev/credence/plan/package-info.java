// SPDX-License-Identifier: Apache-2.0

/// The words of a decision: actions, conditions and their reasons, the status to be written. All
/// that the rest of the program may know of `decide`.
@NullMarked
package dev.credence.plan;

import org.jspecify.annotations.NullMarked;
