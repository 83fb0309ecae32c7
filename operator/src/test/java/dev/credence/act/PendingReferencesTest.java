// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/// Where the pod of a probe reads its value.
class PendingReferencesTest {
  private static final String POD =
      """
      volumes:
      - name: credential
        secret: {secretName: %1$s, optional: true}
      - name: others
        secret: {secretName: crm-db-admin}
      - name: mixed
        projected:
          sources:
          - secret: {name: %1$s}
          - secret: {name: crm-db-pending-of-another}
          - configMap: {name: crm-db-pending}
      initContainers:
      - name: wait
        env:
        - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: %1$s, key: password}}}
      containers:
      - name: verify
        env:
        - {name: PLAIN, value: crm-db-pending}
        - {name: PGUSER, valueFrom: {secretKeyRef: {name: %1$s, key: username}}}
        - {name: ADMIN, valueFrom: {secretKeyRef: {name: crm-db-admin, key: username}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        envFrom:
        - secretRef: {name: %1$s}
        - configMapRef: {name: crm-db-pending}
      """;

  private static PodSpec pod(String secret) {
    return Serialization.unmarshal(POD.formatted(secret), PodSpec.class);
  }

  @Test
  void every_reference_to_the_staged_value_is_one_to_the_value_in_force_and_no_other_changes() {
    var pod = pod("crm-db-pending");
    PendingReferences.replace(pod, "crm-db-pending", "crm-db");
    assertThat(pod).isEqualTo(pod("crm-db"));
  }

  @Test
  void a_pod_without_any_stays() {
    var pod = new PodSpec();
    PendingReferences.replace(pod, "crm-db-pending", "crm-db");
    assertThat(pod).isEqualTo(new PodSpec());
  }
}
