// SPDX-License-Identifier: Apache-2.0

/// The CRDs against a real API server: what it takes, what it refuses, and what it says then.
@NullMarked
package dev.credence.schema;

import org.jspecify.annotations.NullMarked;
