// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.journey;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Kstatus;
import dev.credence.system.OrdersApi;
import dev.credence.system.Readme;
import dev.credence.system.Registration;
import dev.credence.system.Scene;
import dev.credence.system.Versions;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every example can be applied and does what its README says.
@WithOperator
class ExampleIT {
  private static final Path EXAMPLES = LocalCluster.TOP.resolve("examples");

  private static LocalCluster cluster;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
  }

  @Test
  void every_example_has_a_test_here() throws IOException {
    try (var folders = Files.list(EXAMPLES)) {
      assertThat(folders.map(Path::toFile).filter(File::isDirectory).map(File::getName))
          .containsExactlyInAnyOrder(
              "access-review",
              "adopt",
              "ai-agent",
              "api-key-overlap",
              "argocd-repository",
              "audit-receiver", // see ReceiveIT: it needs another API server
              "certificates", // see IssuedCertificatesIT: it needs cert-manager
              "ci-kubeconfig",
              "database-password",
              "discovery",
              "getting-started", // see TiersIT: it changes the tier of the operator
              "gitops",
              "image-pull",
              "issued-values", // see IssuedValuesExampleIT: it needs GitLab
              "offboarding",
              "push-secret",
              "quickstart",
              "signing-key",
              "strimzi-kafkauser",
              "suspend-and-resume",
              "team-onboarding",
              "webfinance"); // see WebFinanceIT: it needs the systems
    }
    try (var folders = Files.list(EXAMPLES)) {
      assertThat(folders.filter(Files::isDirectory))
          .allSatisfy(folder -> assertThat(folder.resolve("README.md")).exists());
    }
  }

  @BesideOthers
  void quickstart() throws IOException {
    try (var example = follow("quickstart", "shop")) {
      var scene = example.scene();
      scene.awaitReady("shop-web");
      assertThat(scene.isMarked(scene.secret("shop-session"), "shop-web")).isTrue();
      eventually("its account is linked")
          .until(() -> scene.isMarked(scene.account("shop-web"), "shop-web"));
      scene.await("checkout", "Ready", "False NotManaged");
      var payments = Scene.print(scene.secret("payment-gateway"));
      assertThat(payments).contains("cGxlYXNlIGxlYXZlIG1lIGFsb25l");

      var first = scene.version("shop-session");
      eventually("both keys are there during the overlap")
          .until(
              () ->
                  scene
                      .secret("shop-session")
                      .get()
                      .getData()
                      .keySet()
                      .equals(Set.of("key", "key.previous")));
      eventually("the overlap is over")
          .until(
              () ->
                  scene.credential("shop-web", "shop-session").state() == CredentialState.Fresh
                      && scene.secret("shop-session").get().getData().size() == 1);
      eventually("it is rotated").until(() -> scene.version("shop-session") > first);

      scene.await(Duration.ofSeconds(90), "stock-import", "Expiring", "True Expired");
      assertThat(scene.result("stock-import", "Ready")).isEqualTo("False Expired");
      var last = scene.version("stock-import");
      Scene.stays(
          Duration.ofSeconds(5),
          "nothing is issued for it any more",
          () -> scene.version("stock-import") == last);
      assertThat(Scene.print(scene.secret("payment-gateway"))).isEqualTo(payments);
      assertThat(scene.result("shop-web", "Ready")).isEqualTo("True Compliant");
    }
  }

  @BesideOthers
  void ci_kubeconfig(@TempDir Path folder) throws IOException {
    try (var example = follow("ci-kubeconfig", "ci")) {
      var scene = example.scene();
      scene.awaitReady("pipeline");
      var first = kubeconfig(scene, folder.resolve("first"));
      assertThat(cluster.kubectl("--kubeconfig", first, "auth", "whoami"))
          .contains("system:serviceaccount:ci:pipeline");
      assertThat(cluster.kubectl("--kubeconfig", first, "get", "configmaps"))
          .contains("kube-root-ca.crt");
      eventually("its end is told")
          .until(
              () ->
                  Optional.ofNullable(
                          scene.credential("pipeline", "pipeline-kubeconfig").expirationTime())
                      .filter(end -> end.isAfter(Instant.now().plus(Duration.ofHours(23))))
                      .isPresent());

      // As the README says, with an overlap that a test can wait for.
      scene.patch(
          scene.identity("pipeline"),
          "{spec: {secrets: [{name: pipeline-kubeconfig, token: {serviceAccountName: pipeline, lifetime: 24h, kubeconfig: true}, rotation: {overlap: 20s}}]}}");
      scene.annotate(scene.secret("pipeline-kubeconfig"), "credence.dev/rotate", "now");
      scene.awaitVersion("pipeline-kubeconfig", 3);
      try (var old = client(first);
          var second = client(kubeconfig(scene, folder.resolve("second")))) {
        assertThat(List.of(opens(old), opens(second))).containsExactly(true, true);
        within(Duration.ofSeconds(20 + 45), "the old one is refused").until(() -> !opens(old));
        assertThat(opens(second)).isTrue();

        scene.annotate(scene.secret("pipeline-kubeconfig"), "credence.dev/revoke", "leaked");
        within(Duration.ofSeconds(45), "the revoked one is refused").until(() -> !opens(second));
      }
      scene.awaitVersion("pipeline-kubeconfig", 4);
      try (var third = client(kubeconfig(scene, folder.resolve("third")))) {
        assertThat(opens(third)).isTrue();
      }
    }
  }

  private static String kubeconfig(Scene scene, Path file) throws IOException {
    return write(scene, "pipeline-kubeconfig", file);
  }

  private static boolean opens(KubernetesClient client) {
    try {
      return client.configMaps().inNamespace("ci").list() != null;
    } catch (KubernetesClientException refused) {
      assertThat(refused.getCode()).isEqualTo(401);
      return false;
    }
  }

  private static KubernetesClient client(String kubeconfig) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(new File(kubeconfig)))
        .build();
  }

  @BesideOthers
  void api_key_overlap() throws Exception {
    follow("api-key-overlap", "orders").close();

    // Again, with an overlap that a test can wait for.
    var manifest = EXAMPLES.resolve("api-key-overlap/1-orders.yaml");
    try (var applied = new Applied(objects(manifest).toList(), "orders")) {
      cluster.kubectl("apply", "-f", manifest.toString());
      var scene = new Scene(cluster.client(), "orders");
      scene.awaitReady("orders-api");
      scene.patch(
          scene.identity("orders-api"),
          "{spec: {secrets: [{name: orders-api-key, generate: {keys: [{name: key, bytes: {length: 32, encoding: Base64Url}}]}, rotation: {interval: 15s, overlap: 7s}}]}}");
      try (var api = OrdersApi.start(scene);
          var partner = OrdersApi.Partner.of(api, scene)) {
        scene.awaitVersion(Duration.ofMinutes(2), "orders-api-key", 4);
        assertThat(partner.sent()).isGreaterThan(500);
        assertThat(partner.refused()).isZero();
      }
    }
  }

  @BesideOthers
  void image_pull() throws IOException {
    try (var example = follow("image-pull", "builds")) {
      var scene = example.scene();
      var secret = scene.secret("registry-pull").get();
      assertThat(secret.getType()).isEqualTo("kubernetes.io/dockerconfigjson");
      assertThat(secret.getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/part-of", "registry");
      assertLogin(secret);
      scene.annotate(scene.secret("registry-pull"), "credence.dev/rotate", "once more");
      scene.awaitVersion("registry-pull", 3);
      var next = scene.secret("registry-pull").get();
      assertLogin(next);
      assertThat(text(next, "username")).isNotEqualTo(text(secret, "username"));
    }
  }

  private static void assertLogin(Secret secret) throws IOException {
    var login =
        new ObjectMapper()
            .readTree(text(secret, ".dockerconfigjson"))
            .path("auths")
            .path("registry.builds.example.com");
    var user = text(secret, "username");
    var password = text(secret, "password");
    assertThat(login.path("username").asText()).isEqualTo(user);
    assertThat(login.path("password").asText()).isEqualTo(password);
    assertThat(new String(Base64.getDecoder().decode(login.path("auth").asText()), UTF_8))
        .isEqualTo(user + ":" + password);
  }

  private static String text(Secret secret, String key) {
    return new String(Base64.getDecoder().decode(secret.getData().get(key)), UTF_8);
  }

  @BesideOthers
  void suspend_and_resume(@TempDir Path folder) throws IOException {
    try (var example = follow("suspend-and-resume", "billing")) {
      var scene = example.scene();
      scene.awaitVersion("exporter-kubeconfig", 2);
      try (var client = client(write(scene, "exporter-kubeconfig", folder.resolve("first")))) {
        within(Duration.ofSeconds(45), "it writes").until(() -> writes(client, "before"));
        scene.awaitReady("exporter");

        cluster.kubectl(
            "annotate", "mid", "exporter", "-n", "billing", "credence.dev/suspend=again, INC-8");
        scene.await("exporter", "Suspended", "True Requested");
        within(Duration.ofSeconds(45), "its writes are refused")
            .until(() -> !writes(client, "meanwhile"));
      }
      assertThat(
              cluster.kubectl(
                  "get", "mid", "exporter", "-n", "billing", "-o", "jsonpath={.status.suspension}"))
          .contains("WritesDenied", "accountants-sftp");

      cluster.kubectl("annotate", "mid", "exporter", "-n", "billing", "credence.dev/suspend-");
      scene.awaitVersion("exporter-kubeconfig", 3);
      try (var client = client(write(scene, "exporter-kubeconfig", folder.resolve("second")))) {
        within(Duration.ofSeconds(45), "it writes again").until(() -> writes(client, "after"));
      }
      scene.awaitReady("exporter");
      assertThat(scene.status("exporter").history()).hasSize(4);
    }
  }

  private static String write(Scene scene, String secret, Path file) throws IOException {
    var data = scene.secret(secret).get().getData().get("kubeconfig");
    return Files.write(file, Base64.getDecoder().decode(data)).toString();
  }

  private static boolean writes(KubernetesClient client, String name) {
    var map = new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
    try {
      return client.resource(map).inNamespace(client.getNamespace()).create() != null;
    } catch (KubernetesClientException refused) {
      return false;
    }
  }

  @BesideOthers
  void access_review() {
    try (var example = follow("access-review", "back-office")) {
      var scene = example.scene();
      var me =
          cluster.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}").strip();
      assertThat(scene.status("invoice-export").review().reviewedBy()).isEqualTo(me);
      assertThat(scene.result("old-sync", "Suspended")).isEqualTo("True ReviewOverdue");
    }
  }

  @BesideOthers
  void offboarding() {
    try (var example = follow("offboarding", "sales-tools")) {
      var scene = example.scene();
      assertThat(scene.result("crm-export", "Suspended")).isEqualTo("absent");
      eventually("what is left is listed")
          .until(
              () ->
                  scene.status("mailing-bot").suspension().notCovered().stream()
                      .anyMatch(
                          left -> left.startsWith("RoleBinding sales-tools/mailing-bot-edits")));
      assertThat(scene.account("mailing-bot").get()).isNotNull();
      assertThat(scene.result("crm-export", "Ready")).isEqualTo("True Compliant");
    }
  }

  @BesideOthers
  void discovery() {
    try (var registration = Registration.allowed(cluster);
        var example = follow("discovery", "warehouse")) {
      var scene = example.scene();
      assertThat(scene.status("stock-sync").owner().contact()).isEqualTo("dora@example.com");
      eventually("it is adopted").until(() -> !discovered().contains("stock-sync"));
      scene.awaitReady("stock-sync");
      scene.account("label-printer").delete();
      eventually("what nobody touched goes with its account")
          .until(() -> scene.identity("label-printer").get() == null);
    }
  }

  /// Argo CD's waves by hand: each begins when the one before is healthy.
  @BesideOthers
  void gitops() throws IOException {
    var scene = new Scene(cluster.client(), "helpdesk");
    var folder = EXAMPLES.resolve("gitops");
    var manifests = folder.resolve("helpdesk").toString();
    var policies = folder.resolve("policies").toString();
    cluster.kubectl("create", "namespace", "helpdesk");
    try (var applied =
        new Applied(objects(folder.resolve("policies/helpdesk.yaml")).toList(), "helpdesk")) {
      fromGit(policies);
      fromGit(manifests + "/1-accounts.yaml");
      try (var identity = Versions.ofIdentity(scene, "helpdesk-web")) {
        fromGit(manifests + "/2-identity.yaml");
        identity.await(Kstatus.Current);
        assertThat(identity.results()).containsExactly(Kstatus.InProgress, Kstatus.Current);
      }
      assertThat(scene.secret("helpdesk-session").get().getData())
          .as("what the next wave needs")
          .containsOnlyKeys("key");
      fromGit(manifests + "/3-application.yaml");
      scene.annotate(scene.identity("helpdesk-web"), "credence.dev/rotate", "now");
      scene.awaitVersion("helpdesk-session", 2);
      for (var files : List.of(policies, manifests)) {
        cluster.kubectl(
            "diff",
            "--server-side",
            "--field-manager=argocd-controller",
            "-n",
            "helpdesk",
            "-f",
            files);
      }

      var key = scene.value("helpdesk-session", "key");
      scene.identity("helpdesk-web").delete();
      eventually("it is nobody's")
          .until(() -> !scene.isMarked(scene.secret("helpdesk-session"), "helpdesk-web"));
      fromGit(manifests + "/2-identity.yaml");
      scene.awaitReady("helpdesk-web");
      assertThat(scene.version("helpdesk-session")).isEqualTo(2);
      assertThat(scene.value("helpdesk-session", "key")).isEqualTo(key);
    }
  }

  private static void fromGit(String files) {
    cluster.kubectl(
        "apply",
        "--server-side",
        "--field-manager=argocd-controller",
        "-n",
        "helpdesk",
        "-f",
        files);
  }

  private static String discovered() {
    return cluster.kubectl(
        "get", "mid", "-n", "warehouse", "-l", "credence.dev/discovered", "-o", "name");
  }

  @BesideOthers
  void signing_key() {
    try (var example = follow("signing-key", "portal")) {
      var scene = example.scene();
      assertThat(scene.secret("portal-session").get().getData())
          .containsOnlyKeys("key", "key.previous");
      assertThat(scene.isMarked(scene.account("portal-web"), "portal-web")).isTrue();
    }
  }

  @BesideOthers
  void adopt() {
    try (var example = follow("adopt", "newsletter")) {
      var scene = example.scene();
      eventually("the Secret is its owner's again")
          .until(() -> scene.isUnmarked(scene.secret("newsletter-links")));
      assertThat(scene.value("newsletter-links", "note")).hasValue("signs the unsubscribe links");
    }
  }

  @BesideOthers
  void ai_agent() {
    try (var example = follow("ai-agent", "research")) {
      var scene = example.scene();
      assertThat(scene.status("paper-agent").approval().approvedBy())
          .isEqualTo("security@example.com");
      eventually("its token is revoked")
          .until(() -> scene.secret("paper-agent-mcp-anchor-v1").get() == null);
    }
  }

  @BesideOthers
  void team_onboarding() {
    try (var example = follow("team-onboarding", "loyalty")) {
      var scene = example.scene();
      assertThat(scene.status("points").owner().contact()).isEqualTo("lena@example.com");
      assertThat(scene.status("points").owner().team()).isEqualTo("loyalty");
    }
  }

  @BesideOthers
  void argocd_repository() {
    cluster.kubectl("create", "namespace", "argocd");
    try (var example = follow("argocd-repository", "argocd")) {
      var secret = example.scene().secret("shop-config-repository").get();
      assertThat(text(secret, "sshPrivateKey")).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
      assertThat(text(secret, "sshPublicKey")).startsWith("ssh-ed25519 ");
      assertThat(text(secret, "type")).isEqualTo("git");
    }
    cluster.kubectl("delete", "namespace", "argocd");
  }

  /// Without Strimzi: the KafkaUser is not applied.
  @BesideOthers
  void strimzi_kafkauser() {
    try (var example = follow("strimzi-kafkauser", "kafka")) {
      var secret = example.scene().secret("billing-events-password").get();
      assertThat(text(secret, "sasl.jaas.config"))
          .contains("username=\"billing-events\" password=\"" + text(secret, "password") + "\";");
    }
  }

  /// Without External Secrets: the PushSecret is not applied.
  @BesideOthers
  void push_secret() {
    try (var example = follow("push-secret", "webhooks")) {
      assertThat(example.scene().secret("webhook-key").get().getData())
          .containsOnlyKeys("key", "key.previous");
    }
  }

  /// The commands of the README of an example have been run, and those of its section "Clean up"
  /// are run when it is closed.
  private record Followed(Readme readme, Scene scene) implements AutoCloseable {
    @Override
    public void close() {
      readme.cleanUp();
    }
  }

  private static Followed follow(String example, String namespace) {
    var readme = Readme.of(cluster, "examples/%s/README.md".formatted(example));
    readme.follow();
    return new Followed(readme, new Scene(cluster.client(), namespace));
  }

  /// What an example made goes when it is closed.
  private record Applied(List<HasMetadata> objects, String namespace) implements AutoCloseable {
    @Override
    public void close() {
      cluster.client().namespaces().withName(namespace).delete();
      objects.stream()
          .filter(object -> object.getKind().equals("CredentialPolicy"))
          .forEach(
              policy ->
                  cluster
                      .client()
                      .resources(CredentialPolicy.class)
                      .withName(policy.getMetadata().getName())
                      .delete());
      eventually("the namespace of the example is gone")
          .until(() -> cluster.client().namespaces().withName(namespace).get() == null);
    }
  }

  private static Stream<HasMetadata> objects(Path file) {
    try (var content = Files.newInputStream(file)) {
      return cluster.client().load(content).items().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
