// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.journey;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Readme;
import dev.credence.system.Scene;
import org.junit.jupiter.api.BeforeAll;

/// The commands of how-to guides, run literally, with their output compared.
@WithOperator
class HowToIT {
  private static LocalCluster cluster;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
  }

  private static Readme guide(String name) {
    return Readme.of(cluster, "docs/how-to/%s.md".formatted(name));
  }

  @BesideOthers
  void rotate_signing_keys() {
    var guide = guide("rotate-signing-keys");
    var scene = new Scene(cluster.client(), "portal");
    guide.follow("1. Create the identity");
    var first = scene.value("portal-session", "key");
    guide.follow("4. Rotate on demand, or roll back");
    assertThat(scene.value("portal-session", "key")).isEqualTo(first);
    guide.cleanUp();
  }

  @BesideOthers
  void rotate_an_account_with_a_recipe() {
    var guide = guide("rotate-an-account-with-a-recipe");
    guide.follow();
    guide.cleanUp();
  }

  @BesideOthers
  void suspend_and_resume() {
    var guide = guide("suspend-and-resume");
    guide.follow();
    var scene = new Scene(cluster.client(), "billing");
    assertThat(scene.status("exporter").suspension()).isNull();
    guide.cleanUp();
  }

  @BesideOthers
  void onboard_a_team() {
    var guide = guide("onboard-a-team");
    guide.follow();
    guide.cleanUp();
    eventually("no identity is left")
        .until(
            () ->
                cluster
                    .client()
                    .resources(MachineIdentity.class)
                    .inNamespace("loyalty")
                    .list()
                    .getItems()
                    .isEmpty());
  }
}
