// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.client.InstalledSchemas;
import dev.credence.controller.status.UndeclaredFields;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CrdCheckTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final String NOTHING =
      "{\"components\": {\"schemas\": {\"dev.credence.v1alpha1.SuspensionList\": {\"properties\": {}}}}}";

  // Every account may read the document: the chart grants nothing for it.
  @AutoClose private final FakeApi api = FakeApi.startForAnybody();
  @AutoClose private final KubernetesClient client = api.client();
  private final CrdCheck check = new CrdCheck(new InstalledSchemas(client), new UndeclaredFields());

  private static String index(String hash) {
    return "{\"paths\": {\"apis/credence.dev/v1alpha1\": {\"serverRelativeURL\": \"/openapi/v3/apis/credence.dev/v1alpha1?hash=%s\"}}}"
        .formatted(hash);
  }

  @Test
  void a_server_that_refuses_the_document_leaves_everything_unknown() {
    api.refuses(403, "no");
    check.check(NOW);
    assertThat(check.missing()).isEmpty();
    assertThat(check.notes()).isEmpty();
    check.check(NOW.plusSeconds(59));
    assertThat(api.lines()).as("within a minute").hasSize(1);
  }

  @Test
  void while_the_crds_are_current_they_are_compared_every_ten_minutes() {
    var schemas =
        Stream.of("MachineIdentity", "CredentialPolicy", "SuspensionList")
            .map(
                kind ->
                    "\"dev.credence.v1alpha1.%s\": {\"properties\": {\"spec\": %2$s, \"status\": %2$s}}"
                        .formatted(kind, "{\"x-kubernetes-preserve-unknown-fields\": true}"))
            .collect(Collectors.joining(", "));
    api.answers(200, index("one"))
        .answers(200, "{\"components\": {\"schemas\": {%s}}}".formatted(schemas));
    check.check(NOW);
    assertThat(check.notes()).isEmpty();
    assertThat(check.missing()).hasSize(3);
    check.check(NOW.plus(Duration.ofMinutes(9)));
    assertThat(api.lines()).hasSize(2);
    api.answers(200, index("one"));
    check.check(NOW.plus(Duration.ofMinutes(10)));
    assertThat(api.lines()).hasSize(3);
  }

  @Test
  void what_is_missing_is_noted_with_the_next_step_and_read_again_when_it_has_changed() {
    api.answers(200, index("one")).answers(200, NOTHING);
    check.check(NOW);
    assertThat(check.notes())
        .hasSize(3)
        .last()
        .asString()
        .startsWith(
            "The CRD of SuspensionList is older than this operator and does not declare spec.")
        .endsWith(CrdCheck.REMEDY);
    assertThat(check.missing().get("MachineIdentity")).containsExactly("spec", "status");
    assertThat(api.lines())
        .containsExactly("GET /openapi/v3", "GET /openapi/v3/apis/credence.dev/v1alpha1");

    check.check(NOW.plusSeconds(30));
    assertThat(api.lines()).as("within a minute").hasSize(2);
    api.answers(200, index("one"));
    check.check(NOW.plus(Duration.ofMinutes(2)));
    assertThat(api.lines()).as("the index alone").hasSize(3);
    api.answers(200, index("two")).answers(200, "{}");
    check.check(NOW.plus(Duration.ofMinutes(4)));
    assertThat(api.lines()).hasSize(5);
    api.refuses(500, "later");
    check.check(NOW.plus(Duration.ofMinutes(6)));
    assertThat(check.notes()).as("what was known still counts").hasSize(3);
  }
}
