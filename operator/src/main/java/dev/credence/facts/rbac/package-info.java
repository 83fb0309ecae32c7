// SPDX-License-Identifier: Apache-2.0

/// Roles, bindings and who is bound, as Kubernetes' own authorizer reads them.
@NullMarked
package dev.credence.facts.rbac;

import org.jspecify.annotations.NullMarked;
