// SPDX-License-Identifier: Apache-2.0

/// What the policy asks of the identity: an owner, an approval, a review, a type.
@NullMarked
package dev.credence.decide.policy;

import org.jspecify.annotations.NullMarked;
