// SPDX-License-Identifier: Apache-2.0

/// What is known, as records without null and without secret bytes. `Snapshot` is all that a
/// decision sees.
@NullMarked
package dev.credence.facts;

import org.jspecify.annotations.NullMarked;
