// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.util.Set;

/// Bindings that the administrator of the cluster excludes from the evaluation, such as those that
/// a distribution binds to every account. `entries`: `ClusterRoleBinding/name`,
/// `RoleBinding/namespace/name`, or `RoleBinding/*/name` for every namespace. They are excluded by
/// the name of the binding, so users who may write such a binding can hide behind it: a status
/// names those that it left out.
public record Exclusions(Set<String> entries) {
  public static final Exclusions NONE = new Exclusions(Set.of());

  private static final String ROLE_BINDING = "RoleBinding/";

  public Exclusions {
    entries = Set.copyOf(entries);
  }

  public boolean cover(Grant grant) {
    return entries.contains(grant.via())
        || (!grant.isEverywhere() && entries.contains(inAnyNamespace(grant)));
  }

  private static String inAnyNamespace(Grant grant) {
    return ROLE_BINDING
        + "*"
        + grant.via().substring(ROLE_BINDING.length() + grant.namespace().length());
  }
}
