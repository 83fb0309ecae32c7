// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.risk;

import static dev.credence.system.Scene.OWNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.api.MachineIdentityStatus.FindingStatus;
import dev.credence.api.MachineIdentityStatus.RiskLevel;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.Scene;
import org.junit.jupiter.api.Test;

/// What the accounts of an identity may do, as its status says it.
@WithOperator
class RiskIT {

  @Test
  void what_a_binding_gives_is_found_and_forgotten_when_it_goes(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.await("crm", "LeastPrivilege", "True NoFindings");
    assertThat(scene.status("crm").risk()).as("nothing found").isNull();

    try (var policy = scene.policy("enforcement: Enforce, privileges: {minSeverity: Medium}")) {
      scene.create(
          "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: crm}, rules: [{apiGroups: [''], resources: [secrets], verbs: [list]}]}");
      var binding =
          scene.create(
              "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: crm}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: crm}, subjects: [{kind: ServiceAccount, name: crm-sync}]}");
      scene.await("crm", "Ready", "False FindingsPresent");
      assertThat(scene.status("crm").risk().findings())
          .extracting(FindingStatus::rule, FindingStatus::severity, FindingStatus::via)
          .containsExactly(
              tuple(
                  "RBAC-SECRETS-LIST", RiskLevel.High, "RoleBinding/" + namespace.name() + "/crm"));

      policy.replace(
          "enforcement: Enforce, privileges: {minSeverity: Medium, exceptions: [{rule: RBAC-SECRETS-LIST, reason: 'CHG-1234', expirationTime: '2099-01-01T00:00:00Z'}]}");
      scene.await("crm", "LeastPrivilege", "True NoFindings");
      policy.replace("enforcement: Enforce, privileges: {minSeverity: Medium}");
      scene.await("crm", "Ready", "False FindingsPresent");

      namespace.client().resource(binding).delete();
      scene.await("crm", "LeastPrivilege", "True NoFindings");
      scene.awaitReady("crm");
    }
  }
}
