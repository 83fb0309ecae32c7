// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.within;

import dev.credence.testing.Ports;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The real operator as a child process, with the rights of the chart's own ServiceAccount and no
/// others. `try (var operator = OperatorProcess.on(cluster).with("CREDENCE_RESYNC_INTERVAL",
/// "2s").start()) {…}` waits until it is ready, and ends it. Ending it fails where the policy
/// of the chart on its ServiceAccount rejected one of its writes.
public final class OperatorProcess implements AutoCloseable {
  private static final Path FOLDER = Path.of("target", "operators");
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration END = Duration.ofSeconds(30);

  private final Process process;
  private final int port;
  private final Path kubeconfig;
  private final Path log;
  private final Runnable ending = this::kill;
  private final Optional<Denials> denials;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /// The exit code of the process, and the time that its end took.
  public record Ended(int exitCode, Duration took) {}

  public static Start on(LocalCluster cluster) {
    return new Start(cluster);
  }

  /// The options of a start.
  public static final class Start {
    private final LocalCluster cluster;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private List<String> command =
        List.of(LocalCluster.TOP.resolve("operator/bin/credence").toString(), "run");
    private URI server;

    private Start(LocalCluster cluster) {
      this.cluster = cluster;
      server = URI.create(cluster.client().getMasterUrl().toString());
      settings.put("CREDENCE_NAMESPACE", LocalCluster.NAMESPACE);
      settings.put("CREDENCE_LEADER_ELECTION", "false");
      settings.put("CREDENCE_JAVA_HOME", System.getProperty("java.home"));
    }

    /// A setting: `with("CREDENCE_RESYNC_INTERVAL", "2s")`. Leader election is off unless it is
    /// set.
    public Start with(String name, String value) {
      settings.put(name, value);
      return this;
    }

    public Start in(TestNamespace namespace) {
      return with("CREDENCE_WATCH_NAMESPACES", namespace.name());
    }

    /// Another way to the API server: a proxy. With `https` it must present the API server's own
    /// certificate, that is, only pass the bytes on.
    public Start through(URI server) {
      this.server = server;
      return this;
    }

    /// Another program in its place.
    public Start running(String... command) {
      this.command = List.of(command);
      return this;
    }

    /// The kubeconfig that the operator will have.
    public String kubeconfig() {
      return Kubeconfig.with(cluster.client(), server, token(cluster.client()));
    }

    /// Returns when it is ready.
    public OperatorProcess start() {
      var operator = startAnyway();
      try {
        operator.awaitReady(START);
        return operator;
      } catch (RuntimeException e) {
        operator.close();
        throw e;
      }
    }

    /// Does not wait.
    public OperatorProcess startAnyway() {
      return new OperatorProcess(this);
    }
  }

  private OperatorProcess(Start start) {
    var name = "operator-" + LocalCluster.FORK + "-" + COUNTER.incrementAndGet();
    port = Ports.free();
    kubeconfig = FOLDER.resolve(name + ".kubeconfig").toAbsolutePath();
    log = FOLDER.resolve(name + ".log").toAbsolutePath();
    denials = Denials.since(start.cluster);
    try {
      Files.createDirectories(FOLDER);
      writePrivate(kubeconfig, start.kubeconfig());
      var builder =
          new ProcessBuilder(start.command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(log.toFile());
      builder.environment().keySet().removeIf(key -> key.startsWith("CREDENCE_"));
      builder.environment().put("KUBECONFIG", kubeconfig.toString());
      builder.environment().put("CREDENCE_PORT", String.valueOf(port));
      builder.environment().putAll(start.settings);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtExit.run(ending);
    FailureLogs.add(log);
  }

  /// Waits until `/healthz/ready` says so; a process that ends instead is reported with its log.
  public void awaitReady(Duration deadline) {
    within(deadline, "the operator is ready; its log is " + log)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException(
                    "the operator ended with %d:%n%s".formatted(process.exitValue(), log()));
              }
              return isReady();
            });
  }

  public boolean isReady() {
    return status("/healthz/ready") == 200;
  }

  /// The status code of a GET, 0 where there is no answer: `status("/healthz/live")`.
  public int status(String path) {
    return get(path).map(HttpResponse::statusCode).orElse(0);
  }

  /// The content of `/metrics`.
  public String metrics() {
    return page("/metrics");
  }

  /// The text of a GET: `page("/healthz/ready")`.
  public String page(String path) {
    return get(path)
        .map(HttpResponse::body)
        .orElseThrow(() -> new IllegalStateException("nobody answers at port " + port));
  }

  /// One sample of `/metrics`: `metric("credence_leader")`, or with all of its labels as they are
  /// printed. Absent where there is none, or where the process has just ended.
  public OptionalDouble metric(String sample) {
    return get("/metrics").map(HttpResponse::body).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(
            line -> Double.parseDouble(line.substring(sample.length()).strip().split(" ", 2)[0]))
        .findFirst();
  }

  /// The log so far.
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /// The operator's own kubeconfig, with its rights.
  public Path kubeconfig() {
    return kubeconfig;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Processor time so far.
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /// Resident memory now.
  public long rssBytes() {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("the operator is not running"));
    } catch (IOException e) {
      throw new UncheckedIOException("resident memory is read from /proc, which is not here", e);
    }
  }

  /// SIGTERM: asks it to end, and waits until it has.
  public Ended terminate() {
    return terminate(END);
  }

  /// For one that has more to do than to stop.
  Ended terminate(Duration deadline) {
    return end(process::destroy, deadline);
  }

  /// SIGKILL: as if the machine had died.
  public Ended kill() {
    return end(process::destroyForcibly, END);
  }

  /// SIGTERM, and SIGKILL for one that does not listen.
  @Override
  public void close() {
    if (!process.isAlive()) {
      AtExit.forget(ending);
      denials.ifPresent(Denials::checkPolicy);
      return;
    }
    try {
      terminate();
    } catch (IllegalStateException e) {
      kill();
    }
  }

  private Ended end(Runnable signal, Duration deadline) {
    var start = System.nanoTime();
    signal.run();
    try {
      if (!process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the operator did not end within %s:%n%s".formatted(deadline, log()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the operator ended", e);
    }
    AtExit.forget(ending);
    denials.ifPresent(Denials::checkPolicy);
    return new Ended(process.exitValue(), Duration.ofNanos(System.nanoTime() - start));
  }

  private Optional<HttpResponse<String>> get(String path) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at " + path, e);
    }
  }

  /// A token of the operator's account.
  public static String token(KubernetesClient client) {
    return client
        .serviceAccounts()
        .inNamespace(LocalCluster.NAMESPACE)
        .withName(LocalCluster.ACCOUNT)
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(Duration.ofHours(12).toSeconds())
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  private static void writePrivate(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
  }
}
