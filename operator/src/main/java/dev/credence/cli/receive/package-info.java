// SPDX-License-Identifier: Apache-2.0

/// Receives audit events over HTTPS, and writes the evidence to ConfigMaps: `credence audit
/// --listen`.
@NullMarked
package dev.credence.cli.receive;

import org.jspecify.annotations.NullMarked;
