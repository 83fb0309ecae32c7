// SPDX-License-Identifier: Apache-2.0

/// Reads objects as they come from the API server, and trusts nothing in them: null, any text, who
/// wrote which field.
@NullMarked
package dev.credence.raw;

import org.jspecify.annotations.NullMarked;
