// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import dev.credence.api.MachineIdentity;
import dev.credence.testing.Eventually;
import dev.credence.testing.Ports;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A short life of the operator against a stand-in of an API server, by which the JVM learns which
/// classes it will need (JEP 483, JEP 514) and writes them down.
final class Rehearsal {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Held, so that its level is not forgotten: it would print a line for each request.
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  /// Runs the operator of `root`, an image laid out as files, and has `updated` written.
  static void of(Path root, Path updated) throws IOException {
    REQUESTS.setLevel(Level.WARNING);
    var stated = new HashMap<ServerRequest, Queue<ServerResponse>>();
    var server =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            stated,
            new KubernetesMixedDispatcher(stated),
            true);
    server.init(InetAddress.getLoopbackAddress(), 0);
    server
        .expect()
        .post()
        .withPath("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
        .andReturn(201, EVERYTHING)
        .always();
    var scratch = Files.createTempDirectory("rehearsal");
    try {
      play(server, root, updated, scratch);
    } finally {
      server.destroy();
      Image.delete(scratch);
    }
  }

  private static void play(KubernetesMockServer server, Path root, Path updated, Path scratch)
      throws IOException {
    var address = URI.create(server.url("/"));
    var kubeconfig = Files.writeString(scratch.resolve("kubeconfig"), kubeconfig(address));
    var port = Ports.free();
    var log = scratch.resolve("log");
    var operator = operator(root, updated, kubeconfig, port, log).start();
    try (var client = client(address);
        var http = HttpClient.newHttpClient()) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName("sales").endMetadata().build())
          .create();
      client.resource(Serialization.unmarshal(IDENTITY, MachineIdentity.class)).create();
      var ready = URI.create("http://127.0.0.1:" + port + "/healthz/ready");
      Eventually.within(PATIENCE, "the rehearsing operator is ready")
          .until(() -> answers(http, ready) && answers(http, ready.resolve("/metrics")));
      Eventually.within(PATIENCE, "it makes what it is asked for")
          .until(() -> client.secrets().inNamespace("sales").withName("crm-db").get() != null);
      operator.destroy();
      if (!operator.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || !Files.exists(updated)) {
        throw new IllegalStateException("nothing was learnt:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in the rehearsal", e);
    } catch (RuntimeException e) {
      throw new IllegalStateException("the rehearsal failed:\n" + Files.readString(log), e);
    } finally {
      operator.destroyForcibly();
    }
  }

  private static ProcessBuilder operator(
      Path root, Path updated, Path kubeconfig, int port, Path log) {
    var builder =
        new ProcessBuilder(
                root.resolve("opt/java/bin/java").toString(),
                "-XX:AOTCacheOutput=" + updated,
                "-jar",
                root.resolve("app/credence.jar").toString(),
                "run")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CREDENCE_"));
    builder.environment().put("JDK_JAVA_OPTIONS", Image.FLAGS);
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.environment().put("CREDENCE_PORT", String.valueOf(port));
    builder.environment().put("CREDENCE_LOG_FORMAT", "json");
    return builder;
  }

  /// The operator asks what it may do before it stands for election.
  private static final String EVERYTHING =
      """
      {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "metadata": {},
       "spec": {},
       "status": {"incomplete": false, "nonResourceRules": [],
                  "resourceRules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}}
      """;

  private static final String IDENTITY =
      """
      ---
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm, namespace: sales, generation: 1}
      spec:
        purpose: CRM to billing sync
        owner: {contact: alice@example.com}
        secrets:
        - name: crm-db
          generate: {keys: [{name: password, password: {length: 32}}]}
          rotation: {interval: 720h}
      """;

  private static boolean answers(HttpClient http, URI page) throws InterruptedException {
    try {
      return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static KubernetesClient client(URI address) {
    var config = Config.empty();
    config.setMasterUrl(address.toString());
    config.setTrustCerts(true);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static String kubeconfig(URI address) {
    return """
    apiVersion: v1
    kind: Config
    current-context: rehearsal
    contexts: [{name: rehearsal, context: {cluster: rehearsal, user: rehearsal}}]
    clusters: [{name: rehearsal, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
    users: [{name: rehearsal, user: {token: rehearsal}}]
    """
        .formatted(address);
  }

  private Rehearsal() {}
}
