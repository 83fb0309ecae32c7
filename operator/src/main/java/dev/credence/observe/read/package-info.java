// SPDX-License-Identifier: Apache-2.0

/// Readers of identities, policies, members and Jobs of hooks.
@NullMarked
package dev.credence.observe.read;

import org.jspecify.annotations.NullMarked;
