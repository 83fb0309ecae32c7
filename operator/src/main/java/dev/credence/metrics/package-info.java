// SPDX-License-Identifier: Apache-2.0

/// Counters and gauges of `/metrics`.
@NullMarked
package dev.credence.metrics;

import org.jspecify.annotations.NullMarked;
