// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A RoleBinding, or, with an empty `namespace`, a ClusterRoleBinding. `toClusterRole`: what it
/// refers to is a ClusterRole, which in a RoleBinding counts in the namespace of the binding alone;
/// else it is a Role of that namespace. `changed`: when it was created or changed last.
public record Binding(
    String namespace,
    String name,
    boolean toClusterRole,
    String role,
    List<Subject> subjects,
    Optional<Instant> changed) {
  public Binding {
    subjects = List.copyOf(subjects);
  }

  /// One without a date.
  public Binding(
      String namespace, String name, boolean toClusterRole, String role, List<Subject> subjects) {
    this(namespace, name, toClusterRole, role, subjects, Optional.empty());
  }

  public boolean isEverywhere() {
    return namespace.isEmpty();
  }

  /// Where the role is that it refers to; empty for a ClusterRole.
  public String roleNamespace() {
    return toClusterRole ? "" : namespace;
  }

  /// As in `ClusterRoleBinding/crm-view` and `RoleBinding/sales/crm-view`.
  public String title() {
    return isEverywhere() ? "ClusterRoleBinding/" + name : "RoleBinding/" + namespace + "/" + name;
  }
}
