// SPDX-License-Identifier: Apache-2.0

/// Conclusions from audit events: rights that are not used, a role that would do, odd
/// behaviour.
@NullMarked
package dev.credence.decide.evidence;

import org.jspecify.annotations.NullMarked;
