// SPDX-License-Identifier: Apache-2.0

/// The command `audit`, which reads audit events.
@NullMarked
package dev.credence.cli.audit;

import org.jspecify.annotations.NullMarked;
