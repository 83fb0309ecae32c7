package dev.credence.observe;

import dev.credence.facts.Uses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;

/// Who uses the ServiceAccounts and Secrets of a namespace: pods and workloads are too many to be
/// watched for what matters once a day. A namespace is listed at the first look at an identity in
/// it, and then not before the next sweep; what is kept of it is who uses what, and no object.
///
/// What cannot be listed is a sentence in the answer, and hides nothing of the rest.
final class Usages {
  /// A little less than the sweep is apart.
  private static final Duration KEPT = Duration.ofMinutes(9);

  /// Who writes an identity has often written what uses it a moment before.
  private static final Duration KEPT_FOR_NEWS = Duration.ofSeconds(30);

  /// What could not be listed is asked for again.
  private static final Duration KEPT_IN_PART = Duration.ofMinutes(1);

  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private static final ResourceDefinitionContext GATEWAY =
      new ResourceDefinitionContext.Builder()
          .withGroup("gateway.networking.k8s.io")
          .withVersion("v1")
          .withKind("Gateway")
          .withPlural("gateways")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final Function<String, Collection<? extends HasMetadata>> accounts;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();

  /// `client` is one that is answered with whole objects. `accounts`: the ServiceAccounts of a
  /// namespace, which are watched anyway.
  Usages(KubernetesClient client, Function<String, Collection<? extends HasMetadata>> accounts) {
    this.client = client;
    this.accounts = accounts;
  }

  /// `anew`: what was listed some minutes ago will not do.
  Uses in(String namespace, Instant now, boolean anew) {
    var look =
        looks.compute(
            namespace,
            (name, known) ->
                known == null || known.isOver(now, anew) ? new Look(name, now) : known);
    return look.answer();
  }

  /// The next answer is what is there then.
  void forget(String namespace) {
    looks.remove(namespace);
  }

  /// One look at a namespace: taken by the first who wants to know, waited for by the others.
  private final class Look {
    private final Instant at;
    private final FutureTask<Uses> task;

    Look(String namespace, Instant at) {
      this.at = at;
      this.task = new FutureTask<>(() -> list(namespace, at));
    }

    Uses answer() {
      task.run();
      try {
        return task.get();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new Uses(Map.of(), List.of(), List.of("the operator is being stopped"));
      } catch (ExecutionException failed) {
        throw new IllegalStateException("who uses it could not be listed", failed.getCause());
      }
    }

    boolean isOver(Instant now, boolean anew) {
      return switch (task.state()) {
        case RUNNING -> false;
        case SUCCESS -> isOlder(kept(task.resultNow(), anew), now);
        case FAILED, CANCELLED -> true;
      };
    }

    private static Duration kept(Uses found, boolean anew) {
      if (anew) {
        return KEPT_FOR_NEWS;
      }
      return found.problems().isEmpty() ? KEPT : KEPT_IN_PART;
    }

    /// By a clock that may be put back.
    boolean isOlder(Duration than, Instant now) {
      return Duration.between(at, now).abs().compareTo(than) > 0;
    }
  }

  private Uses list(String namespace, Instant now) {
    looks.values().removeIf(old -> old.isOlder(FORGOTTEN, now));
    var listing = new Listing(namespace);
    var others = new ArrayList<HasMetadata>(accounts.apply(namespace));
    others.addAll(listing.of("deployments", Deployment.class));
    others.addAll(listing.of("statefulsets", StatefulSet.class));
    others.addAll(listing.of("daemonsets", DaemonSet.class));
    others.addAll(listing.of("cronjobs", CronJob.class));
    others.addAll(listing.of("jobs", Job.class));
    others.addAll(listing.of("ingresses", Ingress.class));
    others.addAll(listing.ofGateways());
    var pods = listing.of("pods", Pod.class);
    return WhoUses.of(others, pods, now.atZone(ZoneOffset.UTC).toLocalDate(), listing.problems);
  }

  private final class Listing {
    private final String namespace;
    private final List<String> problems = new ArrayList<>();
    private boolean isUnanswered;

    Listing(String namespace) {
      this.namespace = namespace;
    }

    <T extends HasMetadata> List<T> of(String plural, Class<T> kind) {
      return tried(
          plural, false, () -> client.resources(kind).inNamespace(namespace).list(fromCache()));
    }

    /// Where nobody installed the kind there are none.
    List<? extends HasMetadata> ofGateways() {
      return tried(
          "gateways",
          true,
          () ->
              client.genericKubernetesResources(GATEWAY).inNamespace(namespace).list(fromCache()));
    }

    private <T extends HasMetadata> List<T> tried(
        String plural, boolean mayBeAbsent, Supplier<? extends KubernetesResourceList<T>> list) {
      if (isUnanswered) {
        // Who does not answer the first is not asked the others.
        return List.of();
      }
      try {
        var found = list.get();
        if (found != null) {
          return Each.in(found.getItems()).filter(Workloads::hasName).toList();
        }
        problems.add(plural + " cannot be listed: the API server answers with nothing");
      } catch (KubernetesClientException answer) {
        if (!mayBeAbsent || answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          isUnanswered = answer.getCode() <= 0;
          problems.add(plural + " cannot be listed: " + Consumption.why(answer));
        }
      }
      return List.of();
    }
  }

  /// The API server answers from its cache, which may be a moment behind.
  private static ListOptions fromCache() {
    return new ListOptionsBuilder().withResourceVersion("0").build();
  }
}
