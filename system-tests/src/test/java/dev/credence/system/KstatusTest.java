// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KstatusTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "Current    | {generation: 1} | {}",
        "Current    | {generation: 2} | {observedGeneration: 2, conditions: [{type: Ready, status: 'True'}]}",
        "InProgress | {generation: 2} | {observedGeneration: 1, conditions: [{type: Ready, status: 'True'}]}",
        "InProgress | {generation: 1} | {observedGeneration: -1, conditions: [{type: Ready, status: Unknown}]}",
        "InProgress | {generation: 1} | {observedGeneration: 1, conditions: [{type: Ready, status: 'False'}]}",
        "InProgress | {generation: 1} | {conditions: [{type: Reconciling, status: 'True'}, {type: Stalled, status: 'True'}]}",
        "Failed     | {generation: 1} | {conditions: [{type: Ready, status: 'True'}, {type: Stalled, status: 'True'}]}",
        "Terminating| {generation: 1, deletionTimestamp: '2026-11-22T12:00:00Z'} | {conditions: [{type: Ready, status: 'True'}]}",
      })
  void is_what_its_rules_say(Kstatus wanted, String metadata, String status) {
    var object =
        Scene.read(
            "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: %s, status: %s}"
                .formatted(metadata, status),
            GenericKubernetesResource.class);
    assertThat(Kstatus.of(object)).isEqualTo(wanted);
  }
}
