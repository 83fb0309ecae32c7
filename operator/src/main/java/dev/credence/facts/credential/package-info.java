// SPDX-License-Identifier: Apache-2.0

/// What a Secret, a token or a Certificate is made from, its hooks, and what was asked of it.
@NullMarked
package dev.credence.facts.credential;

import org.jspecify.annotations.NullMarked;
