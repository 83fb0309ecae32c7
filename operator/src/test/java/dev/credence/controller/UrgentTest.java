// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.observe.Poisoned;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrgentTest {
  private final Urgent urgent = new Urgent();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata: {name: crm, uid: u, annotations: {credence.dev/suspend: INC-7}}",
        "metadata: {name: crm, uid: u, annotations: {credence.dev/revoke: leaked}}",
        "{metadata: {name: crm, uid: u}, spec: {state: Suspended}}",
        "{metadata: {name: crm, uid: u}, spec: {state: Decommissioned}}",
        "{metadata: {name: crm, uid: u, annotations: {credence.dev/revoke: again}}, status: {handled: {revoke: leaked}}}"
      })
  void what_is_asked_and_not_done_is_urgent_once(String text) {
    var identity = identity(text);
    assertThat(urgent.is(identity)).isTrue();
    urgent.begin(identity);
    assertThat(urgent.is(identity)).isTrue();
    urgent.done(identity);
    assertThat(urgent.is(identity)).isFalse();
    identity.getMetadata().getAnnotations().put(Api.REVOKE, "another");
    assertThat(urgent.is(identity)).isTrue();
    urgent.forget(identity);
    assertThat(urgent.is(identity(text))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{metadata: {name: crm, uid: u}}",
        "{metadata: {name: crm, uid: u}, spec: {state: Active}}",
        "{metadata: {name: crm, uid: u, annotations: {credence.dev/rotate: now}}}",
        "{metadata: {name: crm, uid: u, deletionTimestamp: '2026-01-01T00:00:00Z', annotations: {credence.dev/suspend: INC-7}}}",
        "{metadata: {name: crm, uid: u, annotations: {credence.dev/revoke: leaked}}, status: {handled: {revoke: leaked}}}",
        "{metadata: {name: crm, uid: u}, spec: {state: Suspended}, status: {suspension: {reason: Requested, inForce: [], notCovered: []}}}"
      })
  void everything_else_is_not(String text) {
    assertThat(urgent.is(identity(text))).isFalse();
  }

  @Test
  void the_same_again_after_it_was_taken_back_is_urgent_again() {
    var suspended =
        identity("metadata: {name: crm, uid: u, annotations: {credence.dev/suspend: INC-7}}");
    urgent.done(suspended);
    assertThat(urgent.is(suspended)).isFalse();
    assertThat(urgent.is(identity("metadata: {name: crm, uid: u}"))).isFalse();
    assertThat(urgent.is(suspended)).isTrue();
  }

  @Test
  void a_secret_that_was_revoked_makes_its_identity_urgent_once() {
    var identity = identity("metadata: {name: crm, namespace: sales, uid: u}");
    urgent.add(new ResourceID("crm", "shop"));
    assertThat(urgent.is(identity)).isFalse();
    urgent.add(new ResourceID("crm", "sales"));
    assertThat(urgent.is(identity)).isTrue();
    urgent.begin(identity);
    assertThat(urgent.is(identity)).isFalse();
  }

  @Test
  void one_that_cannot_be_read_is_left_to_the_reconcile_that_shows_it() {
    assertThat(
            urgent.is(
                Poisoned.identity(new ObjectMetaBuilder().withName("odd").withUid("u").build())))
        .isFalse();
  }

  private static MachineIdentity identity(String text) {
    var node = (ObjectNode) Yaml.node(Yaml.documents(text).getFirst());
    node.put("apiVersion", "credence.dev/v1alpha1").put("kind", "MachineIdentity");
    return Serialization.unmarshal(node.toString(), MachineIdentity.class);
  }
}
