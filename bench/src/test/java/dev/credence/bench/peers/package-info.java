// SPDX-License-Identifier: Apache-2.0

/// Credence and others like it, in turn on the same control plane: start at `PeersBench`.
@NullMarked
package dev.credence.bench.peers;

import org.jspecify.annotations.NullMarked;
