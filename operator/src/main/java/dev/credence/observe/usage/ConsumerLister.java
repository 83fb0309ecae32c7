// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.client.Pages;
import dev.credence.facts.usage.Consumers;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
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
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Who uses the Secrets of a namespace, asked when somebody wants to know: pods are too many to be
/// watched for the few rotations.
///
/// A thousand identities of one namespace look at once, so that one answer serves all who ask
/// within a second. Where a good part of all namespaces asks within some seconds, all are listed
/// at once, in pages: all credentials of a cluster may be rotated in one day, and six requests for
/// each namespace each second would be more than the API server should be asked.
public final class ConsumerLister {
  private static final Duration KEPT = Duration.ofSeconds(1);

  /// For how long a namespace counts as one that asks.
  private static final Duration ASKS = Duration.ofSeconds(3);

  /// More namespaces than this asked within a second are asked again.
  private static final int MOST_KEPT = 500;

  /// The API server answers from its cache, which may be a moment behind.
  private static final String FROM_CACHE = "0";

  private static final String NOT_AT_ITS_END = "status.phase!=Succeeded,status.phase!=Failed";
  private static final String EVERYWHERE = "";
  private static final String ROLLOUTS = "rollouts";

  private final KubernetesClient client;
  private final BooleanSupplier hasRollouts;
  private final IntPredicate isGoodPart;
  private final LongSupplier nanos;
  private final Map<String, Look> looks = new HashMap<>();
  private final Map<String, Long> asked = new HashMap<>();
  private long begun;

  /// `client` is one that is answered with whole objects. `hasRollouts`: whether Argo Rollouts are
  /// installed. `isGoodPart`: whether so many namespaces are so good a part of all that these are
  /// best listed at once.
  public ConsumerLister(
      KubernetesClient client, BooleanSupplier hasRollouts, IntPredicate isGoodPart) {
    this(client, hasRollouts, isGoodPart, System::nanoTime);
  }

  public ConsumerLister(
      KubernetesClient client,
      BooleanSupplier hasRollouts,
      IntPredicate isGoodPart,
      LongSupplier nanos) {
    this.client = client;
    this.hasRollouts = hasRollouts;
    this.isGoodPart = isGoodPart;
    this.nanos = nanos;
  }

  /// At most a second old, or without an answer and with the reason why.
  public Consumers in(String namespace) {
    return look(namespace).answer(namespace);
  }

  /// Somebody wrote there: the next answer shows it.
  public synchronized void forget(String namespace) {
    begin(namespace, new ListOptionsBuilder());
  }

  private synchronized Look look(String namespace) {
    asked.put(namespace, nanos.getAsLong());
    // Of a namespace and of all, what was begun last knows what was forgotten.
    return Stream.of(namespace, EVERYWHERE)
        .flatMap(scope -> Stream.ofNullable(looks.get(scope)))
        .max(Comparator.comparingLong(look -> look.number))
        .filter(look -> !look.isOver())
        .orElseGet(
            () ->
                isGoodPart.test(askingNow())
                    ? begin(EVERYWHERE, new ListOptionsBuilder().withLimit(Pages.A_PAGE))
                    : begin(namespace, new ListOptionsBuilder().withResourceVersion(FROM_CACHE)));
  }

  private int askingNow() {
    asked.values().removeIf(at -> nanos.getAsLong() - at > ASKS.toNanos());
    return asked.size();
  }

  private Look begin(String scope, ListOptionsBuilder how) {
    var tooMany = looks.size() > MOST_KEPT;
    looks.values().removeIf(look -> look.isOver() || (tooMany && look.task.isDone()));
    var look = new Look(scope, how, begun++);
    looks.put(scope, look);
    return look;
  }

  /// One look at a namespace, or at all: taken by the first who wants to know, waited for by the
  /// others.
  private final class Look {
    private final long number;
    private final FutureTask<Seen> task;

    Look(String scope, ListOptionsBuilder how, long number) {
      this.number = number;
      this.task = new FutureTask<>(() -> new Seen(list(scope, how), nanos.getAsLong()));
    }

    Consumers answer(String namespace) {
      task.run();
      try {
        return task.get().consumers().apply(namespace);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return Consumers.unknown("the operator is being stopped");
      } catch (ExecutionException failed) {
        throw new IllegalStateException("consumers could not be listed", failed.getCause());
      }
    }

    boolean isOver() {
      return switch (task.state()) {
        case RUNNING -> false;
        case SUCCESS -> nanos.getAsLong() - task.resultNow().at() > KEPT.toNanos();
        case FAILED, CANCELLED -> true;
      };
    }
  }

  /// Of each namespace that was looked at.
  private record Seen(Function<String, Consumers> consumers, long at) {}

  private Function<String, Consumers> list(String scope, ListOptionsBuilder how) {
    var found = new HashMap<String, ConsumerIndex>();
    try {
      for (var kind :
          List.of(Deployment.class, Job.class, StatefulSet.class, DaemonSet.class, CronJob.class)) {
        list(kind, scope, how.build(), each -> in(each, scope, found).add(each));
      }
      if (hasRollouts.getAsBoolean()) {
        rollouts(scope, how.build(), each -> in(each, scope, found).add(each));
      }
      // Last: what a workload has made by now is there too.
      var running = how.withFieldSelector(NOT_AT_ITS_END).build();
      list(Pod.class, scope, running, pod -> in(pod, scope, found).add(pod));
    } catch (Unlisted unlisted) {
      var unknown = Consumers.unknown(unlisted.why);
      return _ -> unknown;
    }
    var consumers = new HashMap<String, Consumers>();
    found.forEach((namespace, who) -> consumers.put(namespace, who.consumers()));
    return namespace -> consumers.getOrDefault(namespace, Consumers.NONE);
  }

  private static ConsumerIndex in(
      HasMetadata object, String scope, Map<String, ConsumerIndex> found) {
    return found.computeIfAbsent(
        Objects.requireNonNullElse(object.getMetadata().getNamespace(), scope),
        _ -> new ConsumerIndex());
  }

  private <T extends HasMetadata> void list(
      Class<T> kind, String scope, ListOptions options, Consumer<T> take) {
    try {
      read(HasMetadata.getPlural(kind), inScope(client.resources(kind), scope), options, take);
    } catch (KubernetesClientException answer) {
      throw new Unlisted(HasMetadata.getPlural(kind), why(answer));
    }
  }

  /// There are none where they were uninstalled a moment ago.
  private void rollouts(String scope, ListOptions options, Consumer<HasMetadata> take) {
    var all = client.genericKubernetesResources(ArgoRollout.CONTEXT);
    try {
      read(ROLLOUTS, inScope(all, scope), options, take::accept);
    } catch (KubernetesClientException answer) {
      if (answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw new Unlisted(ROLLOUTS, why(answer));
      }
    }
  }

  private static <L> Listable<L> inScope(MixedOperation<?, L, ?> all, String scope) {
    return scope.equals(EVERYWHERE) ? all.inAnyNamespace() : all.inNamespace(scope);
  }

  private static <T extends HasMetadata> void read(
      String plural,
      Listable<? extends KubernetesResourceList<T>> all,
      ListOptions options,
      Consumer<T> take) {
    if (!Pages.read(all, options, take)) {
      throw new Unlisted(plural, "the API server answers with nothing");
    }
  }

  static String why(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getMessage)
        .flatMap(UntrustedText::present)
        .map(UntrustedText::oneLine)
        .orElse(
            answer.getCode() > 0
                ? "the API server answers " + answer.getCode()
                : "the API server does not answer");
  }

  /// One kind is missing: what is known of the others would be taken for the whole.
  private static final class Unlisted extends RuntimeException {
    private final String why;

    Unlisted(String plural, String why) {
      super(why, null, false, false);
      this.why = "%s of the namespace cannot be listed: %s".formatted(plural, why);
    }
  }
}
