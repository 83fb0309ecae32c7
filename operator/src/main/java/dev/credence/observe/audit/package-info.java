// SPDX-License-Identifier: Apache-2.0

/// Audit events, as the API server and three cloud providers write them.
@NullMarked
package dev.credence.observe.audit;

import org.jspecify.annotations.NullMarked;
