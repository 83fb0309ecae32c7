// SPDX-License-Identifier: Apache-2.0

/// What a measurement measures with: load, what became of it, what it asked, and what it cost.
@NullMarked
package dev.credence.bench.gauge;

import org.jspecify.annotations.NullMarked;
