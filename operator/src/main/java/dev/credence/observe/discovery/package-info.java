// SPDX-License-Identifier: Apache-2.0

/// Everything that nobody declared.
@NullMarked
package dev.credence.observe.discovery;

import org.jspecify.annotations.NullMarked;
