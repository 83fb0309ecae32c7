// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import static dev.credence.reference.GenerateTest.TOP;
import static dev.credence.reference.GenerateTest.check;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What users give to their Argo CD is what its own program is tested with.
class GenerateArgoCdSettingsTest {
  @Test
  void the_settings_of_argo_cd_are_made_of_its_scripts() throws IOException {
    var folder = TOP.resolve("helm/credence/argocd");
    check(
        folder.resolve("argocd-cm.yaml"),
        ArgoCdSettings.configMap(folder.resolve("resource_customizations")));
  }
}
