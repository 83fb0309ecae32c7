// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.reports;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.credence.cluster.Kubeconfig;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import dev.credence.testing.TestCertificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The CronJob of the chart, with its ServiceAccount and a real HTTPS server. The test plays
/// kubelet for its pods: it runs the program with the arguments, the files and the token of each.
@OnCluster
@WithOperator
class NotifyIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final String PAST = "2026-01-01T00:00:00Z";

  @TempDir private Path folder;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private HttpsServer server;
  private TestCertificate certificate;
  private int code = 200;
  private int runs;

  private record Received(String authorization, JsonNode event) {
    List<String> objects() {
      return event
          .path("data")
          .path("items")
          .valueStream()
          .map(item -> item.path("object").asText())
          .toList();
    }
  }

  @BeforeEach
  void start() throws IOException {
    certificate = TestCertificate.of(folder, "dns:localhost,ip:127.0.0.1");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      if (code == 200) {
        received.add(
            new Received(
                exchange.getRequestHeaders().getFirst("Authorization"), JSON.readTree(body)));
      }
      exchange.sendResponseHeaders(code, -1);
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void owners_are_told_once(LocalCluster cluster, TestNamespace namespace) throws Exception {
    var scene = Scene.in(namespace);
    var release = namespace.name();
    expired(scene, "crm");
    secretAndAuthority(scene);
    cluster.helm("install", release, CHART, "--namespace", release, "--set", values(release));
    try {
      assertThat(run(cluster, namespace)).matches(end -> end.code() == 0, "exit code 0");
      assertThat(received).singleElement().satisfies(this::isAboutCrm);
      var state = state(namespace);
      assertThat(state.getData().get("state.json")).doesNotContain("alice", "crm", "sales");

      assertThat(run(cluster, namespace).out()).contains("0 notices sent.");
      assertThat(received).hasSize(1);
      assertThat(state(namespace).getMetadata().getResourceVersion())
          .as("idle means no writes")
          .isEqualTo(state.getMetadata().getResourceVersion());

      expired(scene, "orders");
      code = 503;
      var failed = run(cluster, namespace);
      assertThat(failed.code()).isEqualTo(1);
      assertThat(failed.err()).contains("webhook at localhost answered 503", "1 not sent");
      assertThat(failed.err() + failed.out()).doesNotContain("t0k3n", "h00k");
      code = 200;
      assertThat(run(cluster, namespace).code()).isZero();
      assertThat(received).hasSize(2);
      assertThat(received.getLast().objects()).containsExactly("Secret " + release + "/orders-ftp");

      hasNoOtherRights(cluster, release);
    } finally {
      cluster.helm("uninstall", release, "--namespace", release);
    }
  }

  private void isAboutCrm(Received one) {
    assertThat(one.authorization()).isEqualTo("Bearer t0k3n");
    assertThat(one.event().path("type").asText()).isEqualTo("dev.credence.notice.digest.v1");
    assertThat(one.event().path("data").path("address").asText()).isEqualTo("alice@example.com");
    assertThat(one.event().path("data").path("team").asText()).isEqualTo("sales");
    assertThat(one.objects()).singleElement().asString().endsWith("/crm-ftp");
  }

  /// A linked Secret whose expiration date has passed.
  private static void expired(Scene scene, String name) {
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: %s-ftp, annotations: {credence.dev/expires-at: '%s'}}}"
            .formatted(name, PAST));
    scene.identity(name, OWNER + ", secrets: [{name: %s-ftp}]".formatted(name));
    eventually("the status reports it")
        .until(
            () -> {
              var status = scene.identity(name).get().getStatus();
              return status != null
                  && status.credentials() != null
                  && status.credentials().stream().anyMatch(one -> one.expirationTime() != null);
            });
  }

  private void secretAndAuthority(Scene scene) throws IOException {
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: hook}, stringData: {url: 'https://localhost:%d/h00k', token: t0k3n}}"
            .formatted(server.getAddress().getPort()));
    scene.create(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: ca}, data: {ca.crt: %s}}"
            .formatted(JSON.writeValueAsString(Files.readString(certificate.pem()))));
  }

  private static String values(String release) {
    return String.join(
        ",",
        "image.repository=registry.example.com/platform/credence",
        "crds.enabled=false",
        "admission.enabled=false",
        "operator.enabled=false",
        "fullnameOverride=" + release,
        "settings.watchNamespaces={" + release + "}",
        // No node has it: the pods wait for this test to play kubelet.
        "nodeSelector.played-by=this-test",
        "notify.enabled=true",
        "notify.secretName=hook",
        "notify.caConfigMap=ca",
        "notify.webhook.token=true",
        "notify.fallback=platform@example.com");
  }

  private static ConfigMap state(TestNamespace namespace) {
    return namespace.client().configMaps().withName(namespace.name() + "-notify").get();
  }

  /// What a run of the CronJob does.
  private Program.End run(LocalCluster cluster, TestNamespace namespace) throws Exception {
    var name = "run-" + runs++;
    var client = namespace.client();
    var template =
        client
            .batch()
            .v1()
            .cronjobs()
            .withName(namespace.name() + "-notify")
            .get()
            .getSpec()
            .getJobTemplate();
    client
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withSpec(template.getSpec())
                .build())
        .create();
    var pod =
        eventually("the Job has a pod")
            .until(
                () -> client.pods().withLabel("job-name", name).list().getItems(),
                pods -> !pods.isEmpty())
            .getFirst();
    var end = played(cluster, namespace, pod);
    client
        .pods()
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"phase\": \"%s\"}}"
                .formatted(end.code() == 0 ? "Succeeded" : "Failed"));
    return end;
  }

  private Program.End played(LocalCluster cluster, TestNamespace namespace, Pod pod)
      throws IOException {
    var place = Files.createDirectories(folder.resolve(pod.getMetadata().getName()));
    var kubeconfig =
        Files.writeString(
            place.resolve("kubeconfig"),
            Kubeconfig.with(
                cluster.client(),
                URI.create(cluster.client().getMasterUrl().toString()),
                tokenOf(namespace, pod)));
    var environment = new HashMap<>(Map.of("KUBECONFIG", kubeconfig.toString()));
    var container = pod.getSpec().getContainers().getFirst();
    for (var variable : container.getEnv()) {
      environment.put(
          variable.getName(),
          variable.getValueFrom() != null
              ? namespace.name()
              : variable.getValue() == null ? "" : variable.getValue());
    }
    mount(namespace, place);
    var program = LocalCluster.TOP.resolve("operator/bin/credence").toString();
    return Program.run(
        environment,
        Stream.concat(
                Stream.of(program),
                container.getArgs().stream()
                    .map(word -> word.replace("/etc/credence", place.toString())))
            .toList());
  }

  /// The Secret and the ConfigMap of the pod as files.
  private static void mount(TestNamespace namespace, Path place) throws IOException {
    var secret = Files.createDirectories(place.resolve("notify"));
    for (var entry : namespace.client().secrets().withName("hook").get().getData().entrySet()) {
      Files.write(secret.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    }
    Files.writeString(
        Files.createDirectories(place.resolve("ca")).resolve("ca.crt"),
        namespace.client().configMaps().withName("ca").get().getData().get("ca.crt"));
  }

  private static String tokenOf(TestNamespace namespace, Pod pod) {
    return namespace
        .client()
        .serviceAccounts()
        .withName(pod.getSpec().getServiceAccountName())
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  private static void hasNoOtherRights(LocalCluster cluster, String release) {
    assertThat(may(cluster, release, "list", "credence.dev", "machineidentities", "", release))
        .isTrue();
    assertThat(may(cluster, release, "list", "credence.dev", "machineidentities", "", "default"))
        .isFalse();
    assertThat(may(cluster, release, "patch", "credence.dev", "machineidentities", "crm", release))
        .isFalse();
    for (var verb : List.of("get", "list", "watch", "create", "patch")) {
      assertThat(may(cluster, release, verb, "", "secrets", "hook", release)).as(verb).isFalse();
    }
    assertThat(may(cluster, release, "patch", "", "configmaps", release + "-notify", release))
        .isTrue();
    assertThat(may(cluster, release, "get", "", "configmaps", "ca", release)).isFalse();
  }

  private static boolean may(
      LocalCluster cluster,
      String release,
      String verb,
      String group,
      String resource,
      String name,
      String where) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:" + release + ":" + release + "-notify")
            .withNewResourceAttributes()
            .withVerb(verb)
            .withGroup(group)
            .withResource(resource)
            .withName(name)
            .withNamespace(where)
            .endResourceAttributes()
            .endSpec()
            .build();
    return cluster.client().resource(review).create().getStatus().getAllowed();
  }
}
