// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.api.MachineIdentity;
import dev.credence.cli.Connection.Name;
import dev.credence.client.Pages;
import dev.credence.controller.SuspensionBudget;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.Snapshots;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.settings.Settings;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// The facts about one identity, as the operator would see them now: read by the very code that it
/// reads them with, for the one namespace, and then let go.
public final class LiveSnapshot {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> VERBS = List.of("list", "watch");

  /// A kind that is watched: in the identity's namespace, in the operator's (`home`), or in the
  /// cluster.
  private record Watched(String group, String plural, Place place, String object) {}

  private enum Place {
    Namespace,
    Home,
    Cluster
  }

  private static final List<Watched> WATCHED =
      List.of(
          new Watched("credence.dev", "machineidentities", Place.Namespace, ""),
          new Watched("credence.dev", "credentialpolicies", Place.Cluster, ""),
          new Watched("", "secrets", Place.Namespace, ""),
          new Watched("", "serviceaccounts", Place.Namespace, ""),
          new Watched("batch", "jobs", Place.Namespace, ""),
          new Watched("", "namespaces", Place.Cluster, ""),
          new Watched("", "configmaps", Place.Home, SuspendedAccounts.OLD),
          new Watched("credence.dev", "suspensionlists", Place.Home, ""),
          new Watched(
              "apiextensions.k8s.io",
              "customresourcedefinitions",
              Place.Cluster,
              "certificates.cert-manager.io"),
          new Watched(
              "admissionregistration.k8s.io", "validatingadmissionpolicies", Place.Cluster, ""),
          new Watched(
              "admissionregistration.k8s.io",
              "validatingadmissionpolicybindings",
              Place.Cluster,
              ""));

  /// The snapshot, or why there is none.
  public sealed interface Look {
    record Seen(Snapshot snapshot) implements Look {}

    /// `why`: the rights that are missing, or what did not answer.
    record Unseen(List<String> why) implements Look {}
  }

  public static Look at(
      Connection connection, Name name, MachineIdentity identity, Settings settings) {
    var missing = missing(connection, name.namespace(), settings.namespace());
    return missing.isEmpty()
        ? watched(connection, name, identity, settings)
        : new Look.Unseen(missing);
  }

  /// The identities that are read. Valid while [Reading] runs.
  public record Fleet(
      ClusterCaches caches,
      List<MachineIdentity> identities,
      Map<String, List<Instant>> recent,
      Instant now) {

    public List<Policy> policies() {
      return caches.policies();
    }

    public Snapshot of(MachineIdentity identity) {
      return new Snapshots(caches).of(identity, now, List.of(), recent);
    }

    /// The same as if the cluster had these policies instead. It is read again, since
    /// policies decide what is read: the hooks to approve, the pods that use old tokens.
    public Snapshot under(List<Policy> policies, MachineIdentity identity) {
      caches.assume(Optional.of(policies));
      try {
        return of(identity);
      } finally {
        caches.assume(Optional.empty());
      }
    }
  }

  public interface Reading<T> {
    T of(Fleet fleet);
  }

  /// Reads all identities of a namespace, or of all that the operator watches.
  public static <T> T all(
      Connection connection, Optional<String> namespace, Settings settings, Reading<T> reading) {
    var missing = missing(connection, namespace.orElse(""), settings.namespace());
    if (!missing.isEmpty()) {
      throw new Failed("The cluster cannot be read: " + String.join("; ", missing));
    }
    var identities = listed(connection, namespace);
    var caches =
        caches(
            connection,
            namespace.map(Set::of).orElse(settings.watchNamespaces()),
            identities,
            settings);
    try {
      if (!isStarted(caches)) {
        throw new Failed("The cluster cannot be read: " + String.join("; ", notListed(caches)));
      }
      var now = Instant.now();
      var recent = new SuspensionBudget(identities::stream).recent(now);
      return reading.of(new Fleet(caches, identities, recent, now));
    } finally {
      caches.stop();
    }
  }

  /// Asked before, since a watch without its right is tried again for ever.
  private static List<String> missing(
      Connection connection, String namespace, String operatorNamespace) {
    return WATCHED.stream()
        .flatMap(
            watched ->
                VERBS.stream()
                    .filter(verb -> !may(connection, namespace, operatorNamespace, watched, verb))
                    .map(
                        verb ->
                            "no permission to "
                                + verb
                                + " "
                                + described(watched, namespace, operatorNamespace)))
        .toList();
  }

  private static boolean may(
      Connection connection,
      String namespace,
      String operatorNamespace,
      Watched watched,
      String verb) {
    var about =
        new ResourceAttributesBuilder()
            .withVerb(verb)
            .withGroup(watched.group())
            .withResource(watched.plural())
            .withName(watched.object().isEmpty() ? null : watched.object())
            .withNamespace(place(watched, namespace, operatorNamespace))
            .build();
    return connection.may(about);
  }

  private static String place(Watched watched, String namespace, String operatorNamespace) {
    return switch (watched.place()) {
      case Namespace -> namespace;
      case Home -> operatorNamespace;
      case Cluster -> "";
    };
  }

  private static String described(Watched watched, String namespace, String operatorNamespace) {
    return watched.plural()
        + (watched.group().isEmpty() ? "" : "." + watched.group())
        + (watched.object().isEmpty() ? "" : " " + watched.object())
        + switch (watched.place()) {
          case Namespace -> namespace.isEmpty() ? " in the cluster" : " in namespace " + namespace;
          case Home -> " in namespace " + operatorNamespace;
          case Cluster -> " in the cluster";
        };
  }

  private static Look watched(
      Connection connection, Name name, MachineIdentity identity, Settings settings) {
    var caches =
        caches(connection, Set.of(name.namespace()), neighbours(connection, name), settings);
    try {
      if (!isStarted(caches)) {
        return new Look.Unseen(notListed(caches));
      }
      var now = Instant.now();
      return new Look.Seen(
          new Snapshots(caches)
              .of(
                  identity,
                  now,
                  List.of(),
                  new SuspensionBudget(() -> allIdentities(connection, name)).recent(now)));
    } finally {
      caches.stop();
    }
  }

  private static ClusterCaches caches(
      Connection connection,
      Set<String> namespaces,
      List<MachineIdentity> identities,
      Settings settings) {
    var caches =
        new ClusterCaches(
            connection.client(),
            connection.metadata(),
            namespaces,
            settings.namespace(),
            settings.neverSuspend(),
            settings.clusterResourceNamespace(),
            settings.risk(),
            new Exclusions(settings.riskExclude()),
            System::nanoTime);
    caches.listAtMost(settings.suspensionLimit());
    caches.index(new ListedIdentities(identities));
    return caches;
  }

  private static List<String> notListed(ClusterCaches caches) {
    return caches.unhealthy().stream()
        .map(kind -> kind + " could not be listed within " + PATIENCE.toSeconds() + " s")
        .toList();
  }

  private static boolean isStarted(ClusterCaches caches) {
    var start = new CompletableFuture<Boolean>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                caches.start();
                start.complete(true);
              } catch (InterruptedException | RuntimeException problem) {
                start.completeExceptionally(problem);
              }
            });
    try {
      return start.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      return false;
    } catch (ExecutionException problem) {
      throw new Failed("The cluster could not be read: " + problem.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<MachineIdentity> neighbours(Connection connection, Name name) {
    return listed(connection, Optional.of(name.namespace()));
  }

  /// Identities that policies suspended lately are counted over all namespaces; a user who may not
  /// list all counts those of the namespace.
  private static Stream<MachineIdentity> allIdentities(Connection connection, Name name) {
    try {
      return listed(connection, Optional.empty()).stream();
    } catch (KubernetesClientException refused) {
      return neighbours(connection, name).stream();
    }
  }

  private static List<MachineIdentity> listed(Connection connection, Optional<String> namespace) {
    var all = new ArrayList<MachineIdentity>();
    Pages.of(connection.client(), MachineIdentity.class, namespace).forEach(all::add);
    return all;
  }

  private LiveSnapshot() {}
}
