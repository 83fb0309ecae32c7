// SPDX-License-Identifier: Apache-2.0

/// Credence: machine-identity governance for Kubernetes. `Main` is the command line. Start reading
/// at `decide/Decide`; the plan of the packages is in `docs/development/architecture.md`.
@NullMarked
package dev.credence;

import org.jspecify.annotations.NullMarked;
