// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.rbac.Exclusions;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Subject.Group;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which bindings the entries of `settings.risk.exclude` mean.
class ExclusionsTest {
  private static final Exclusions EXCLUSIONS =
      new Exclusions(
          Set.of(
              "ClusterRoleBinding/self-provisioners",
              "RoleBinding/sales/readers",
              "RoleBinding/*/system:image-pullers"));

  @Test
  void a_binding_is_excluded_by_its_kind_namespace_and_name() {
    assertThat(covers("ClusterRoleBinding/self-provisioners", "")).isTrue();
    assertThat(covers("RoleBinding/sales/readers", "sales")).isTrue();
    assertThat(covers("RoleBinding/sales/system:image-pullers", "sales")).isTrue();
    assertThat(covers("RoleBinding/billing/system:image-pullers", "billing")).isTrue();
  }

  @Test
  void nothing_else_is() {
    assertThat(covers("ClusterRoleBinding/self-provisioners-2", "")).isFalse();
    assertThat(covers("ClusterRoleBinding/readers", "")).isFalse();
    assertThat(covers("ClusterRoleBinding/system:image-pullers", "")).isFalse();
    assertThat(covers("RoleBinding/billing/readers", "billing")).isFalse();
    assertThat(covers("RoleBinding/sales/self-provisioners", "sales")).isFalse();
  }

  private static boolean covers(String via, String namespace) {
    return EXCLUSIONS.cover(
        new Grant(via, namespace, new Group("system:authenticated"), Optional.empty()));
  }
}
