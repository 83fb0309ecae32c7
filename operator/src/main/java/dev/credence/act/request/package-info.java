// SPDX-License-Identifier: Apache-2.0

/// A request that changes something: what it says of itself, how a refusal is told, what is
/// remembered of it.
@NullMarked
package dev.credence.act.request;

import org.jspecify.annotations.NullMarked;
