// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import com.sun.net.httpserver.HttpsServer;
import dev.credence.app.HealthServer;
import dev.credence.app.HealthServer.Health;
import dev.credence.cli.Failed;
import dev.credence.client.Clients;
import dev.credence.facts.evidence.Networks;
import dev.credence.metrics.ReceiverMetric;
import dev.credence.metrics.ReceiverMetrics;
import dev.credence.observe.audit.AuditFormat;
import dev.credence.settings.Logging;
import dev.credence.settings.Settings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Receives audit events over HTTPS until it is stopped, and writes what they show once in a while
/// and at the end.
public final class Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
  private static final Duration TIDY_EVERY = Duration.ofHours(1);
  private static final int SECONDS_TO_FINISH = 5;
  private static final int SECONDS_TO_STOP = 25;
  private static final int WRITES_AT_THE_END = 3;

  private final Clock clock = Clock.systemUTC();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("events-", 0).factory());
  private final ReceiverMetrics metrics = new ReceiverMetrics();
  private final ListenOptions.Listen listen;
  private final Settings settings;
  private final Inbox inbox;
  private volatile boolean isListening;

  private Receiver(
      ListenOptions.Listen listen, Settings settings, AuditFormat format, Networks networks) {
    this.listen = listen;
    this.settings = settings;
    inbox = new Inbox(format, networks, clock);
  }

  /// Ends at SIGTERM.
  public static void run(
      ListenOptions.Listen listen, Settings settings, AuditFormat format, Networks networks) {
    limitSlowClients();
    Logging.configure(settings);
    try {
      new Receiver(listen, settings, format, networks).run();
    } catch (IOException | GeneralSecurityException wrong) {
      throw new Failed("The receiver cannot start: " + wrong.getMessage());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /// A client that sends a byte a minute holds no memory for ever. Read by the JDK's server when
  /// its classes are loaded.
  private static void limitSlowClients() {
    System.setProperty("sun.net.httpserver.maxReqTime", "20");
    System.setProperty("sun.net.httpserver.maxRspTime", "20");
    System.setProperty("sun.net.httpserver.idleInterval", "60");
    System.setProperty("jdk.httpserver.maxConnections", "200");
  }

  private void run() throws IOException, GeneralSecurityException, InterruptedException {
    var tls = new Tls(listen.certificate(), listen.key(), listen.clientCa(), System::nanoTime);
    var authentication =
        new Authentication(listen.clientCa().isPresent(), listen.tokenFile(), System::nanoTime);
    var sources = new Sources(clock);
    var handler =
        new EventsHandler(
            authentication, inbox, sources, metrics, listen.bodyLimit(), listen.pendingLimit());
    metrics.gauge(ReceiverMetric.Pending, handler::pending);
    metrics.gauge(ReceiverMetric.Accounts, inbox::accounts);
    metrics.gauge(ReceiverMetric.Sources, sources::count);
    serve(server(listen, tls, handler, threads), health(tls, authentication));
  }

  private void serve(HttpsServer server, Health health) throws IOException, InterruptedException {
    var page = new PrometheusRegistry();
    page.register(metrics);
    try (var clients = Clients.of(Config.autoConfigure(null), EvidenceStore.AGENT);
        var pages = new HealthServer(settings.address(), settings.port(), page, health)) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
      server.start();
      isListening = true;
      LOG.atInfo()
          .addKeyValue("port", pages.port())
          .log("Receiving audit events at {}", server.getAddress());
      var store = new EvidenceStore(clients, settings.namespace(), clock, metrics);
      writeUntilStopped(store);
      isListening = false;
      server.stop(SECONDS_TO_FINISH);
      threads.shutdown();
      writeTheRest(store);
      LOG.info("Stopped");
    } finally {
      stopped.countDown();
    }
  }

  static HttpsServer server(
      ListenOptions.Listen listen, Tls tls, EventsHandler handler, ExecutorService threads)
      throws IOException, GeneralSecurityException {
    var server = HttpsServer.create(listen.address(), 0);
    server.setHttpsConfigurator(tls.configurator(listen.tokenFile().isEmpty()));
    server.setExecutor(threads);
    server.createContext("/", handler);
    return server;
  }

  private Health health(Tls tls, Authentication authentication) {
    return new Health(
        List::of,
        () -> isListening ? List.of() : List.of("not listening"),
        () -> isListening ? List.of() : List.of("starting"),
        () -> Stream.concat(tls.problems().stream(), authentication.problems().stream()).toList());
  }

  private void writeUntilStopped(EvidenceStore store) throws InterruptedException {
    var tidied = System.nanoTime() - TIDY_EVERY.toNanos();
    while (!stopping.await(listen.writeInterval().toMillis(), TimeUnit.MILLISECONDS)) {
      write(store);
      if (System.nanoTime() - tidied >= TIDY_EVERY.toNanos()) {
        tidied = System.nanoTime();
        tidy(store);
      }
    }
  }

  private static void tidy(EvidenceStore store) {
    try {
      store.tidy();
    } catch (KubernetesClientException refused) {
      LOG.warn(
          "The evidence of deleted namespaces was not deleted, retrying later: {}",
          refused.getMessage());
    }
  }

  /// Whether nothing is left to write.
  private boolean write(EvidenceStore store) {
    var batch = inbox.take();
    try {
      var rest = batch.flatMap(store::write);
      rest.ifPresent(inbox::giveBack);
      return rest.isEmpty();
    } catch (RuntimeException fault) {
      batch.ifPresent(inbox::giveBack);
      LOG.error("Evidence was not written, retrying at the next write", fault);
      return false;
    }
  }

  private void writeTheRest(EvidenceStore store) {
    for (var attempt = 1; attempt <= WRITES_AT_THE_END; attempt++) {
      if (write(store)) {
        return;
      }
    }
    LOG.error("Evidence was lost: it could not be written before the end. This time is a gap");
  }

  private void stop() {
    stopping.countDown();
    try {
      var inTime = stopped.await(SECONDS_TO_STOP, TimeUnit.SECONDS);
      if (!inTime) {
        LOG.error("The receiver did not stop in time");
      }
      Logging.flush();
      // A process that was told to stop and did is a success, also to those who only see its code.
      Runtime.getRuntime().halt(inTime ? 0 : 1);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
