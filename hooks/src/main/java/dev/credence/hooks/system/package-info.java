// SPDX-License-Identifier: Apache-2.0

/// The systems: one driver each.
@NullMarked
package dev.credence.hooks.system;

import org.jspecify.annotations.NullMarked;
