// SPDX-License-Identifier: Apache-2.0

/// What the operator promises, on a real API server: the real process under the chart's own
/// account.
@NullMarked
package dev.credence.system;

import org.jspecify.annotations.NullMarked;
