package dev.credence.cluster;

import static dev.credence.cluster.Eventually.eventually;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A real, throw-away cluster with Credence's CRDs, ServiceAccount and rights in it, but no
/// operator.
///
/// [#shared()] is the one that tests share, each in a namespace of its own: `tools/cluster up
/// test`, or the cluster of the environment variable CREDENCE_TEST_KUBECONFIG. [#fresh(String)] is
/// for a test that breaks the API server.
public final class LocalCluster implements AutoCloseable {
  /// Where the chart is installed, and the account that it makes for the operator.
  public static final String NAMESPACE = "credence-system";

  public static final String ACCOUNT = "credence";

  /// The top of the checkout: tests run in the folder of their module.
  public static final Path TOP = Path.of(System.getProperty("user.dir")).getParent();

  private static final String GIVEN = System.getenv("CREDENCE_TEST_KUBECONFIG");

  private static final GenericKubernetesResource ANY =
      Serialization.unmarshal(
          "---\n{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: any}, spec: {}}",
          GenericKubernetesResource.class);

  private static @Nullable LocalCluster shared;
  private static @Nullable String whyThereIsNone;

  private final String name;
  private final Path kubeconfig;
  private final Optional<Path> auditLog;
  private final KubernetesClient client;
  private final Runnable ending = this::close;

  /// Started by the first test that asks for it, and stopped when the JVM ends: unless it ran
  /// before, or was given.
  public static synchronized LocalCluster shared() {
    if (whyThereIsNone != null) {
      throw new IllegalStateException("there is no shared cluster: " + whyThereIsNone);
    }
    if (shared == null) {
      try {
        shared = given().orElseGet(LocalCluster::theOneCalledTest);
      } catch (RuntimeException e) {
        whyThereIsNone = e.getMessage();
        throw e;
      }
    }
    return shared;
  }

  /// A new cluster for one test, which closes it. Skips the test where there are no tools to make
  /// one.
  public static LocalCluster fresh(String name) {
    Assumptions.assumeTrue(
        Files.isExecutable(bin("kwokctl")), "a cluster to break needs the tools: `make tools`");
    tools("down", name);
    var cluster = up(name);
    AtExit.run(cluster.ending);
    return cluster.withCredence();
  }

  /// A client with all rights. Its User-Agent is `credence-tests`.
  public KubernetesClient client() {
    return client;
  }

  /// All rights, too.
  public Path kubeconfig() {
    return kubeconfig;
  }

  /// Skips the test on a cluster that was given: its audit log is not at hand.
  public Path auditLog() {
    Assumptions.assumeTrue(auditLog.isPresent(), "the audit log of a given cluster is not at hand");
    return auditLog.orElseThrow();
  }

  /// Counts requests from now on.
  public Audit audit() {
    return new Audit(auditLog(), client);
  }

  /// An outage: kills the API server. Not for the shared cluster.
  public void apiserverDown() {
    if (this == shared) {
      throw new IllegalStateException("other tests need the shared cluster: use fresh(…)");
    }
    tools("apiserver-down", name);
  }

  /// Starts it again and returns when it is ready.
  public void apiserverUp() {
    tools("apiserver-up", name);
  }

  /// etcd forgets its history up to now: who resumes a watch from before is told that it is gone
  /// (410).
  public void compact() {
    var etcd =
        tools("paths", name)
            .lines()
            .filter(line -> line.startsWith("etcd="))
            .map(line -> line.substring("etcd=".length()))
            .findFirst()
            .orElseThrow();
    var revision =
        etcd(etcd + "/v3/kv/range", "{\"key\": \"AA==\"}").path("header").path("revision");
    etcd(etcd + "/v3/kv/compaction", "{\"revision\": " + revision + "}");
  }

  /// etcd's own gateway: JSON in, JSON out.
  private static JsonNode etcd(String url, String body) {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return new ObjectMapper()
          .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// What `kubectl` prints, with all rights.
  public String kubectl(String... words) {
    return Program.output(environment(), words("kubectl", words));
  }

  public String helm(String... words) {
    return Program.output(environment(), words("helm", words));
  }

  /// Changes one value of the chart that is installed: `rbac.aggregate=true`.
  public void chart(String value) {
    helm(
        "upgrade",
        "credence",
        TOP.resolve("helm/credence").toString(),
        "--namespace",
        NAMESPACE,
        "--reuse-values",
        "--set",
        value);
  }

  Program.End tryHelm(String... words) {
    return Program.run(environment(), words("helm", words));
  }

  @Override
  public void close() {
    AtExit.forget(ending);
    client.close();
    tools("down", name);
  }

  private static Optional<LocalCluster> given() {
    return Optional.ofNullable(GIVEN)
        .filter(path -> !path.isBlank())
        .map(path -> TOP.resolve(path).toAbsolutePath())
        .map(path -> new LocalCluster("CREDENCE_TEST_KUBECONFIG", path, Optional.empty()))
        .map(LocalCluster::withCredence);
  }

  private static LocalCluster theOneCalledTest() {
    var ranBefore = Program.run(Map.of(), cluster("status", "test")).code() == 0;
    var cluster = up("test");
    if (!ranBefore) {
      AtExit.run(cluster.ending);
    }
    return cluster.withCredence();
  }

  private static LocalCluster up(String name) {
    tools("up", name);
    var paths =
        tools("paths", name)
            .lines()
            .map(line -> line.split("=", 2))
            .collect(toMap(pair -> pair[0], pair -> Path.of(pair[1])));
    return new LocalCluster(
        name, paths.get("kubeconfig"), Optional.ofNullable(paths.get("audit-log")));
  }

  private LocalCluster(String name, Path kubeconfig, Optional<Path> auditLog) {
    this.name = name;
    this.kubeconfig = kubeconfig;
    this.auditLog = auditLog;
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                    .withUserAgent("credence-tests")
                    .withRequestRetryBackoffLimit(2)
                    .build())
            .build();
  }

  private LocalCluster withCredence() {
    refuseUnlessMarked(client);
    helm(
        "upgrade",
        "--install",
        "credence",
        TOP.resolve("helm/credence").toString(),
        "--namespace",
        NAMESPACE,
        "--create-namespace",
        "--take-ownership",
        "--set",
        "operator.enabled=false");
    for (var kind : List.of("machineidentities", "credentialpolicies")) {
      eventually("the API server knows " + kind)
          .ignoreExceptions()
          .until(() -> client.raw("/apis/credence.dev/v1alpha1/" + kind + "?limit=1") != null);
    }
    awaitSchemas();
    return this;
  }

  /// Until it takes a MachineIdentity, after a change of the kinds or of admission policies: those
  /// that mutate read schemas every 5 s, and until then the API server answers 503.
  public void awaitSchemas() {
    eventually("the API server takes a MachineIdentity")
        .ignoreExceptions()
        .until(() -> client.resource(ANY).inNamespace("default").dryRun().create() != null);
  }

  /// Tests create and delete at will: only where somebody has said that they may.
  static void refuseUnlessMarked(KubernetesClient client) {
    if (client.configMaps().inNamespace("kube-system").withName("credence-test-cluster").get()
        == null) {
      throw new IllegalStateException(
          "the cluster at %s is not marked as a throw-away one, and tests create and delete at will: it needs the ConfigMap kube-system/credence-test-cluster"
              .formatted(client.getMasterUrl()));
    }
  }

  private static String tools(String... words) {
    return Program.output(Map.of(), cluster(words));
  }

  private static List<String> cluster(String... words) {
    return join(TOP.resolve("tools/cluster").toString(), words);
  }

  private static List<String> words(String program, String... words) {
    var ours = bin(program);
    return join(Files.isExecutable(ours) ? ours.toString() : program, words);
  }

  private static List<String> join(String first, String... others) {
    var all = new ArrayList<String>();
    all.add(first);
    all.addAll(List.of(others));
    return all;
  }

  private static Path bin(String program) {
    return TOP.resolve(".tools/bin").resolve(program);
  }

  private Map<String, String> environment() {
    return Map.of("KUBECONFIG", kubeconfig.toString());
  }
}
