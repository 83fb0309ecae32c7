// SPDX-License-Identifier: Apache-2.0

/// The files of a release: image, chart, archives of the command line, manifests, schemas and
/// checksums, from what was built into `operator/target`.
@NullMarked
package dev.credence.release;

import org.jspecify.annotations.NullMarked;
