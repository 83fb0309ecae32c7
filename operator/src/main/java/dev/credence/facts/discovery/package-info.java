// SPDX-License-Identifier: Apache-2.0

/// Everything that there is in the cluster, for discovery.
@NullMarked
package dev.credence.facts.discovery;

import org.jspecify.annotations.NullMarked;
