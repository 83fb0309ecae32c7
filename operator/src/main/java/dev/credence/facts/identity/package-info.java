// SPDX-License-Identifier: Apache-2.0

/// A MachineIdentity: its spec, its members, its approval and the suspensions of its accounts.
@NullMarked
package dev.credence.facts.identity;

import org.jspecify.annotations.NullMarked;
