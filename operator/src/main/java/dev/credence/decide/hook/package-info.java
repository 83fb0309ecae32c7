// SPDX-License-Identifier: Apache-2.0

/// The progress of the hooks of a value, from their Jobs and from the records of deleted Jobs.
@NullMarked
package dev.credence.decide.hook;

import org.jspecify.annotations.NullMarked;
