// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import dev.credence.testing.ProcessorTime;
import dev.credence.testing.Program;
import dev.credence.testing.TestTimes;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
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

  /// The kubeconfig of the environment, where a cluster was given.
  static final Optional<Path> GIVEN =
      Optional.ofNullable(System.getenv("CREDENCE_TEST_KUBECONFIG"))
          .filter(path -> !path.isBlank())
          .map(path -> TOP.resolve(path).toAbsolutePath());

  /// The number of this JVM among those that run tests in parallel; each has a shared cluster of
  /// its own, so that policies and operators of one do not affect those of another.
  static final String FORK = System.getProperty("credence.fork", "1");

  /// Helm reads and checks no schemas, which takes a quarter of its time. Tests of the chart do.
  public static final String UNCHECKED = "--disable-openapi-validation";

  /// Logs of the control plane that help where a test has failed.
  private static final List<String> LOGS = List.of("kube-apiserver.log", "audit.log");

  private static final List<LocalCluster> RUNNING = new CopyOnWriteArrayList<>();

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
  private final Optional<Path> folder;
  private final Runnable ending = this::close;
  private Duration processorTime = Duration.ZERO;
  private boolean isDown;

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
    Tools.awaitThoseOfACluster();
    Assumptions.assumeTrue(
        Files.isExecutable(Tools.path("kwokctl")),
        "a cluster to break needs the tools: `make tools`");
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

  /// The same; empty on a cluster that was given.
  Optional<Path> auditLogIfAny() {
    return auditLog;
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

  /// Starts it again and returns when it takes identities.
  public void apiserverUp() {
    tools("apiserver-up", name);
    awaitSchemas();
  }

  /// Starts a second API server on the same etcd, and returns a client of it with all rights.
  public KubernetesClient second() {
    tools("second-up", name);
    var config = Path.of(kubeconfig + ".second");
    return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(config.toFile())).build();
  }

  /// etcd forgets its history up to now: who resumes a watch from before is told that it is gone
  /// (410).
  public void compact() {
    var revision = etcd("/v3/kv/range", "{\"key\": \"AA==\"}").path("header").path("revision");
    etcd("/v3/kv/compaction", "{\"revision\": " + revision + "}");
  }

  /// Gives an object of a namespace an earlier time of creation, which no request to the API server
  /// can: stores it in etcd as it would be had it been there since then. The API server reads JSON
  /// there as well as its own encoding. Skips the test on a cluster that was given: its etcd is not
  /// at hand.
  public void backdate(HasMetadata object, Instant created) {
    Assumptions.assumeTrue(folder.isPresent(), "the etcd of a given cluster is not at hand");
    var stored = Serialization.clone(object);
    stored.getMetadata().setCreationTimestamp(created.truncatedTo(ChronoUnit.SECONDS).toString());
    stored.getMetadata().setManagedFields(List.of());
    stored.getMetadata().setResourceVersion(null);
    var key =
        "/registry/%s/%s/%s"
            .formatted(
                object.getPlural(),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName());
    etcd(
        "/v3/kv/put",
        "{\"key\": \"%s\", \"value\": \"%s\"}"
            .formatted(base64(key), base64(Serialization.asJson(stored))));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /// etcd's own gateway: JSON in, JSON out.
  private JsonNode etcd(String path, String body) {
    var address =
        tools("paths", name)
            .lines()
            .filter(line -> line.startsWith("etcd="))
            .map(line -> line.substring("etcd=".length()))
            .findFirst()
            .orElseThrow();
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(address + path))
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

  /// The output of `kubectl`, with all rights.
  public String kubectl(String... words) {
    return Program.output(environment(), words("kubectl", words));
  }

  public String helm(String... words) {
    return Program.output(environment(), words("helm", words));
  }

  /// Changes one value of the chart that is installed: `rbac.aggregate=true`.
  public void chart(String value) {
    upgrade(UNCHECKED, "--reuse-values", "--set", value);
  }

  /// Installs the chart with its own values again, whatever a test has set.
  public void chartAsItIs() {
    upgrade("--set", "operator.enabled=false");
  }

  private void upgrade(String... flags) {
    var chart = TOP.resolve("helm/credence").toString();
    var words = Stream.of("upgrade", "credence", chart, "--namespace", NAMESPACE);
    helm(Stream.concat(words, Stream.of(flags)).toArray(String[]::new));
  }

  /// Deletes the identities, the policies and the list of suspended accounts of earlier tests: for
  /// an operator that reconciles all namespaces. Classes that share a cluster run one after the
  /// other.
  public void forgetIdentities() {
    var identities = client.resources(MachineIdentity.class).inAnyNamespace();
    client.resources(CredentialPolicy.class).delete();
    identities.delete();
    eventually("no identity is left").until(() -> identities.list().getItems().isEmpty());
    // An account that stays suspended without an identity makes the operator test the enforcement.
    client.resources(SuspensionList.class).inNamespace(NAMESPACE).delete();
  }

  public Program.End tryHelm(String... words) {
    return Program.run(environment(), words("helm", words));
  }

  @Override
  public void close() {
    AtExit.forget(ending);
    client.close();
    RUNNING.remove(this);
    logs().forEach(this::keepUntilTheClassIsOver);
    processorTime = processorTime();
    tools("down", name);
    isDown = true;
  }

  /// The processor time of its processes so far.
  private Duration processorTime() {
    return isDown
        ? processorTime
        : pids().map(ProcessorTime::of).reduce(Duration.ZERO, Duration::plus);
  }

  /// The id of one of its processes, by the name of its program; only of a cluster of its own.
  public long pid(String program) {
    return pid(folder.orElseThrow().resolve("pids").resolve(program + ".pid")).orElseThrow();
  }

  private Stream<Long> pids() {
    try (var files = Files.list(folder.orElseThrow().resolve("pids"))) {
      return files.toList().stream().map(LocalCluster::pid).flatMap(Optional::stream);
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static Optional<Long> pid(Path file) {
    try {
      return Optional.of(Long.valueOf(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// Logs of the clusters that run.
  static Stream<Path> logsOfRunning() {
    return RUNNING.stream().flatMap(LocalCluster::logs);
  }

  private Stream<Path> logs() {
    return folder.stream().flatMap(at -> LOGS.stream().map(log -> at.resolve("logs").resolve(log)));
  }

  /// The files go with the cluster; a second name keeps them at no cost.
  private void keepUntilTheClassIsOver(Path log) {
    var kept = TOP.resolve("target/cluster-logs").resolve(name).resolve(log.getFileName());
    try {
      Files.createDirectories(kept.getParent());
      Files.deleteIfExists(kept);
      Files.createLink(kept, log);
      FailureLogs.add(kept);
    } catch (IOException | UnsupportedOperationException e) {
      System.err.println("the log " + log + " is not kept: " + e);
    }
  }

  private static Optional<LocalCluster> given() {
    return GIVEN
        .map(
            path ->
                new LocalCluster(
                    "CREDENCE_TEST_KUBECONFIG", path, Optional.empty(), Optional.empty()))
        .map(LocalCluster::withCredence);
  }

  private static LocalCluster theOneCalledTest() {
    Tools.awaitThoseOfACluster();
    var name = FORK.equals("1") ? "test" : "test-" + FORK;
    var ranBefore = Program.run(Map.of(), cluster("status", name)).code() == 0;
    var cluster = up(name);
    if (!ranBefore) {
      AtExit.run(cluster.ending);
    }
    return cluster.withCredence();
  }

  private static LocalCluster up(String name) {
    var watch = new TestTimes.Stopwatch();
    tools("up", name);
    var paths =
        tools("paths", name)
            .lines()
            .map(line -> line.split("=", 2))
            .collect(toMap(pair -> pair[0], pair -> Path.of(pair[1])));
    var cluster =
        new LocalCluster(
            name,
            paths.get("kubeconfig"),
            Optional.ofNullable(paths.get("audit-log")),
            Optional.ofNullable(paths.get("workdir")));
    RUNNING.add(cluster);
    ProcessorTime.count(cluster::processorTime);
    watch.write("cluster", name);
    return cluster;
  }

  private LocalCluster(
      String name, Path kubeconfig, Optional<Path> auditLog, Optional<Path> folder) {
    this.name = name;
    this.kubeconfig = kubeconfig;
    this.auditLog = auditLog;
    this.folder = folder;
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
    upgrade(
        "--install",
        "--create-namespace",
        UNCHECKED,
        "--take-ownership",
        "--set",
        "operator.enabled=false");
    for (var kind : List.of("machineidentities", "credentialpolicies", "suspensionlists")) {
      eventually("the API server knows " + kind)
          .ignoreExceptions()
          .until(() -> client.raw("/apis/credence.dev/v1alpha1/" + kind + "?limit=1") != null);
    }
    awaitSchemas();
    WarmStart.learn(this);
    return this;
  }

  /// Until it takes a MachineIdentity, after a change of the kinds or of admission policies: those
  /// that mutate read schemas every 5 s, and until then the API server answers 503.
  public void awaitSchemas() {
    eventually("the API server takes a MachineIdentity")
        .ignoreExceptions()
        .until(() -> client.resource(ANY).inNamespace("default").dryRun().create() != null);
  }

  /// Tests create and delete at will: only in a cluster that is marked for that.
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
    var ours = Tools.path(program);
    return join(Files.isExecutable(ours) ? ours.toString() : program, words);
  }

  private static List<String> join(String first, String... others) {
    var all = new ArrayList<String>();
    all.add(first);
    all.addAll(List.of(others));
    return all;
  }

  private Map<String, String> environment() {
    return Map.of("KUBECONFIG", kubeconfig.toString(), "GOGC", Tools.GOGC);
  }
}
