// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.plan.IdentityStatus.Suspension;
import dev.credence.plan.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusHistoryTest {
  private static List<String> notCovered(List<String> sentences) {
    return StatusHistory.suspension(
            new Suspension(Instant.EPOCH, Reason.Requested, Set.of(), sentences), "sales", "crm")
        .notCovered();
  }

  private static List<String> sentences(int many) {
    return IntStream.range(0, many).mapToObj(number -> "sentence " + number).toList();
  }

  @Test
  void what_has_room_is_said_whole() {
    assertThat(notCovered(sentences(32))).isEqualTo(sentences(32));
  }

  @Test
  void the_last_sentence_counts_those_that_have_no_room() {
    var stated = notCovered(sentences(100));
    assertThat(stated).hasSize(32).startsWith(sentences(31).toArray(String[]::new));
    assertThat(stated).last().isEqualTo("And 69 more: `kubectl credence explain crm -n sales`.");
  }

  /// The API server refuses a status with a longer one.
  @Test
  void a_sentence_has_an_end() {
    assertThat(notCovered(List.of("x".repeat(5_000))))
        .allSatisfy(sentence -> assertThat(sentence).hasSizeLessThanOrEqualTo(1024));
  }
}
