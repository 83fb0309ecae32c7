// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.util.List;

/// A RoleBinding, or, with an empty `namespace`, a ClusterRoleBinding. `toClusterRole`: what it
/// refers to is a ClusterRole, which in a RoleBinding counts in the namespace of the binding alone;
/// else it is a Role of that namespace.
public record Binding(
    String namespace, String name, boolean toClusterRole, String role, List<Subject> subjects) {
  public Binding {
    subjects = List.copyOf(subjects);
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
