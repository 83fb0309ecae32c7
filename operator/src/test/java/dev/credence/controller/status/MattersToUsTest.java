// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.controller.IdentityReconciler.MattersToUs;
import dev.credence.metrics.Standings;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MattersToUsTest {

  @Test
  void our_own_write_of_the_status_wakes_nobody() {
    var before = identity(meta -> meta);
    var after = identity(meta -> meta.withResourceVersion("2"));
    after.setStatus(StatusMapper.of(Standings.inOrder(), before, Instant.EPOCH));
    assertThat(new MattersToUs().accept(after, before)).isFalse();
  }

  @Test
  void what_a_user_writes_wakes() {
    assertThat(eventSource(meta -> meta.withGeneration(2L))).isTrue();
    assertThat(eventSource(meta -> meta.addToAnnotations("credence.dev/rotate", "now"))).isTrue();
    assertThat(eventSource(meta -> meta.addToLabels("env", "prod"))).isTrue();
  }

  @Test
  void the_end_and_a_new_life_of_it_wake() {
    assertThat(eventSource(meta -> meta.withDeletionTimestamp("2027-01-01T00:00:00Z"))).isTrue();
    assertThat(eventSource(meta -> meta.withUid("another"))).isTrue();
  }

  private static boolean eventSource(UnaryOperator<ObjectMetaBuilder> change) {
    return new MattersToUs().accept(identity(change), identity(meta -> meta));
  }

  private static MachineIdentity identity(UnaryOperator<ObjectMetaBuilder> change) {
    var identity = new MachineIdentity();
    ObjectMeta meta =
        change
            .apply(
                new ObjectMetaBuilder()
                    .withName("payments-api")
                    .withUid("uid-of-payments-api")
                    .withResourceVersion("1")
                    .withGeneration(1L))
            .build();
    identity.setMetadata(meta);
    return identity;
  }
}
