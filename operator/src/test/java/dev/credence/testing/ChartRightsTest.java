// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.policy.Tier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartRightsTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/namespaces/sales/secrets/crm, false, '', get secrets",
    "GET, /api/v1/secrets, true, '', watch secrets",
    "GET, /apis/batch/v1/namespaces/sales/jobs, false, metadata.name=crm, list batch/jobs",
    "POST, /apis/batch/v1/namespaces/sales/jobs, false, '', create batch/jobs",
    "POST, /api/v1/namespaces/sales/serviceaccounts/crm/token, false, '', create serviceaccounts/token",
    "PATCH, /apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm/status, false, '', patch credence.dev/machineidentities/status",
    "DELETE, /api/v1/namespaces/sales/secrets/crm, false, '', delete secrets",
    "GET, /api/v1/namespaces/sales, false, '', get namespaces"
  })
  void a_request_is_read_as_rbac_reads_it(
      String method, String path, boolean isWatch, String selector, String right) {
    assertThat(ChartRights.request(method, path, isWatch, selector))
        .singleElement()
        .hasToString(right);
  }

  @ParameterizedTest
  @CsvSource({"/version", "/api", "/apis", "/apis/batch/v1", "/healthz"})
  void what_every_account_may_ask_is_left_out(String path) {
    assertThat(ChartRights.request("GET", path, false, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "list batch/jobs, true, true, true",
    "create batch/jobs, false, true, true",
    "get batch/jobs, false, false, false",
    "patch batch/jobs, false, false, false",
    "get secrets, false, true, true",
    "delete serviceaccounts, false, false, true",
    "get cert-manager.io/certificates, false, true, true",
    "delete cert-manager.io/certificates, false, false, true",
    "get pods, false, false, false",
    "list argoproj.io/rollouts, true, true, true",
    "patch argoproj.io/rollouts, false, true, true",
    "get argoproj.io/rollouts, false, false, false",
    "watch argoproj.io/rollouts, false, false, false"
  })
  void each_tier_may_do_more(String right, boolean observe, boolean rotate, boolean enforce) {
    var words = right.split("[ ]");
    var group = words[1].contains("/") ? words[1].substring(0, words[1].indexOf('/')) : "";
    var resource = words[1].substring(words[1].indexOf('/') + 1);
    var request = new ChartRights.Request(words[0], group, resource, "crm");
    assertThat(Stream.of(Tier.values()).map(tier -> ChartRights.of(tier).allows(request)))
        .containsExactly(observe, rotate, enforce);
  }

  @Test
  void a_right_to_one_object_is_none_to_another() {
    var rights = ChartRights.of(Tier.Enforce);
    assertThat(
            rights.allows(
                new ChartRights.Request("delete", "", "configmaps", "credence-suspended")))
        .isTrue();
    assertThat(rights.allows(new ChartRights.Request("delete", "", "configmaps", "another")))
        .isFalse();
  }
}
