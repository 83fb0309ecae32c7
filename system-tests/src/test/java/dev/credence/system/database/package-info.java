// SPDX-License-Identifier: Apache-2.0

/// What the example `database-password` needs around it: a real PostgreSQL, a `psql`, and
/// applications that log in.
@NullMarked
package dev.credence.system.database;

import org.jspecify.annotations.NullMarked;
