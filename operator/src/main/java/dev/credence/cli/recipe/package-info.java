// SPDX-License-Identifier: Apache-2.0

/// The command `recipe`, which prints what rotates an account of another system
@NullMarked
package dev.credence.cli.recipe;

import org.jspecify.annotations.NullMarked;
