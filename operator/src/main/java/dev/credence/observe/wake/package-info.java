// SPDX-License-Identifier: Apache-2.0

/// Which identities a change of an object concerns.
@NullMarked
package dev.credence.observe.wake;

import org.jspecify.annotations.NullMarked;
