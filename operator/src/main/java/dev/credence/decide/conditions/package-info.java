// SPDX-License-Identifier: Apache-2.0

/// Conditions that sum up the others.
@NullMarked
package dev.credence.decide.conditions;

import org.jspecify.annotations.NullMarked;
