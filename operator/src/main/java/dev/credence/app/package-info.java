// SPDX-License-Identifier: Apache-2.0

/// The operator as a process: what `run` wires, the leader's Lease, health and metrics pages.
@NullMarked
package dev.credence.app;

import org.jspecify.annotations.NullMarked;
