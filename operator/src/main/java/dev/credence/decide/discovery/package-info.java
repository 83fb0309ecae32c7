// SPDX-License-Identifier: Apache-2.0

/// What is there that nobody claims, and what becomes of it: [Discovery] finds, [RegistrationPlan]
/// writes identities for accounts.
@NullMarked
package dev.credence.decide.discovery;

import org.jspecify.annotations.NullMarked;
