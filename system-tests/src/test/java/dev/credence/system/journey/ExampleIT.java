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
import dev.credence.system.Registration;
import dev.credence.system.Scene;
import dev.credence.system.Versions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
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
              "api-key-overlap",
              "certificates", // see IssuedCertificatesIT: it needs cert-manager
              "ci-kubeconfig",
              "database-password",
              "discovery",
              "gitops",
              "image-pull",
              "offboarding",
              "quickstart",
              "suspend-and-resume");
    }
    try (var folders = Files.list(EXAMPLES)) {
      assertThat(folders).allSatisfy(folder -> assertThat(folder.resolve("README.md")).exists());
    }
  }

  @BesideOthers
  void quickstart() throws IOException {
    var scene = new Scene(cluster.client(), "shop");
    try (var applied = apply("quickstart", "shop")) {
      scene.awaitReady("shop-web");
      assertThat(scene.isMarked(scene.secret("shop-db"), "shop-web")).isTrue();
      assertThat(scene.secret("shop-db").get().getData())
          .containsOnlyKeys("username", "password", "url");
      assertThat(scene.credential("shop-web", "shop-db").account().system()).isEqualTo("db.shop");
      eventually("its account is linked")
          .until(() -> scene.isMarked(scene.account("shop-web"), "shop-web"));

      scene.await("night-job", "Ready", "False OwnerMissing");
      scene.await("checkout", "Ready", "False NotManaged");
      scene.await("stock-import", "Expiring", "True ExpiresSoon");
      var payments = Scene.print(scene.secret("payment-gateway"));
      assertThat(payments).contains("cGxlYXNlIGxlYXZlIG1lIGFsb25l");

      // `make demo` prints these columns.
      assertThat(cluster.kubectl("get", "mid", "-n", "shop", "--no-headers"))
          .matches("(?s).*checkout +False +NotManaged +alice@example.com +\\w+.*")
          .matches("(?s).*night-job +False +OwnerMissing +\\w+.*");

      scene.patch(scene.identity("night-job"), "{spec: {owner: {contact: carol@example.com}}}");
      scene.awaitReady("night-job");

      scene.awaitVersion("shop-db", 2);
      assertThat(scene.secret("shop-db").get().getData()).containsKey("password.previous");
      eventually("the overlap is over")
          .until(
              () ->
                  scene.credential("shop-web", "shop-db").state() == CredentialState.Fresh
                      && scene.secret("shop-db").get().getData().size() == 3);

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
    var scene = new Scene(cluster.client(), "ci");
    try (var applied = apply("ci-kubeconfig", "ci")) {
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
      scene.awaitVersion("pipeline-kubeconfig", 2);
      var second = kubeconfig(scene, folder.resolve("second"));
      assertThat(List.of(opens(first), opens(second))).containsExactly(true, true);
      within(Duration.ofSeconds(20 + 45), "the old one is refused").until(() -> !opens(first));
      assertThat(opens(second)).isTrue();

      scene.annotate(scene.secret("pipeline-kubeconfig"), "credence.dev/revoke", "leaked");
      within(Duration.ofSeconds(45), "the revoked one is refused").until(() -> !opens(second));
      scene.awaitVersion("pipeline-kubeconfig", 3);
      assertThat(opens(kubeconfig(scene, folder.resolve("third")))).isTrue();
    }
  }

  private static String kubeconfig(Scene scene, Path file) throws IOException {
    return write(scene, "pipeline-kubeconfig", file);
  }

  private static boolean opens(String kubeconfig) {
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(new File(kubeconfig)))
            .build()) {
      return client.configMaps().inNamespace("ci").list() != null;
    } catch (KubernetesClientException refused) {
      assertThat(refused.getCode()).isEqualTo(401);
      return false;
    }
  }

  @BesideOthers
  void api_key_overlap() throws Exception {
    var scene = new Scene(cluster.client(), "orders");
    try (var applied = apply("api-key-overlap", "orders")) {
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
    var scene = new Scene(cluster.client(), "builds");
    try (var applied = apply("image-pull", "builds")) {
      scene.awaitReady("image-puller");
      var secret = scene.secret("registry-pull").get();
      assertThat(secret.getType()).isEqualTo("kubernetes.io/dockerconfigjson");
      assertThat(secret.getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/part-of", "registry");
      assertLogin(secret);
      scene.annotate(scene.secret("registry-pull"), "credence.dev/rotate", "now");
      scene.awaitVersion("registry-pull", 2);
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
    var scene = new Scene(cluster.client(), "billing");
    try (var applied = apply("suspend-and-resume", "billing")) {
      scene.awaitReady("exporter");
      var kubeconfig = write(scene, "exporter-kubeconfig", folder.resolve("first"));
      cluster.kubectl("--kubeconfig", kubeconfig, "create", "configmap", "before");

      cluster.kubectl(
          "annotate",
          "mid",
          "exporter",
          "-n",
          "billing",
          "credence.dev/suspend=odd writes, INC-7, alice looks into it");
      scene.await("exporter", "Suspended", "True Requested");
      within(Duration.ofSeconds(45), "its writes are refused")
          .until(() -> !writes(kubeconfig, "meanwhile"));
      assertThat(
              cluster.kubectl(
                  "get", "mid", "exporter", "-n", "billing", "-o", "jsonpath={.status.suspension}"))
          .contains("WritesDenied", "accountants-sftp works where its value is checked");
      assertThat(cluster.kubectl("get", "mid", "-n", "billing")).contains("Suspended");

      cluster.kubectl("annotate", "mid", "exporter", "-n", "billing", "credence.dev/suspend-");
      scene.awaitVersion("exporter-kubeconfig", 2);
      var second = write(scene, "exporter-kubeconfig", folder.resolve("second"));
      within(Duration.ofSeconds(45), "it writes again").until(() -> writes(second, "after"));
      scene.awaitReady("exporter");
      assertThat(scene.status("exporter").history()).hasSize(2);
    }
  }

  private static String write(Scene scene, String secret, Path file) throws IOException {
    var data = scene.secret(secret).get().getData().get("kubeconfig");
    return Files.write(file, Base64.getDecoder().decode(data)).toString();
  }

  private static boolean writes(String kubeconfig, String name) {
    try {
      cluster.kubectl("--kubeconfig", kubeconfig, "create", "configmap", name);
      return true;
    } catch (IllegalStateException refused) {
      return false;
    }
  }

  @BesideOthers
  void access_review() throws IOException {
    var scene = new Scene(cluster.client(), "back-office");
    try (var applied = apply("access-review", "back-office")) {
      scene.await("invoice-export", "Reviewed", "True NotYetDue");
      scene.await("old-sync", "Reviewed", "True NotYetDue");
      var me =
          cluster.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}").strip();
      cluster.kubectl(
          "annotate",
          "mid",
          "-A",
          "-l",
          "campaign=2026-q4",
          "--overwrite",
          "credence.dev/review=" + me + " " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
      scene.await("invoice-export", "Reviewed", "True Reviewed");
      assertThat(scene.status("invoice-export").review().reviewedBy()).isEqualTo(me);
      assertThat(scene.result("old-sync", "Reviewed")).isEqualTo("True NotYetDue");

      // Ninety days later, in a few seconds.
      cluster.kubectl(
          "patch",
          "credpol",
          "back-office",
          "--type",
          "merge",
          "-p",
          "{\"spec\":{\"review\":{\"interval\":\"10s\"}}}");
      scene.await("old-sync", "Suspended", "True ReviewOverdue");
    }
  }

  @BesideOthers
  void offboarding() throws IOException {
    var scene = new Scene(cluster.client(), "sales-tools");
    try (var applied = apply("offboarding", "sales-tools")) {
      scene.awaitReady("crm-export");
      scene.awaitReady("mailing-bot");
      assertThat(
              cluster.kubectl(
                  "get", "mid", "-A", "--field-selector", "spec.owner.team=sales-tools"))
          .contains("crm-export", "mailing-bot");

      cluster.kubectl(
          "patch",
          "mid",
          "crm-export",
          "-n",
          "sales-tools",
          "--type",
          "merge",
          "-p",
          "{\"spec\":{\"owner\":{\"contact\":\"carol@example.com\"}},\"metadata\":{\"labels\":{\"owner\":\"carol\"}}}");
      eventually("the new owner is on its members")
          .until(
              () ->
                  Scene.annotation(scene.secret("crm-export-db"), "credence.dev/owner")
                      .filter("carol@example.com"::equals)
                      .isPresent());

      cluster.kubectl(
          "annotate",
          "mid",
          "-A",
          "-l",
          "owner=bob",
          "credence.dev/suspend=bob left, does anybody need this?");
      scene.await("mailing-bot", "Suspended", "True Requested");
      assertThat(scene.result("crm-export", "Suspended")).isEqualTo("absent");

      cluster.kubectl(
          "patch",
          "mid",
          "mailing-bot",
          "-n",
          "sales-tools",
          "--type",
          "merge",
          "-p",
          "{\"spec\":{\"state\":\"Decommissioned\"}}");
      eventually("what was made for it is gone, what is left is listed")
          .until(
              () ->
                  scene.secret("mailing-bot-smtp").get() == null
                      && scene.status("mailing-bot").suspension().notCovered().stream()
                          .anyMatch(
                              left ->
                                  left.startsWith("RoleBinding sales-tools/mailing-bot-edits")));
      assertThat(scene.account("mailing-bot").get()).isNotNull();
      assertThat(scene.result("crm-export", "Ready")).isEqualTo("True Compliant");
    }
  }

  @BesideOthers
  void discovery() throws IOException {
    var scene = new Scene(cluster.client(), "warehouse");
    try (var registration = Registration.allowed(cluster);
        var applied = apply("discovery", "warehouse")) {
      eventually("all that nobody claims is listed")
          .until(
              () ->
                  unclaimed()
                      .equals(
                          "[\"ServiceAccount warehouse/label-printer: acts by itself\",\"ServiceAccount warehouse/stock-sync: acts by itself\",\"TokenSecret warehouse/label-printer-token: a token of ServiceAccount label-printer that never ends\",\"Secret warehouse/carrier-api-key: 'api-key' in its name\"]"));

      cluster.kubectl(
          "patch",
          "credpol",
          "warehouse-discovery",
          "--type",
          "merge",
          "-p",
          "{\"spec\": {\"discovery\": {\"mode\": \"Register\"}}}");
      scene.awaitReady("label-printer");
      scene.awaitReady("stock-sync");
      assertThat(discovered()).contains("label-printer", "stock-sync");
      assertThat(scene.status("stock-sync").owner().contact()).isEqualTo("dora@example.com");

      cluster.kubectl(
          "apply",
          "--server-side",
          "-f",
          EXAMPLES.resolve("discovery/adopted/stock-sync.yaml").toString());
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
      try (var identity = Versions.ofIdentity(scene, "helpdesk-mail")) {
        fromGit(manifests + "/2-identity.yaml");
        identity.await(Kstatus.Current);
        assertThat(identity.results()).containsExactly(Kstatus.InProgress, Kstatus.Current);
      }
      assertThat(scene.secret("helpdesk-mail").get().getData())
          .as("what the next wave needs")
          .containsOnlyKeys("username", "password");
      fromGit(manifests + "/3-application.yaml");
      scene.annotate(scene.identity("helpdesk-mail"), "credence.dev/rotate", "now");
      scene.awaitVersion("helpdesk-mail", 2);
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

      var password = scene.value("helpdesk-mail", "password");
      scene.identity("helpdesk-mail").delete();
      eventually("it is nobody's")
          .until(() -> !scene.isMarked(scene.secret("helpdesk-mail"), "helpdesk-mail"));
      fromGit(manifests + "/2-identity.yaml");
      scene.awaitReady("helpdesk-mail");
      assertThat(scene.version("helpdesk-mail")).isEqualTo(2);
      assertThat(scene.value("helpdesk-mail", "password")).isEqualTo(password);
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

  private static String unclaimed() {
    return cluster.kubectl(
        "get", "credpol", "warehouse-discovery", "-o", "jsonpath={.status.unclaimed.names}");
  }

  private static String discovered() {
    return cluster.kubectl(
        "get", "mid", "-n", "warehouse", "-l", "credence.dev/discovered", "-o", "name");
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

  private static Applied apply(String example, String namespace) throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES.resolve(example))) {
      var yaml = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      for (var file : yaml) {
        cluster.kubectl("apply", "-f", file.toString());
      }
      return new Applied(yaml.stream().flatMap(ExampleIT::objects).toList(), namespace);
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
