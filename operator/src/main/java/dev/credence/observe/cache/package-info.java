// SPDX-License-Identifier: Apache-2.0

/// A cache of one kind, and what is kept of its objects.
@NullMarked
package dev.credence.observe.cache;

import org.jspecify.annotations.NullMarked;
