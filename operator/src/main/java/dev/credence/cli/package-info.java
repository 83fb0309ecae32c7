// SPDX-License-Identifier: Apache-2.0

/// The command line's connection to the cluster and the commands that help it. What shows something
/// is in `show`, what asks the operator for something in `request`.
@NullMarked
package dev.credence.cli;

import org.jspecify.annotations.NullMarked;
