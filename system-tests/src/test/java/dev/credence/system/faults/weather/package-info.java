// SPDX-License-Identifier: Apache-2.0

/// Bad weather between the operator and its API server, made on purpose and repeatable by its seed,
/// and what must hold after it.
@NullMarked
package dev.credence.system.faults.weather;

import org.jspecify.annotations.NullMarked;
