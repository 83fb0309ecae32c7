// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ErrorBarrierTest {
  @Test
  void an_error_is_an_exception_to_the_framework_which_knows_no_other() {
    assertThatThrownBy(() -> ErrorBarrier.at("sales/crm", ErrorBarrierTest::deep))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The reconcile of sales/crm failed: java.lang.StackOverflowError: as deep as it goes")
        .hasCauseInstanceOf(StackOverflowError.class);
  }

  private static int deep() {
    throw new StackOverflowError("as deep as it goes");
  }

  @Test
  void what_goes_well_is_what_it_was() {
    assertThat(ErrorBarrier.<Integer>at("sales/crm", () -> 7)).isEqualTo(7);
  }
}
