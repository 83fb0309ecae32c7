// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// What the API server notes when somebody annotates a pod template.
final class Restarted {

  static ManagedFieldsEntry by(String manager, Instant when) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty(
        "f:spec",
        Map.of(
            "f:template",
            Map.of(
                "f:metadata",
                Map.of("f:annotations", Map.of("f:" + Api.RESTARTED_FOR, Map.of())))));
    return new ManagedFieldsEntryBuilder()
        .withManager(manager)
        .withOperation("Update")
        .withTime(when.truncatedTo(ChronoUnit.SECONDS).toString())
        .withFieldsV1(fields)
        .build();
  }

  private Restarted() {}
}
