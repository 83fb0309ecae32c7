// SPDX-License-Identifier: Apache-2.0

/// The lists of suspended accounts, and whether the API server goes by them.
@NullMarked
package dev.credence.observe.suspension;

import org.jspecify.annotations.NullMarked;
