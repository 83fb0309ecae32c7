// SPDX-License-Identifier: Apache-2.0

/// The only writers. `Act` carries out the actions of a decision, one request each; Events tell of
/// them.
@NullMarked
package dev.credence.act;

import org.jspecify.annotations.NullMarked;
