// SPDX-License-Identifier: Apache-2.0

/// The example `webfinance` with real systems: a PostgreSQL, a directory and an SSH server.
@NullMarked
package dev.credence.system.webfinance;

import org.jspecify.annotations.NullMarked;
