// SPDX-License-Identifier: Apache-2.0

/// A real cluster and a real operator for tests: start at [LocalCluster] and [OperatorProcess].
@NullMarked
package dev.credence.cluster;

import org.jspecify.annotations.NullMarked;
