// SPDX-License-Identifier: Apache-2.0

/// Which objects belong to the identity, and what is written onto them.
@NullMarked
package dev.credence.decide.membership;

import org.jspecify.annotations.NullMarked;
