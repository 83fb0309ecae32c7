// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import dev.credence.act.Act;
import dev.credence.act.EventRecorder;
import dev.credence.act.IdentityWrites;
import dev.credence.act.Probe;
import dev.credence.act.ReportWrites;
import dev.credence.act.request.Memory;
import dev.credence.act.secret.KeyPool;
import dev.credence.act.secret.KubeconfigServer;
import dev.credence.api.SuspensionList;
import dev.credence.client.ApiServer;
import dev.credence.client.Clients;
import dev.credence.client.InstalledSchemas;
import dev.credence.controller.DiscoveryLoop;
import dev.credence.controller.IdentityReconciler;
import dev.credence.controller.PolicyReconciler;
import dev.credence.controller.ReportLoop;
import dev.credence.controller.Sweep;
import dev.credence.controller.status.UndeclaredFields;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.generate.Maker;
import dev.credence.metrics.Counters;
import dev.credence.metrics.CrdFieldCount;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.metrics.IdentityGauges;
import dev.credence.metrics.PolicyCount;
import dev.credence.metrics.SuspensionCount;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.discovery.Reports;
import dev.credence.settings.Logging;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/// Runs the operator until it is stopped, and wires its parts.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    header = "Run the operator in the foreground.",
    description = {
      "",
      "The operator connects to the cluster of KUBECONFIG, or with the ServiceAccount of its pod.",
      "Environment variables set everything else: see docs/reference/settings.md."
    })
public final class Run implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final Duration LOOK_AT_HEALTH_EVERY = Duration.ofSeconds(2);

  /// The step of the start that is in progress: health is asked from the first moment on.
  private volatile String waitingFor = "starting";

  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean failed;
  private volatile boolean stopping;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var found = Settings.read();
    if (found.isEmpty()) {
      return Settings.WRONG;
    }
    var settings = found.get();
    Logging.configure(settings);
    limitSlowClients();
    Thread.setDefaultUncaughtExceptionHandler(this::died);
    try {
      run(settings);
      return 0;
    } catch (IOException | RuntimeException fault) {
      failed = true;
      LoggerFactory.getLogger(Run.class).error("The operator exits: {}", fault.getMessage(), fault);
      return FAILED;
    }
  }

  /// Ends the process when a thread dies of an unexpected exception: no other thread does its work,
  /// and the operator would look healthy without it. A new process starts in seconds and loses
  /// nothing.
  private void died(Thread thread, Throwable fault) {
    if (stopping) {
      return;
    }
    LoggerFactory.getLogger(Run.class)
        .error(
            "The operator exits, since the thread {} failed: {}",
            thread.getName(),
            fault.toString(),
            fault);
    Logging.flush();
    Runtime.getRuntime().halt(FAILED);
  }

  private void run(Settings settings) throws IOException, InterruptedException {
    var clock = Clock.systemUTC();
    var instance = instance();
    var gauges = gauges(settings, clock);
    var discoveryGauges = new DiscoveryGauges();
    var counters = new Counters(gauges);
    var clients = Clients.of(counters);
    var caches = caches(settings, clients);
    register(counters, discoveryGauges, caches, settings);
    var keyIsReady = new AtomicReference<@Nullable BiConsumer<String, ObjectRef>>();
    var act = act(settings, clients, caches, keyIsReady, clock);
    var recorder = new EventRecorder(clients.full(), clock, instance);
    counters.eventsDropped(recorder::dropped);
    var sweep = new Sweep(caches, act, settings.tier(), counters, clock, settings.resyncInterval());
    var identities =
        new IdentityReconciler(
            caches,
            clients.metadata(),
            settings.tier(),
            act,
            recorder,
            gauges,
            counters,
            clock,
            sweep::isGone);
    keyIsReady.set(identities::keyIsReady);
    var policies = policies(settings, clients, caches, gauges, discoveryGauges, clock);
    var discovering = discovering(settings, clients, caches, discoveryGauges, clock);
    var reporting = reporting(settings, clients, caches, gauges, clock);
    var framework =
        new Framework(settings, clients.full(), instance, counters, sweep, discovering, reporting);
    var crds = crds(clients, identities, policies, counters);
    var parts =
        new Parts(framework, sweep, discovering, reporting, caches, recorder, clients, crds);
    serve(settings, instance, parts, identities, policies, counters, clock);
  }

  private static CrdCheck crds(
      Clients clients,
      IdentityReconciler identities,
      PolicyReconciler policies,
      Counters counters) {
    var undeclared = new UndeclaredFields();
    identities.leaveOut(undeclared);
    policies.leaveOut(undeclared);
    var crds = new CrdCheck(new InstalledSchemas(clients.full()), undeclared);
    counters.page().register(new CrdFieldCount(crds::missing));
    return crds;
  }

  private static PolicyReconciler policies(
      Settings settings,
      Clients clients,
      ClusterCaches caches,
      IdentityGauges gauges,
      DiscoveryGauges discoveryGauges,
      Clock clock) {
    return new PolicyReconciler(
        clients.metadata(),
        gauges,
        discoveryGauges,
        caches::identityCount,
        settings.watchNamespaces().isEmpty(),
        clock);
  }

  private static DiscoveryLoop discovering(
      Settings settings,
      Clients clients,
      ClusterCaches caches,
      DiscoveryGauges discoveryGauges,
      Clock clock) {
    return new DiscoveryLoop(
        caches,
        new IdentityWrites(clients.full()),
        discoveryGauges,
        DefaultExclusions.of(settings.discoveryExclude(), settings.namespace()),
        clock,
        settings.resyncInterval());
  }

  /// The parts of the operator that are stopped, in this order.
  private record Parts(
      Framework framework,
      Sweep sweep,
      DiscoveryLoop discovering,
      Optional<ReportLoop> reporting,
      ClusterCaches caches,
      EventRecorder recorder,
      Clients clients,
      CrdCheck crds) {
    void stop() throws InterruptedException {
      sweep.close();
      discovering.close();
      reporting.ifPresent(ReportLoop::close);
      framework.stop();
      recorder.close();
      caches.stop();
      clients.close();
    }
  }

  private static IdentityGauges gauges(Settings settings, Clock clock) {
    return new IdentityGauges(
        clock, settings.identitySeries(), settings.problemSeries(), Version.current());
  }

  private static ClusterCaches caches(Settings settings, Clients clients) {
    var caches =
        new ClusterCaches(
            clients.full(),
            clients.metadata(),
            settings.watchNamespaces(),
            settings.namespace(),
            settings.neverSuspend(),
            settings.clusterResourceNamespace(),
            settings.risk(),
            new Exclusions(settings.riskExclude()),
            System::nanoTime);
    caches.listAtMost(settings.suspensionLimit());
    caches.askBy(new Probe(clients.full(), settings.namespace(), settings.tier()));
    return caches;
  }

  private static void register(
      Counters counters, DiscoveryGauges discoveryGauges, ClusterCaches caches, Settings settings) {
    counters.resyncsEvery(settings.resyncInterval());
    caches.readTerminationMessages();
    caches.hooksEnd(end -> counters.hookEnded(end.step(), end.isSuccess(), end.took()));
    counters.page().register(discoveryGauges);
    counters.page().register(new PolicyCount(caches::policies));
    counters
        .page()
        .register(
            new SuspensionCount(
                caches::suspendedByNamespace, caches::admissions, settings.suspensionLimit()));
  }

  private static Act act(
      Settings settings,
      Clients clients,
      ClusterCaches caches,
      AtomicReference<@Nullable BiConsumer<String, ObjectRef>> keyIsReady,
      Clock clock) {
    var maker = new Maker(new SecureRandom());
    var pool =
        new KeyPool(
            maker,
            (namespace, secret) ->
                Optional.ofNullable(keyIsReady.get())
                    .ifPresent(waiting -> waiting.accept(namespace, secret)));
    var kubeconfigServer =
        new KubeconfigServer(
            settings.apiServer().orElseGet(() -> clients.full().getMasterUrl().toString()),
            settings.apiServerCa(),
            settings.apiServerSystemTrust());
    caches.kubeconfigServer(kubeconfigServer.digest());
    return new Act(
        clients.full(),
        clients.metadata(),
        maker,
        Optional.of(pool),
        kubeconfigServer,
        settings.namespace(),
        remembering(caches),
        clock);
  }

  private void serve(
      Settings settings,
      String instance,
      Parts parts,
      IdentityReconciler identities,
      PolicyReconciler policies,
      Counters counters,
      Clock clock)
      throws IOException, InterruptedException {
    var log = LoggerFactory.getLogger(Run.class);
    var framework = parts.framework();
    var caches = parts.caches();
    var client = parts.clients().full();
    try (var pages =
        new HealthServer(settings.address(), settings.port(), counters.page(), health(parts))) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(log, parts), "stop"));
      log.atInfo()
          .addKeyValue("version", Version.current())
          .addKeyValue("instance", instance)
          .addKeyValue("cluster", client.getMasterUrl())
          .addKeyValue("port", pages.port())
          .addKeyValue("tier", settings.tier())
          .log("Starting");
      waitingFor = "waiting for the API server and the CRDs";
      ApiServer.await(client, settings.watchNamespaces(), settings.namespace());
      checked(() -> parts.crds().check(clock.instant()));
      waitingFor = "reading the cluster";
      caches.start();
      framework.start(identities, policies);
      waitingFor = "";
      log.info("Started");
      var rights = new AccessReview(client);
      logHealthUntilStopped(
          log, caches, framework, () -> inspect(parts, counters, rights, identities, clock));
    }
  }

  private HealthServer.Health health(Parts parts) {
    return new HealthServer.Health(
        () -> live(parts.sweep(), parts.framework()),
        () -> ready(parts.caches(), parts.framework()),
        this::started,
        parts.crds()::notes);
  }

  private static void inspect(
      Parts parts,
      Counters counters,
      AccessReview rights,
      IdentityReconciler identities,
      Clock clock) {
    parts.framework().checkElection();
    if (counters.permissions().check(clock.instant(), rights::has)) {
      identities.tryAgain();
    }
    parts.framework().publishSettings();
    parts.crds().check(clock.instant());
  }

  /// Reads nothing where reports are not enabled.
  private static Optional<ReportLoop> reporting(
      Settings settings,
      Clients clients,
      ClusterCaches caches,
      IdentityGauges gauges,
      Clock clock) {
    return settings.reports()
        ? Optional.of(
            new ReportLoop(
                caches,
                gauges,
                new Reports(clients.full(), settings.watchNamespaces()),
                new ReportWrites(clients.full()),
                clock,
                settings.resyncInterval()))
        : Optional.empty();
  }

  /// Logs when a watch is lost and when all watches are healthy again, and checks the permissions.
  private void logHealthUntilStopped(
      Logger log, ClusterCaches caches, Framework framework, Runnable permissions)
      throws InterruptedException {
    List<String> before = List.of();
    while (!stopped.await(LOOK_AT_HEALTH_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
      var now = ready(caches, framework);
      if (!now.equals(before) && now.isEmpty()) {
        log.info("Healthy again");
      } else if (!now.equals(before)) {
        log.warn("Unhealthy: {}", String.join("; ", now));
      }
      before = now;
      checked(permissions);
    }
  }

  private static void checked(Runnable permissions) {
    try {
      permissions.run();
    } catch (RuntimeException away) {
      LoggerFactory.getLogger(Run.class)
          .debug("The permissions of the operator could not be read, retrying", away);
    }
  }

  private static Memory remembering(ClusterCaches caches) {
    return new Memory() {
      @Override
      public void wrote(HasMetadata object) {
        caches.wrote(object);
      }

      @Override
      public void marked(String namespace, ObjectRef subject, ObjectMeta metadata) {
        caches.marked(namespace, subject, metadata);
      }

      @Override
      public void restarted(String namespace) {
        caches.consumersChanged(namespace);
      }

      @Override
      public List<SuspensionList> suspensionLists() {
        return caches.suspensionLists();
      }

      @Override
      public int mostSuspended() {
        return caches.mostSuspended();
      }

      @Override
      public void removed(SuspensionList list) {
        caches.removed(list);
      }
    };
  }

  private List<String> started() {
    return waitingFor.isEmpty() ? List.of() : List.of(waitingFor);
  }

  private List<String> ready(ClusterCaches caches, Framework framework) {
    var matters = new ArrayList<>(started());
    if (matters.isEmpty()) {
      caches.unhealthy().stream().map(kind -> "not watching " + kind).forEach(matters::add);
      framework.unhealthy().forEach(matters::add);
    }
    return matters;
  }

  private static List<String> live(Sweep sweep, Framework framework) {
    var matters = new ArrayList<String>();
    if (!sweep.isAlive()) {
      matters.add("no periodic resync for three times its interval");
    }
    framework.dead().forEach(matters::add);
    return matters;
  }

  private void stop(Logger log, Parts parts) {
    stopping = true;
    log.info("Stopping");
    try {
      parts.stop();
      log.info("Stopped");
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
      Logging.flush();
      // A process that was told to stop and did is a success, also to those who only see its code.
      Runtime.getRuntime().halt(failed ? FAILED : 0);
    }
  }

  /// A scraper that sends or reads a byte a minute holds no thread for ever. Read by the JDK's
  /// server when its classes are loaded.
  private static void limitSlowClients() {
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    // Far above what a scraper and probes need: at the limit, probes are rejected too.
    System.setProperty("jdk.httpserver.maxConnections", "1000");
  }

  private static String instance() {
    var host = System.getenv("HOSTNAME");
    return (host == null || host.isBlank() ? "local" : host)
        + "-"
        + UUID.randomUUID().toString().substring(0, 8);
  }
}
