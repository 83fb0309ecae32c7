// SPDX-License-Identifier: Apache-2.0

/// What the accounts of an identity may do, and which of that is dangerous. Start at [Findings].
@NullMarked
package dev.credence.decide.risk;

import org.jspecify.annotations.NullMarked;
