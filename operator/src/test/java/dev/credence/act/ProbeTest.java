// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.policy.Tier;
import dev.credence.observe.suspension.Enforcement.Answer;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeTest {
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final Probe probe = new Probe(client, "credence-system", Tier.Enforce);

  @ParameterizedTest
  @CsvSource({
    "422, ValidatingAdmissionPolicy 'suspended.credence.dev' denied it, Refused",
    // Another policy, quota or schema refuses for reasons of its own.
    "422, ValidatingAdmissionPolicy 'suspended.credence.dev.example.com' denied it, Unknown",
    "422, ValidatingAdmissionPolicy 'no-new-tokens.credence.dev' denied it, Unknown",
    "403, ValidatingAdmissionPolicy 'suspended.credence.dev' denied it, Unknown",
    "403, cannot create suspensionlists, Unknown",
    "404, not found, Unknown",
    "503, unavailable, Unknown",
  })
  void only_the_policy_itself_is_believed(int code, String message, Answer answer) {
    api.refuses(code, message);
    assertThat(probe.ask(Admission.Writes, "suspended-1", "7")).isEqualTo(answer);
  }

  @Test
  void a_request_that_passes_is_a_dry_run() {
    api.answers(Map.of("kind", "SuspensionList", "apiVersion", "credence.dev/v1alpha1"));
    assertThat(probe.ask(Admission.Tokens, "suspended-1", "7")).isEqualTo(Answer.Passed);
    assertThat(api.last().line())
        .isEqualTo("POST /apis/credence.dev/v1alpha1/namespaces/credence-system/suspensionlists");
    assertThat(api.last().query()).containsEntry("dryRun", "All");
    assertThat(api.last().json().path("spec"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"probe": {"policy": "no-new-tokens.credence.dev", "list": "suspended-1",
                           "revision": "7"}}
                """));
  }

  @Test
  void without_the_right_to_write_the_list_nothing_is_asked() {
    var observing = new Probe(client, "credence-system", Tier.Observe);
    assertThat(observing.ask(Admission.Writes, "suspended-1", "7")).isEqualTo(Answer.Unknown);
    assertThat(api.lines()).isEmpty();
  }
}
