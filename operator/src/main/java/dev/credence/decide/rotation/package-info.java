// SPDX-License-Identifier: Apache-2.0

/// When a generated Secret gets its next version, and how.
@NullMarked
package dev.credence.decide.rotation;

import org.jspecify.annotations.NullMarked;
