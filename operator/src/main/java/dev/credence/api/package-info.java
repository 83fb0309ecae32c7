// SPDX-License-Identifier: Apache-2.0

/// The words users write: records with their descriptions, bounds, validation and columns. `make
/// generate` turns them into `crds/`. A component is null where the user wrote nothing: this
/// package is therefore not null-marked, and `observe/` is where that null is met.
@NullUnmarked
package dev.credence.api;

import org.jspecify.annotations.NullUnmarked;
