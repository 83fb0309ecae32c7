// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.Handled;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "handled: {rotate: now} | true",
        "handled: {rotate: before} | false",
        "handled: {revoke: now} | false",
        "state: Active | false",
        "{handled: {rotate: now}, credentials: [{name: tls, renewing: 3}]} | false",
        "{handled: {rotate: now}, credentials: [{name: db}, {name: tls}]} | true"
      })
  void it_is_done_when_every_credential_has_answered(String status, boolean isDone) {
    assertThat(
            Rotate.isDone(
                Serialization.unmarshal("---\n" + status, MachineIdentityStatus.class),
                Optional.empty(),
                Handled::rotate,
                "now"))
        .isEqualTo(isDone);
  }
}
