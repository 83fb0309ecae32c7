// SPDX-License-Identifier: Apache-2.0

/// Expiry, suspension, use, and tokens that nobody uses.
@NullMarked
package dev.credence.decide.lifecycle;

import org.jspecify.annotations.NullMarked;
