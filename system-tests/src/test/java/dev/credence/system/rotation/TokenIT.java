// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.rotation;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Tokens of ServiceAccounts, by what the API server says of them.
@WithOperator
class TokenIT {
  /// The API server remembers for ten seconds that it has accepted a token.
  private static final Duration TO_END = Duration.ofSeconds(30);

  /// The identity `crm` with a token of the ServiceAccount `crm-sync`, which is there.
  private static Scene crm(TestNamespace namespace, String token, String rotation) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    identify(scene, token, rotation);
    scene.awaitReady("crm");
    return scene;
  }

  private static void identify(Scene scene, String token, String rotation) {
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-ci, token: {serviceAccountName: crm-sync%s}%s}]"
                .formatted(token, rotation));
  }

  private static String token(Scene scene) {
    return scene.value("crm-ci", "token").orElseThrow();
  }

  private static String account(Scene scene) {
    return "system:serviceaccount:" + scene.namespace() + ":crm-sync";
  }

  private static TokenReviewStatus review(String token, String... audiences) {
    var question =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(audiences)
            .endSpec()
            .build();
    return LocalCluster.shared()
        .client()
        .authentication()
        .v1()
        .tokenReviews()
        .create(question)
        .getStatus();
  }

  private static boolean isAccepted(String token) {
    return Boolean.TRUE.equals(review(token).getAuthenticated());
  }

  private static void assertEnds(String token) {
    within(TO_END, "the token is refused").until(() -> !isAccepted(token));
  }

  private static Map<?, ?> claims(String token) {
    var payload = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
    return Serialization.unmarshal(new String(payload, StandardCharsets.UTF_8), Map.class);
  }

  /// `crm-ci-anchor-v1`, …
  private static List<String> anchors(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(
            secret ->
                Stream.ofNullable(secret.getMetadata().getAnnotations())
                    .anyMatch(all -> "crm-ci".equals(all.get(Api.ANCHOR_FOR))))
        .map(secret -> secret.getMetadata().getName())
        .sorted()
        .toList();
  }

  @BesideOthers
  void the_secret_holds_a_token_of_the_account_and_a_kubeconfig(TestNamespace namespace) {
    var scene = crm(namespace, ", lifetime: 1h, kubeconfig: true", "");
    assertThat(scene.secret("crm-ci").get().getData()).containsOnlyKeys("token", "kubeconfig");
    assertThat(review(token(scene)).getUser().getUsername()).isEqualTo(account(scene));
    assertThat(anchors(scene)).containsExactly("crm-ci-anchor-v1");
    assertThat(scene.secret("crm-ci-anchor-v1").get().getData()).isNullOrEmpty();
    assertThat(claims(token(scene)).toString())
        .as("what it is bound to")
        .contains("secret={name=crm-ci-anchor-v1");
    var credential = scene.credential("crm", "crm-ci");
    assertThat(credential.type().name()).isEqualTo("Token");
    assertThat(scene.stand("crm", "crm-ci")).isEqualTo("Fresh 1");

    var kubeconfig = Config.fromKubeconfig(scene.value("crm-ci", "kubeconfig").orElseThrow());
    assertThat(kubeconfig.getNamespace()).isEqualTo(scene.namespace());
    try (var crm = new KubernetesClientBuilder().withConfig(kubeconfig).build()) {
      var self = crm.authentication().v1().selfSubjectReviews().create(new SelfSubjectReview());
      assertThat(self.getStatus().getUserInfo().getUsername()).isEqualTo(account(scene));
    }
  }

  @BesideOthers
  void the_status_says_when_a_token_ends_and_when_the_next_one_comes(TestNamespace namespace) {
    var scene = crm(namespace, ", lifetime: 1h", "");
    eventually("the status shows the end")
        .until(() -> scene.credential("crm", "crm-ci").expirationTime() != null);
    var credential = scene.credential("crm", "crm-ci");
    assertThat(credential.expirationTime())
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(58)), Instant.now().plus(Duration.ofMinutes(61)));
    assertThat(credential.nextRotationTime())
        .isBetween(Instant.now().plus(Duration.ofMinutes(40)), credential.expirationTime());
  }

  @BesideOthers
  void a_token_for_others_is_accepted_by_them_alone(TestNamespace namespace) {
    var scene = crm(namespace, ", audiences: ['https://ci.example.com']", "");
    assertThat(review(token(scene)).getAuthenticated()).isNotEqualTo(Boolean.TRUE);
    var there = review(token(scene), "https://ci.example.com");
    assertThat(there.getAuthenticated()).isTrue();
    assertThat(there.getUser().getUsername()).isEqualTo(account(scene));
    assertThat(there.getAudiences()).containsExactly("https://ci.example.com");
  }

  @BesideOthers
  void both_tokens_work_during_the_overlap_and_then_the_new_one_alone(TestNamespace namespace) {
    var scene = crm(namespace, "", ", rotation: {overlap: 5s}");
    var first = token(scene);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-ci", 2);
    var second = token(scene);
    assertThat(second).isNotEqualTo(first);
    assertThat(isAccepted(first)).isTrue();
    assertThat(isAccepted(second)).isTrue();
    assertThat(anchors(scene)).containsExactly("crm-ci-anchor-v1", "crm-ci-anchor-v2");
    assertThat(scene.secret("crm-ci").get().getData()).containsOnlyKeys("token");

    eventually("the overlap is over")
        .until(() -> anchors(scene).equals(List.of("crm-ci-anchor-v2")));
    assertEnds(first);
    assertThat(isAccepted(second)).isTrue();
    scene.awaitStand("crm", "crm-ci", "Fresh 2");
    scene.awaitReady("crm");
  }

  @BesideOthers
  void a_revoked_token_is_refused_and_the_new_one_works(TestNamespace namespace) {
    var scene = crm(namespace, "", "");
    var first = token(scene);
    assertThat(isAccepted(first)).isTrue();
    scene.annotate(scene.secret("crm-ci"), Api.REVOKE, "found in a repository");
    assertEnds(first);
    scene.awaitVersion("crm-ci", 2);
    assertThat(isAccepted(token(scene))).isTrue();
    scene.awaitStand("crm", "crm-ci", "Fresh 2");
    assertThat(anchors(scene)).containsExactly("crm-ci-anchor-v2");
  }

  @BesideOthers
  void an_account_that_was_made_anew_has_a_new_token(TestNamespace namespace) {
    var scene = crm(namespace, "", "");
    scene.account("crm-sync").delete();
    scene.await("crm", "MembersLinked", "False MemberMissing");
    scene.createAccount("crm-sync");

    scene.awaitVersion("crm-ci", 2);
    assertThat(review(token(scene)).getUser().getUid())
        .isEqualTo(scene.account("crm-sync").get().getMetadata().getUid());
    scene.awaitReady("crm");
    scene.awaitStand("crm", "crm-ci", "Fresh 2");
  }

  @BesideOthers
  void a_token_whose_anchor_was_deleted_is_replaced(TestNamespace namespace) {
    var scene = crm(namespace, "", "");
    scene.secret("crm-ci-anchor-v1").delete();
    scene.awaitVersion("crm-ci", 2);
    assertThat(isAccepted(token(scene))).isTrue();
    scene.awaitStand("crm", "crm-ci", "Fresh 2");
  }

  @BesideOthers
  void a_token_waits_for_its_account(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    identify(scene, "", "");
    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains("ServiceAccount crm-sync does not exist");
    assertThat(scene.result("crm", "Reconciling")).startsWith("True");
    assertThat(scene.secret("crm-ci").get()).isNull();
    assertThat(anchors(scene)).isEmpty();

    scene.createAccount("crm-sync");
    scene.awaitReady("crm");
    assertThat(review(token(scene)).getUser().getUsername()).isEqualTo(account(scene));
  }

  /// A quota lets in the Secret with the token, and not the anchor that it is bound to.
  @BesideOthers
  void a_quota_that_refuses_its_anchor_is_shown_and_asked_ever_more_seldom(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    var quota =
        scene.create(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {count/secrets: 0}}}");
    eventually("the quota is kept")
        .ignoreExceptions()
        .until(
            () ->
                scene
                        .client()
                        .resourceQuotas()
                        .inNamespace(scene.namespace())
                        .withName("few")
                        .get()
                        .getStatus()
                        .getUsed()
                    != null);
    var audit = LocalCluster.shared().audit();
    identify(scene, "", "");
    eventually("it says what is in the way")
        .until(() -> scene.message("crm", "CredentialsFresh").contains("exceeded quota"));
    Scene.stays(Duration.ofSeconds(5), "there is none", () -> scene.secret("crm-ci").get() == null);
    // After one second, two, four, …
    assertThat(audit.requests().ofOperator().in(namespace).on("secrets").verb("create").all())
        .hasSizeBetween(2, 8);
    scene.client().resource(quota).inNamespace(scene.namespace()).delete();
    scene.awaitVersion("crm-ci", 1);
    scene.awaitReady("crm");
    assertThat(isAccepted(token(scene))).isTrue();
    assertThat(anchors(scene)).containsExactly("crm-ci-anchor-v1");
  }

  @BesideOthers
  void the_policy_shortens_the_life_of_a_token(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy = scene.policy("enforcement: Enforce, tokens: {maxLifetime: 20m}")) {
      scene.createAccount("crm-sync");
      identify(scene, ", lifetime: 12h", "");
      scene.awaitReady("crm");
      scene.awaitPolicy("crm");
      eventually("the token ends within 20 minutes")
          .until(() -> end(scene).filter(this::isWithin20Minutes).isPresent());
      assertThat(Instant.ofEpochSecond(((Number) claims(token(scene)).get("exp")).longValue()))
          .isEqualTo(end(scene).orElseThrow());
    }
  }

  private boolean isWithin20Minutes(Instant end) {
    return end.isBefore(Instant.now().plus(Duration.ofMinutes(20)).plusSeconds(1))
        && end.isAfter(Instant.now().plus(Duration.ofMinutes(18)));
  }

  private static Optional<Instant> end(Scene scene) {
    return Scene.annotation(scene.secret("crm-ci"), Api.EXPIRES_AT).map(Instant::parse);
  }
}
