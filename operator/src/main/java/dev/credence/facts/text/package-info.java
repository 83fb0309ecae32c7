// SPDX-License-Identifier: Apache-2.0

/// Texts of users: what is invisible in them, digests, patterns.
@NullMarked
package dev.credence.facts.text;

import org.jspecify.annotations.NullMarked;
