// SPDX-License-Identifier: Apache-2.0

/// Evidence of what ServiceAccounts did, from audit events of the API server: bounded, and
/// merged without counting an event twice.
@NullMarked
package dev.credence.facts.evidence;

import org.jspecify.annotations.NullMarked;
