// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Timeout(120)
@Isolated("it replaces what the whole JVM shares")
class ApiServerTest {
  private static final String IDENTITIES = "/apis/credence.dev/v1alpha1/machineidentities";
  private static final String POLICIES = "/apis/credence.dev/v1alpha1/credentialpolicies";
  private static final String LISTS =
      "/apis/credence.dev/v1alpha1/namespaces/credence-system/suspensionlists";
  private static final String LIST = "{\"metadata\": {}, \"items\": []}";

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(ApiServer.class);

  @BeforeEach
  void listen() {
    logged.start();
    log.addAppender(logged);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(logged);
  }

  @Test
  void where_all_is_there_it_says_nothing() throws InterruptedException {
    api.answers(LIST).answers(LIST).answers(LIST);
    ApiServer.await(client, Set.of(), "credence-system");
    assertThat(api.lines()).containsExactly("GET " + IDENTITIES, "GET " + POLICIES, "GET " + LISTS);
    assertThat(api.last().query()).containsEntry("limit", "1");
    assertThat(logged.list).isEmpty();
  }

  @Test
  void it_waits_for_the_definitions_and_says_so_once() throws InterruptedException {
    api.refuses(404, "not found")
        .refuses(404, "not found")
        .answers(LIST)
        .answers(LIST)
        .answers(LIST);
    ApiServer.await(client, Set.of(), "credence-system");
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("waiting: the API server does not know MachineIdentity; install the CRDs");
  }

  @Test
  void it_waits_for_the_permissions_of_every_namespace() throws InterruptedException {
    api.refuses(403, "forbidden").answers(LIST).answers(LIST).answers(LIST);
    ApiServer.await(client, Set.of("payments"), "credence-system");
    assertThat(api.asked().getFirst().path())
        .isEqualTo("/apis/credence.dev/v1alpha1/namespaces/payments/machineidentities");
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "waiting: no permission to list MachineIdentity; check the ClusterRole of the chart and its binding");
  }
}
