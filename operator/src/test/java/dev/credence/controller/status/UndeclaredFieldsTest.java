// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UndeclaredFieldsTest {
  private static final String KIND = "MachineIdentity";

  private static MachineIdentityStatus status(String yaml) {
    return Serialization.unmarshal("---\n" + yaml, MachineIdentityStatus.class);
  }

  private static final MachineIdentityStatus STATUS =
      status(
          "{state: Active, usage: {lastUsedTime: '2026-11-20T00:00:00Z', source: TokenLabel}, credentials: [{name: crm-db, type: Generated, state: Fresh, message: fine, rotation: {interval: 720h, overlap: 24h, source: Default}}]}");

  private static MachineIdentityStatus without(String... fields) {
    var undeclared = new UndeclaredFields();
    undeclared.are(Map.of(KIND, new TreeSet<>(Set.of(fields))));
    return undeclared.leftOut(KIND, STATUS, MachineIdentityStatus.class);
  }

  @Test
  void without_such_fields_the_status_stays_the_same_object() {
    assertThat(new UndeclaredFields().leftOut(KIND, STATUS, MachineIdentityStatus.class))
        .isSameAs(STATUS);
    assertThat(without("spec.selector")).isSameAs(STATUS);
  }

  @Test
  void a_field_is_left_out_wherever_it_is() {
    assertThat(without("status.usage", "status.credentials.rotation.source", "status.review.none"))
        .isEqualTo(
            status(
                "{state: Active, credentials: [{name: crm-db, type: Generated, state: Fresh, message: fine, rotation: {interval: 720h, overlap: 24h}}]}"));
  }

  /// A status that is compared with the stored one, so nothing is written twice.
  @Test
  void what_is_left_is_equal_to_what_is_stored() {
    var written = without("status.usage");
    assertThat(written).isEqualTo(status(Serialization.asYaml(written)));
  }
}
