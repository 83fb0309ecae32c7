// SPDX-License-Identifier: Apache-2.0

/// Turns manifests with the field names of the versions before 0.3 into those of now.
@NullMarked
package dev.credence.cli.migrate;

import org.jspecify.annotations.NullMarked;
