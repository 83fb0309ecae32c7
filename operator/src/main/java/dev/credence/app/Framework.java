// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import dev.credence.api.MachineIdentity;
import dev.credence.controller.DiscoveryLoop;
import dev.credence.controller.IdentityReconciler;
import dev.credence.controller.Lanes;
import dev.credence.controller.PolicyReconciler;
import dev.credence.controller.ReportLoop;
import dev.credence.controller.Sweep;
import dev.credence.metrics.Counters;
import dev.credence.observe.cache.TrimmedStore;
import dev.credence.settings.EffectiveSettings;
import dev.credence.settings.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.Controller;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator framework: its loops, its retries, and the election of the leader.
///
/// The election is the client library's, by a [LeaderLease]; that of the framework would read and
/// write the Lease at each question. A leader that is stopped releases the Lease, so that another
/// replica acts within a second. One that loses its Lease ends at once, without finishing anything:
/// another replica leads already.
final class Framework {
  private static final Logger LOG = LoggerFactory.getLogger(Framework.class);
  private static final String LEASE = EffectiveSettings.LEASE;
  private static final Duration TIME_TO_FINISH = Duration.ofSeconds(5);

  private final Settings settings;
  private final KubernetesClient client;
  private final String instance;
  private final Counters counters;
  private final Sweep sweep;
  private final DiscoveryLoop discovering;
  private final Optional<ReportLoop> reporting;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean leading = new AtomicBoolean();
  private final List<String> dead = new CopyOnWriteArrayList<>();
  private final PublishedSettings published;
  private final ExecutorService electing =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("leader-election").daemon().factory());
  private volatile @Nullable Operator operator;
  private volatile List<Controller<?>> controllers = List.of();
  private volatile boolean started;
  private volatile @Nullable LeaderElector elector;
  private volatile @Nullable Future<?> election;
  private volatile @Nullable LeaderLease lease;

  Framework(
      Settings settings,
      KubernetesClient client,
      String instance,
      Counters counters,
      Sweep sweep,
      DiscoveryLoop discovering,
      Optional<ReportLoop> reporting) {
    this.settings = settings;
    this.client = client;
    this.instance = instance;
    this.counters = counters;
    this.sweep = sweep;
    this.discovering = discovering;
    this.reporting = reporting;
    this.published = new PublishedSettings(client, settings, System::nanoTime);
  }

  /// Returns when the identities are known; in a replica that does not lead nothing more happens.
  void start(IdentityReconciler identities, PolicyReconciler policies) {
    var lanes = new Lanes(identities::isUrgent);
    identities.promoteBy(lanes::promote);
    var running = new Operator(overrider -> configure(overrider, lanes));
    operator = running;
    controllers =
        List.of(
            controller(running.register(identities, control -> watching(control))),
            controller(running.register(policies)));
    controllers.forEach(controller -> controller.start(false));
    started = true;
    if (settings.leaderElection()) {
      elect();
    } else {
      leads();
    }
  }

  /// What is registered can be started without being processed, which [Operator#start()] does only
  /// with an election of its own.
  private static Controller<?> controller(RegisteredController<?> registered) {
    return (Controller<?>) registered;
  }

  private void elect() {
    var lease =
        new LeaderLease(settings.namespace(), LEASE, instance, Clock.systemUTC(), System::nanoTime);
    this.lease = lease;
    var config =
        new LeaderElectionConfig(
            lease,
            LeaderLease.DURATION,
            LeaderLease.RENEW_DEADLINE,
            LeaderLease.RETRY,
            new LeaderCallbacks(this::leads, this::leadsNoMore, leader -> {}),
            false,
            LEASE);
    var running = new LeaderElector(client, config, electing);
    elector = running;
    election = running.start();
  }

  /// One store would serve the watches of all namespaces, and each of them drops from it what its
  /// own list does not have: where there are several, identities are kept whole.
  private void watching(ControllerConfigurationOverrider<MachineIdentity> control) {
    if (!settings.watchNamespaces().isEmpty()) {
      control.settingNamespaces(settings.watchNamespaces());
    }
    if (settings.watchNamespaces().size() <= 1) {
      control.withItemStore(new TrimmedStore<>());
    }
  }

  private void configure(ConfigurationServiceOverrider overrider, Lanes lanes) {
    overrider
        .withKubernetesClient(client)
        .withCloseClientOnStop(false)
        .withExecutorService(lanes)
        .withStopOnInformerErrorDuringStartup(false)
        .withInformerStoppedHandler((informer, problem) -> informerStopped(problem))
        .withReconciliationTerminationTimeout(TIME_TO_FINISH)
        .withResourceCloner(asItIs());
  }

  /// We never change what the caches hold, so nothing needs to be copied.
  private static Cloner asItIs() {
    return new Cloner() {
      @Override
      public <R extends HasMetadata> R clone(R object) {
        return object;
      }
    };
  }

  private void leads() {
    leading.set(true);
    counters.leads(true);
    sweep.start(() -> unhealthy().isEmpty());
    discovering.start(() -> unhealthy().isEmpty());
    reporting.ifPresent(one -> one.start(() -> unhealthy().isEmpty()));
    controllers.forEach(Controller::startEventProcessing);
    LOG.info("This replica is the leader");
  }

  private void leadsNoMore() {
    if (!stopping.get()) {
      LOG.error(
          "The lease is lost. The process exits at once, since another replica may be the leader already");
      Runtime.getRuntime().halt(1);
    }
  }

  private void informerStopped(@Nullable Throwable problem) {
    if (!stopping.get() && problem != null) {
      LOG.error("A watch stopped and cannot be resumed", problem);
      dead.add("a watch stopped and cannot be resumed: " + problem.getClass().getSimpleName());
    }
  }

  /// To be called every few seconds.
  void checkElection() {
    var asked = lease;
    if (asked != null && !asked.isAsked()) {
      LOG.error("The leader election has stopped. The process exits to restart");
      Runtime.getRuntime().halt(1);
    }
  }

  /// To be called every few seconds. Without an election there is no Lease to publish them on.
  void publishSettings() {
    if (settings.leaderElection() && leading.get()) {
      published.keep();
    }
  }

  List<String> unhealthy() {
    var matters = new ArrayList<String>();
    if (!started) {
      matters.add("not started");
    } else if (controllers.stream()
        .anyMatch(one -> !one.getControllerHealthInfo().unhealthyEventSources().isEmpty())) {
      matters.add("not watching MachineIdentities or CredentialPolicies");
    }
    return matters;
  }

  /// Problems that only a new process can fix.
  List<String> dead() {
    return dead;
  }

  void stop() {
    stopping.set(true);
    controllers.forEach(Controller::stop);
    var running = operator;
    if (running != null) {
      // Waits for the reconciles that run.
      running.stop();
    }
    var asking = election;
    if (asking != null) {
      // It would acquire the Lease again.
      asking.cancel(true);
    }
    var holder = elector;
    if (holder != null) {
      release(holder);
    }
  }

  private static void release(LeaderElector election) {
    try {
      election.release();
    } catch (KubernetesClientException gone) {
      LOG.warn(
          "The lease could not be released. Another replica becomes the leader when it expires");
    }
  }
}
