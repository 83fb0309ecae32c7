// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.Connection;
import dev.credence.client.Clients;
import dev.credence.testing.FakeApi;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectTest {
  @AutoClose private final FakeApi api = FakeApi.startForAnybody();

  @AutoClose
  private final Connection connection =
      new Connection(Clients.of(api.config()), "sales", Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "crm, MachineIdentity sales/crm",
    "payments/crm, MachineIdentity payments/crm",
    "mid/crm, MachineIdentity sales/crm",
    "secret/crm-db, Secret sales/crm-db",
    "secrets/crm-db, Secret sales/crm-db",
    "deploy/crm-web, Deployment sales/crm-web",
    "StatefulSet/db, StatefulSet sales/db",
    "sa/crm-sync, ServiceAccount sales/crm-sync"
  })
  void a_kind_is_written_as_for_kubectl(String written, String subject) {
    assertThat(Subject.of(connection, written)).hasToString(subject);
  }
}
