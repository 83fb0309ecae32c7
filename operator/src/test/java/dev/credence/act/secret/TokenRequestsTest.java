// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.SECRETS;
import static dev.credence.act.Payments.base64;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.act.Act;
import dev.credence.act.Acting;
import dev.credence.act.Payments;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.generate.Maker;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRequestsTest {
  private static final String ANCHOR = SECRETS + "/payments-db-anchor-v1";
  private static final String REQUESTS =
      "/api/v1/namespaces/payments/serviceaccounts/payments-api/token";

  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_token_is_asked_for_and_put_into_the_secret() {
    acting.api.answers(Payments.anchor().build()).answers(201, granted()).echoes();
    acting.perform(Payments.token(false));
    assertThat(acting.api.lines())
        .containsExactly("GET " + ANCHOR, "POST " + REQUESTS, "POST " + SECRETS);
    assertThat(acting.sent().path("data"))
        .hasToString("{\"token\":\"" + base64(Payments.TOKEN) + "\"}");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1expires-at").asText())
        .isEqualTo("2027-01-01T01:00:00Z");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1account-uid").asText())
        .isEqualTo("uid-of-the-account");
  }

  /// Audit events name a token by its claim `jti`.
  @Test
  void the_secret_records_the_id_of_its_token() {
    acting
        .api
        .answers(Payments.anchor().build())
        .answers(201, granted(webToken("4f1c-1")))
        .echoes();
    acting.perform(Payments.token(false));
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1credential-ids").asText())
        .isEqualTo("1=JTI=4f1c-1");
  }

  @Test
  void the_next_token_is_recorded_in_front_of_the_one_before() {
    acting
        .api
        .answers(
            Payments.stored()
                .editMetadata()
                .addToAnnotations("credence.dev/credential-ids", "1=JTI=4f1c-1")
                .endMetadata()
                .build())
        .answers(Payments.anchor(2).build())
        .answers(201, granted(webToken("91ab-2")))
        .echoes();
    acting.perform(
        new Action.Rotate(
            Payments.DB,
            Payments.JUDGED,
            Payments.tokenRecipe(false),
            Payments.versionInfo(2, Optional.empty()),
            new Action.Why.OnSchedule(Payments.NEW_YEAR)));
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1credential-ids").asText())
        .startsWith("2=JTI=91ab-2 1=JTI=4f1c-1@");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "opaque", "a.b.c", "e30.e30.e30", "e30.eyJqdGkiOjF9.e30", "a.b.c.d"})
  void a_token_without_an_id_has_none(String token) {
    assertThat(TokenId.of(token)).isEmpty();
  }

  private static Map<String, ?> granted(String token) {
    var granted = new HashMap<String, Object>(granted());
    granted.put(
        "status", Map.of("token", token, "expirationTimestamp", "2027-01-01T02:00:00+01:00"));
    return granted;
  }

  private static String webToken(String jti) {
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(("{\"jti\": \"" + jti + "\"}").getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  @Test
  void it_is_bound_to_its_anchor_and_lives_as_long_as_was_said() {
    acting.api.answers(Payments.anchor().build()).answers(201, granted()).echoes();
    acting.perform(Payments.token(false));
    assertThat(acting.api.asked().get(1).json())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                 "spec": {
                   "audiences": ["vault", "https://db.example.com"], "expirationSeconds": 5400,
                   "boundObjectRef": {
                     "apiVersion": "v1", "kind": "Secret",
                     "name": "payments-db-anchor-v1", "uid": "uid-of-the-anchor"}}}
                """));
  }

  @Test
  void the_next_token_is_bound_to_an_anchor_of_its_own() {
    acting
        .api
        .answers(Payments.stored().build())
        .answers(Payments.anchor(2).build())
        .answers(201, granted())
        .echoes();
    acting.perform(
        new Action.Rotate(
            Payments.DB,
            Payments.JUDGED,
            Payments.tokenRecipe(false),
            Payments.versionInfo(2, Optional.empty()),
            new Action.Why.OnSchedule(Payments.NEW_YEAR)));
    assertThat(acting.api.lines())
        .containsExactly(
            "GET " + PAYMENTS_DB,
            "GET " + SECRETS + "/payments-db-anchor-v2",
            "POST " + REQUESTS,
            "PUT " + PAYMENTS_DB);
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1expires-at").asText())
        .isEqualTo("2027-01-01T01:00:00Z");
  }

  @Test
  void who_accepts_it_may_be_left_to_the_api_server() {
    acting.api.answers(Payments.anchor().build()).answers(201, granted()).echoes();
    acting.perform(
        Payments.token(new TokenRecipe("payments-api", List.of(), Duration.ofHours(1), false)));
    assertThat(acting.api.asked().get(1).json().path("spec").has("audiences")).isFalse();
  }

  @Test
  void a_kubeconfig_names_the_server_its_authority_the_token_and_the_namespace(
      @TempDir Path directory) throws IOException {
    var authority = Files.writeString(directory.resolve("ca.crt"), "an authority");
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(acting.api.config()).withCaCertFile(authority.toString()).build())
            .build()) {
      var config = kubeconfig(client);
      assertThat(config.getMasterUrl()).isEqualTo(Acting.API_SERVER + "/");
      assertThat(config.getAutoOAuthToken()).isEqualTo(Payments.TOKEN);
      assertThat(config.getCaCertData()).isEqualTo(base64("an authority"));
      assertThat(config.getNamespace()).isEqualTo("payments");
      assertThat(config.getCurrentContext().getName())
          .isEqualTo("payments/payments-api@api.example.com:6443");
      assertThat(config.getCurrentContext().getContext().getCluster())
          .isEqualTo("api.example.com:6443");
      assertThat(config.getCurrentContext().getContext().getUser())
          .isEqualTo("payments/payments-api@api.example.com:6443");
    }
  }

  /// Merged files keep what is of different clusters apart.
  @ParameterizedTest
  @CsvSource({
    "https://api.example.com, api.example.com",
    "https://api.example.com/, api.example.com",
    "https://api.example.com:443/, api.example.com",
    "https://api.example.com:6443, api.example.com:6443",
    "https://127.0.0.1:38211/, 127.0.0.1:38211",
    "https://[2001:db8::1]:6443, [2001:db8::1]:6443",
    "https://rancher.example.com:443/k8s/clusters/c-m-abc/, rancher.example.com/k8s/clusters/c-m-abc",
    "https://rancher.example.com/k8s/clusters/c-m-xyz, rancher.example.com/k8s/clusters/c-m-xyz",
    "https://kubernetes.default.svc, kubernetes.default.svc"
  })
  void cluster_user_and_context_are_named_after_the_server(String address, String name) {
    assertThat(TokenRequests.place(address)).isEqualTo(name);
  }

  @Test
  void an_authority_that_was_given_as_data_is_taken_as_it_is() {
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(acting.api.config())
                    .withCaCertData(base64("an authority"))
                    .build())
            .build()) {
      assertThat(kubeconfig(client).getCaCertData()).isEqualTo(base64("an authority"));
    }
  }

  /// As of a load balancer in front of the API server.
  @Test
  void an_authority_of_the_settings_takes_the_place_of_our_own() {
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(acting.api.config()).withCaCertData(base64("our own")).build())
            .build()) {
      var config = kubeconfig(client, Optional.of("of the load balancer"));
      assertThat(config.getMasterUrl()).isEqualTo(Acting.API_SERVER + "/");
      assertThat(config.getCaCertData()).isEqualTo(base64("of the load balancer"));
    }
  }

  @Test
  void where_the_machine_knows_the_authority_the_kubeconfig_names_none() {
    try (var client = acting.api.client()) {
      assertThat(kubeconfig(client).getCaCertData()).isNull();
    }
  }

  @Test
  void a_kubeconfig_is_written_again_with_the_token_that_is_there() {
    var token =
        new TokenRecipe(
            "payments-api", List.of(), Duration.ofHours(1), true, Optional.of("0123456789abcdef"));
    acting
        .api
        .answers(
            Payments.stored()
                .addToData("token", Payments.base64("the token"))
                .addToData("kubeconfig", Payments.base64("of another address"))
                .build())
        .echoes();
    acting.perform(new Action.RenewKubeconfig(Payments.DB, Payments.JUDGED, token));
    var data = acting.sent().path("data");
    assertThat(Payments.text(data.path("token").asText())).isEqualTo("the token");
    assertThat(Payments.text(data.path("kubeconfig").asText()))
        .contains("the token", Acting.API_SERVER);
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1recipe").asText())
        .isEqualTo(token.digest());
  }

  @Test
  void without_its_token_no_kubeconfig_is_written() {
    var token = new TokenRecipe("payments-api", List.of(), Duration.ofHours(1), true);
    acting.api.answers(Payments.stored().build());
    assertThat(acting.refused(new Action.RenewKubeconfig(Payments.DB, Payments.JUDGED, token)))
        .hasMessageContaining("The key `token` is missing");
  }

  @Test
  void the_trust_of_the_system_names_no_authority() {
    var config = new KubeconfigServer(Acting.API_SERVER, Optional.empty(), true).digest();
    assertThat(config)
        .isNotEqualTo(new KubeconfigServer(Acting.API_SERVER, Optional.empty()).digest());
  }

  /// What any client reads in the kubeconfig that this one wrote.
  private Config kubeconfig(KubernetesClient client) {
    return kubeconfig(client, Optional.empty());
  }

  private Config kubeconfig(KubernetesClient client, Optional<String> authorities) {
    acting.api.answers(Payments.anchor().build()).answers(201, granted()).echoes();
    new Act(
            client,
            client,
            new Maker(new SecureRandom()),
            Optional.empty(),
            new KubeconfigServer(Acting.API_SERVER, authorities),
            "credence-system",
            acting.memory,
            InstantSource.fixed(Instant.EPOCH))
        .perform(Payments.token(true), Payments.identity());
    assertThat(acting.sent().path("data").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("token", "kubeconfig");
    return Config.fromKubeconfig(text(acting.sent().at("/data/kubeconfig").asText()));
  }

  @ParameterizedTest
  @CsvSource({
    "credence.dev/v1alpha1, MachineIdentity, uid-of-another, true",
    "credence.dev/v1alpha1, MachineIdentity, uid-of-payments-api, false",
    "v1, ConfigMap, uid-of-payments-api, true",
    "example.com/v1, MachineIdentity, uid-of-payments-api, true",
    "'', '', '', false"
  })
  void an_anchor_that_is_not_ours_is_not_used(
      String version, String kind, String owner, boolean controls) {
    var foreign = Payments.anchor().editMetadata().withOwnerReferences(List.of());
    if (!owner.isEmpty()) {
      foreign
          .addNewOwnerReference()
          .withApiVersion(version)
          .withKind(kind)
          .withName("payments-api")
          .withUid(owner)
          .withController(controls)
          .endOwnerReference();
    }
    acting.api.answers(foreign.endMetadata().build());
    var refusal = acting.refused(Payments.token(false));
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(refusal).hasMessage("Secret payments-db-anchor-v1 was changed by another writer");
    assertThat(acting.api.lines()).containsExactly("GET " + ANCHOR);
  }

  /// An object of ours that is there for something else is no anchor.
  @ParameterizedTest
  @ValueSource(strings = {"credence.dev/anchor-for", "credence.dev/version"})
  void what_does_not_say_that_it_is_the_anchor_is_not_used(String annotation) {
    var other = Payments.anchor().editMetadata().removeFromAnnotations(annotation).endMetadata();
    acting.api.answers(other.build());
    assertThat(acting.refused(Payments.token(false)).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + ANCHOR);
  }

  @Test
  void without_its_anchor_no_token_is_asked_for() {
    acting.api.refuses(404, "secrets \"payments-db-anchor-v1\" not found");
    assertThat(acting.refused(Payments.token(false)).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + ANCHOR);
  }

  @Test
  void a_no_says_whose_token_it_was() {
    acting
        .api
        .answers(Payments.anchor().build())
        .refuses(403, "serviceaccounts/token is forbidden");
    assertThat(acting.refused(Payments.token(false)))
        .hasMessage(
            "Secret payments-db: The API server rejected the request to request a token of ServiceAccount payments-api for it (403): serviceaccounts/token is forbidden");
  }

  @Test
  void an_answer_without_a_token_is_told() {
    acting
        .api
        .answers(Payments.anchor().build())
        .answers(201, Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest"));
    assertThat(acting.refused(Payments.token(false)))
        .hasMessage("Secret payments-db: The API server granted no token");
  }

  private static Map<String, ?> granted() {
    return Payments.granted("2027-01-01T02:00:00+01:00");
  }
}
