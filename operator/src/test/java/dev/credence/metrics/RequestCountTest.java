// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.metrics.MetricsPage.Sample;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestCountTest {
  @AutoClose private final FakeApi api = FakeApi.startForAnybody();
  private final Counters counters =
      new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));

  @AutoClose
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(tryingTwice(api.config()))
          .withHttpClientBuilderConsumer(
              http -> http.addOrReplaceInterceptor("count", new RequestCount(counters)))
          .build();

  private static Config tryingTwice(Config config) {
    config.setRequestRetryBackoffLimit(1);
    config.setRequestRetryBackoffInterval(1);
    return config;
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/secrets, secrets",
    "/api/v1/namespaces/sales/secrets, secrets",
    "/api/v1/namespaces/sales/secrets/crm-db, secrets",
    "/api/v1/namespaces, namespaces",
    "/api/v1/namespaces/sales, namespaces",
    "/api/v1/namespaces/sales/serviceaccounts/crm/token, serviceaccounts/token",
    "/apis/credence.dev/v1alpha1/credentialpolicies/production, credentialpolicies",
    "/apis/credence.dev/v1alpha1/credentialpolicies/production/status, credentialpolicies/status",
    "/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm, machineidentities",
    "/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm/status, machineidentities/status",
    "/api/v1/namespaces/sales/secrets/apis, secrets",
    "/api/v1/namespaces/apis/secrets/api, secrets",
    "/api/v1/namespaces/namespaces/secrets/namespaces, secrets",
    "/apis/apps/v1/namespaces/api/deployments/api, deployments",
    "/k8s/clusters/c-m-abc/api/v1/namespaces/sales/secrets/crm-db, secrets",
    "/k8s/clusters/c-m-abc/apis/apps/v1/namespaces/sales/deployments/crm, deployments",
    "/version, discovery",
    "/apis, discovery",
    "/apis/credence.dev/v1alpha1, discovery",
    "/, discovery"
  })
  void a_request_is_counted_by_its_resource_and_never_by_a_name(String path, String resource) {
    api.answers("{}");
    client.raw(path);
    assertThat(counted())
        .containsExactly(Map.of("verb", "GET", "resource", resource, "code", "200"));
  }

  @Test
  void verbs_and_answers_are_told_apart() {
    api.answers(new SecretList()).refuses(403, "no").refuses(422, "never");
    client.secrets().inNamespace("sales").list();
    assertThatThrownBy(() -> client.secrets().inNamespace("sales").withName("crm-db").delete())
        .isInstanceOf(KubernetesClientException.class);
    assertThatThrownBy(() -> client.resources(MachineIdentity.class).inAnyNamespace().list())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(counted())
        .containsExactlyInAnyOrder(
            Map.of("verb", "GET", "resource", "secrets", "code", "200"),
            Map.of("verb", "DELETE", "resource", "secrets", "code", "403"),
            Map.of("verb", "GET", "resource", "machineidentities", "code", "422"));
  }

  @Test
  void a_request_that_nobody_answers_is_counted_too() {
    api.close();
    assertThatThrownBy(() -> client.resources(CredentialPolicy.class).list())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(counted())
        .containsExactly(Map.of("verb", "GET", "resource", "credentialpolicies", "code", "none"));
  }

  @Test
  void a_watch_is_no_get() {
    api.answers("{}");
    client.raw("/api/v1/secrets?allowWatchBookmarks=true&watch=true");
    assertThat(counted())
        .containsExactly(Map.of("verb", "WATCH", "resource", "secrets", "code", "200"));
  }

  private List<Map<String, String>> counted() {
    return MetricsPage.of(counters.page()).lines("credence_kube_requests_total").stream()
        .map(Sample::labels)
        .toList();
  }
}
