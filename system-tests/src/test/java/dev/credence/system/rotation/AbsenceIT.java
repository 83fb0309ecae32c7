// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.rotation;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people do while no operator runs is understood by the next one.
@OnCluster
class AbsenceIT {
  private static LocalCluster cluster;
  private OperatorProcess operator;

  @BeforeEach
  void start(LocalCluster shared) {
    cluster = shared;
    operator = OperatorProcess.on(cluster).start();
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  @Test
  void the_marks_of_an_identity_that_went_while_nobody_looked_are_taken_off(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    scene.identity(
        "crm", OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}]");
    scene.awaitReady("crm");
    eventually("marked")
        .until(
            () ->
                scene.isMarked(scene.account("crm-sync"), "crm")
                    && scene.isMarked(scene.secret("crm-smtp"), "crm"));
    operator.terminate();
    scene.identity("crm").delete();
    eventually("it is gone").until(() -> scene.identity("crm").get() == null);

    operator = OperatorProcess.on(cluster).start();
    eventually("unmarked")
        .until(
            () ->
                scene.isUnmarked(scene.account("crm-sync"))
                    && scene.isUnmarked(scene.secret("crm-smtp")));
  }

  @Test
  void before_the_first_look_the_status_says_so(TestNamespace namespace) {
    operator.terminate();
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER);
    assertThat(scene.result("crm", "Ready")).isEqualTo("Unknown Pending");
    assertThat(scene.status("crm").observedGeneration()).isEqualTo(-1);

    operator = OperatorProcess.on(cluster).start();
    scene.awaitReady("crm");
  }
}
