// SPDX-License-Identifier: Apache-2.0

/// Makes values: passwords, keys, templates. It knows of no cluster.
@NullMarked
package dev.credence.generate;

import org.jspecify.annotations.NullMarked;
