// SPDX-License-Identifier: Apache-2.0

/// Roles and bindings: what a ServiceAccount may do.
@NullMarked
package dev.credence.observe.rbac;

import org.jspecify.annotations.NullMarked;
