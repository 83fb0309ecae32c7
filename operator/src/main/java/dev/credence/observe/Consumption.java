package dev.credence.observe;

import dev.credence.facts.Consumers;
import dev.credence.facts.RunningPod;
import dev.credence.facts.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future.State;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who uses the Secrets of a namespace, asked when somebody wants to know: pods are too many to be
/// watched for the few rotations.
///
/// A thousand identities of one namespace look at once, so that one answer serves all who ask
/// within a second.
public final class Consumption {
  private static final Duration KEPT = Duration.ofSeconds(1);

  /// More namespaces than this asked within a second are asked again.
  private static final int MOST_KEPT = 500;

  /// The API server answers from its cache, which may be a moment behind.
  private static final String FROM_CACHE = "0";

  private static final String NOT_AT_ITS_END = "status.phase!=Succeeded,status.phase!=Failed";

  private final KubernetesClient client;
  private final LongSupplier nanos;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();

  /// `client` is one that is answered with whole objects.
  public Consumption(KubernetesClient client) {
    this(client, System::nanoTime);
  }

  Consumption(KubernetesClient client, LongSupplier nanos) {
    this.client = client;
    this.nanos = nanos;
  }

  /// At most a second old, or without an answer and with the reason why.
  public Consumers in(String namespace) {
    var look =
        looks.compute(
            namespace,
            (name, known) -> known == null || known.isOver() ? new Look(name, cached()) : known);
    return look.answer();
  }

  /// Somebody wrote there: the next answer shows it.
  public void forget(String namespace) {
    looks.put(namespace, new Look(namespace, new ListOptionsBuilder()));
  }

  private static ListOptionsBuilder cached() {
    return new ListOptionsBuilder().withResourceVersion(FROM_CACHE);
  }

  private void forgetTheOld() {
    var tooMany = looks.size() > MOST_KEPT;
    looks.values().removeIf(look -> look.isOver() || (tooMany && look.isDone()));
  }

  /// One look at a namespace: taken by the first who wants to know, waited for by the others.
  private final class Look {
    private final FutureTask<Seen> task;

    Look(String namespace, ListOptionsBuilder how) {
      this.task = new FutureTask<>(() -> new Seen(list(namespace, how), nanos.getAsLong()));
    }

    Consumers answer() {
      if (task.state() == State.RUNNING) {
        forgetTheOld();
        task.run();
      }
      try {
        return task.get().consumers();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return Consumers.unknown("the operator is being stopped");
      } catch (ExecutionException failed) {
        throw new IllegalStateException("consumers could not be listed", failed.getCause());
      }
    }

    boolean isDone() {
      return task.isDone();
    }

    boolean isOver() {
      return switch (task.state()) {
        case RUNNING -> false;
        case SUCCESS -> nanos.getAsLong() - task.resultNow().at() > KEPT.toNanos();
        case FAILED, CANCELLED -> true;
      };
    }
  }

  private record Seen(Consumers consumers, long at) {}

  private Consumers list(String namespace, ListOptionsBuilder how) {
    try {
      var all = how.build();
      var deployments = list(Deployment.class, namespace, all);
      var jobs = list(Job.class, namespace, all);
      var others =
          Stream.of(
              list(StatefulSet.class, namespace, all),
              list(DaemonSet.class, namespace, all),
              list(CronJob.class, namespace, all));
      var workloads =
          Stream.concat(Stream.of(deployments, jobs), others)
              .flatMap(List::stream)
              .<HasMetadata>map(object -> object);
      // Last: what a workload has made by now is there too.
      var pods = list(Pod.class, namespace, how.withFieldSelector(NOT_AT_ITS_END).build());
      return of(workloads.toList(), pods);
    } catch (Unlisted unlisted) {
      return Consumers.unknown(unlisted.why);
    }
  }

  /// Who uses Secrets among these Deployments, StatefulSets, DaemonSets, Jobs and CronJobs, and
  /// these pods that have not ended.
  public static Consumers of(List<HasMetadata> workloads, List<Pod> pods) {
    var running =
        new RunningPods(
            names(workloads.stream().filter(Deployment.class::isInstance)),
            names(workloads.stream().filter(Job.class::isInstance).filter(Workloads::isHook)));
    return new Consumers(
        workloads.stream()
            .flatMap(object -> Workloads.of(object).stream())
            .sorted(Comparator.comparing(Workload::subject))
            .toList(),
        pods.stream()
            .flatMap(pod -> running.of(pod).stream())
            .sorted(Comparator.comparing(RunningPod::name))
            .toList(),
        Optional.empty());
  }

  private static Set<String> names(Stream<? extends HasMetadata> objects) {
    return objects.map(object -> object.getMetadata().getName()).collect(Collectors.toSet());
  }

  /// Those that have a name: without one there is nothing to say about an object.
  private <T extends HasMetadata> List<T> list(
      Class<T> kind, String namespace, ListOptions options) {
    try {
      var found = client.resources(kind).inNamespace(namespace).list(options);
      if (found == null) {
        throw new Unlisted(kind, "the API server answers with nothing");
      }
      return Each.in(found.getItems()).filter(Workloads::hasName).toList();
    } catch (KubernetesClientException answer) {
      throw new Unlisted(kind, why(answer));
    }
  }

  static String why(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getMessage)
        .flatMap(Texts::present)
        .map(Texts::oneLine)
        .orElse(
            answer.getCode() > 0
                ? "the API server answers " + answer.getCode()
                : "the API server does not answer");
  }

  /// One kind is missing: what is known of the others would be taken for the whole.
  private static final class Unlisted extends RuntimeException {
    private final String why;

    Unlisted(Class<? extends HasMetadata> kind, String why) {
      super(why, null, false, false);
      this.why =
          "%s of the namespace cannot be listed: %s".formatted(HasMetadata.getPlural(kind), why);
    }
  }
}
