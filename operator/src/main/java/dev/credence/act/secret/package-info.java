// SPDX-License-Identifier: Apache-2.0

/// Writes of generated Secrets and of tokens.
@NullMarked
package dev.credence.act.secret;

import org.jspecify.annotations.NullMarked;
