// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static dev.credence.observe.usage.ListingCache.EVERYWHERE;

import dev.credence.client.Pages;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageListing;
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
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Lists pods and workloads of a namespace on demand, and keeps for a while what they use, but no
/// object: there are too many of them to be watched.
///
/// A rotation asks for the consumers of Secrets, and gets an answer that is a second old at most:
/// one answer serves all identities of the namespace that ask at the same time. The condition InUse
/// asks for the usage of ServiceAccounts and Secrets once in each periodic resync.
///
/// Where a good part of all namespaces asks, all namespaces are listed at once, in pages: six to
/// nine requests for each of a thousand namespaces would load the API server.
public final class WorkloadLister {
  private static final Duration CONSUMERS_KEPT = Duration.ofSeconds(1);

  /// A little less than the interval of the periodic resync.
  private static final Duration USAGE_KEPT = Duration.ofMinutes(9);

  /// A user who writes an identity has often written its consumers a moment before.
  private static final Duration USAGE_KEPT_FOR_NEWS = Duration.ofSeconds(30);

  /// A kind that could not be listed is listed again after this.
  private static final Duration USAGE_KEPT_IN_PART = Duration.ofMinutes(1);

  /// For how long a namespace counts as one that asks for consumers.
  private static final Duration ASKS = Duration.ofSeconds(3);

  /// More namespaces than this asked within a second are listed again.
  private static final int MOST_CONSUMERS_KEPT = 500;

  private static final String NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed";
  private static final String STOPPING = "the operator is stopping";

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
  private final BooleanSupplier hasRollouts;
  private final IntPredicate isGoodPart;
  private final BooleanSupplier areIdentitiesEverywhere;
  private final LongSupplier nanos;
  private final ListingCache<Function<String, Consumers>> consumers;
  private final ListingCache<Usage> usage;
  private final Map<String, Long> asked = new HashMap<>();

  /// `client` is one that is answered with whole objects. `accounts`: the ServiceAccounts of a
  /// namespace, which are watched. `hasRollouts`: whether Argo Rollouts are installed.
  /// `isGoodPart`: whether so many namespaces are best listed at once; `areIdentitiesEverywhere`:
  /// whether those with identities are.
  public WorkloadLister(
      KubernetesClient client,
      Function<String, Collection<? extends HasMetadata>> accounts,
      BooleanSupplier hasRollouts,
      IntPredicate isGoodPart,
      BooleanSupplier areIdentitiesEverywhere,
      LongSupplier nanos) {
    this.client = client;
    this.accounts = accounts;
    this.hasRollouts = hasRollouts;
    this.isGoodPart = isGoodPart;
    this.areIdentitiesEverywhere = areIdentitiesEverywhere;
    this.nanos = nanos;
    this.consumers = new ListingCache<>(_ -> CONSUMERS_KEPT, MOST_CONSUMERS_KEPT, nanos);
    this.usage = new ListingCache<>(Usage::kept, Integer.MAX_VALUE, nanos);
  }

  /// The consumers of the Secrets of a namespace: listed a second ago at most, or unknown with the
  /// reason.
  public Consumers consumers(String namespace) {
    var asking = asking(namespace);
    return consumers
        .in(namespace, _ -> CONSUMERS_KEPT, () -> isGoodPart.test(asking), this::listConsumers)
        .map(found -> found.apply(namespace))
        .orElseGet(() -> Consumers.unknown(STOPPING));
  }

  /// The number of namespaces that ask, with this one.
  private synchronized int asking(String namespace) {
    var now = nanos.getAsLong();
    asked.put(namespace, now);
    asked.values().removeIf(at -> now - at > ASKS.toNanos());
    return asked.size();
  }

  /// The operator changed workloads of the namespace: the next answer shows it.
  public void consumersChanged(String namespace) {
    consumers.forget(namespace, this::listConsumers);
  }

  /// The usage of the ServiceAccounts and Secrets of a namespace: listed since the last periodic
  /// resync, or half a minute ago at most for `news`. Pods that run now count on the day of `now`.
  public UsageListing usage(String namespace, Instant now, boolean news) {
    return usage
        .in(
            namespace,
            found -> news ? USAGE_KEPT_FOR_NEWS : found.kept(),
            // News of one namespace is no reason to list the others again.
            () -> !usage.isKeptEverywhere() && areIdentitiesEverywhere.getAsBoolean(),
            (scope, options) -> listUsage(scope, options, day(now)))
        .map(found -> found.in(namespace, accounts))
        .orElseGet(() -> new UsageListing(Map.of(), List.of(), List.of(STOPPING)));
  }

  /// A decision needs the usage as it is now: the next answer shows it.
  public void usageChanged(String namespace, Instant now) {
    usage.forget(namespace, (scope, options) -> listUsage(scope, options, day(now)));
  }

  private static LocalDate day(Instant now) {
    return now.atZone(ZoneOffset.UTC).toLocalDate();
  }

  private Function<String, Consumers> listConsumers(String scope, ListOptions options) {
    var found = new HashMap<String, ConsumerIndex>();
    Consumer<HasMetadata> take =
        object ->
            found.computeIfAbsent(namespace(object, scope), _ -> new ConsumerIndex()).add(object);
    try {
      workloads().forEach(kind -> kind.list(scope, options, take));
      // Last: the pods that a workload has created by now are listed too.
      var running = new ListOptionsBuilder(options).withFieldSelector(NOT_ENDED).build();
      kind(Pod.class).list(scope, running, take);
    } catch (Unlisted unlisted) {
      // Without one kind, the consumers of the other kinds would be taken for all.
      var unknown =
          Consumers.unknown(
              "%s of the namespace cannot be listed: %s".formatted(unlisted.plural, unlisted.why));
      return _ -> unknown;
    }
    var consumers = new HashMap<String, Consumers>();
    found.forEach((namespace, index) -> consumers.put(namespace, index.consumers()));
    return namespace -> consumers.getOrDefault(namespace, Consumers.NONE);
  }

  /// A kind that cannot be listed is a sentence in the answer, and hides nothing of the others.
  private Usage listUsage(String scope, ListOptions options, LocalDate today) {
    var found = new HashMap<String, UsageIndex>();
    var problems = new ArrayList<String>();
    var kinds =
        Stream.of(workloads(), Stream.of(kind(Ingress.class), optional(GATEWAY), kind(Pod.class)))
            .flatMap(Function.identity())
            .toList();
    for (var kind : kinds) {
      try {
        kind.list(
            scope,
            options,
            object ->
                found
                    .computeIfAbsent(namespace(object, scope), _ -> new UsageIndex())
                    .add(object, today));
      } catch (Unlisted unlisted) {
        problems.add("%s cannot be listed: %s".formatted(unlisted.plural, unlisted.why));
        if (!unlisted.isAnswered) {
          break;
        }
      }
    }
    return new Usage(found, problems, new ConcurrentHashMap<>());
  }

  /// The usage that was listed for the condition InUse: `found` by namespace.
  private record Usage(
      Map<String, UsageIndex> found, List<String> problems, Map<String, UsageListing> answers) {
    Duration kept() {
      return problems.isEmpty() ? USAGE_KEPT : USAGE_KEPT_IN_PART;
    }

    UsageListing in(
        String namespace, Function<String, Collection<? extends HasMetadata>> accounts) {
      return answers.computeIfAbsent(
          namespace,
          _ ->
              Objects.requireNonNullElseGet(found.get(namespace), UsageIndex::new)
                  .uses(accounts.apply(namespace), problems));
    }
  }

  private Stream<Kind<?>> workloads() {
    return Stream.concat(
        Stream.<Class<? extends HasMetadata>>of(
                Deployment.class, Job.class, StatefulSet.class, DaemonSet.class, CronJob.class)
            .map(this::kind),
        hasRollouts.getAsBoolean() ? Stream.of(optional(ArgoRollout.CONTEXT)) : Stream.of());
  }

  private <T extends HasMetadata> Kind<T> kind(Class<T> type) {
    return new Kind<>(HasMetadata.getPlural(type), client.resources(type), false);
  }

  private Kind<?> optional(ResourceDefinitionContext context) {
    return new Kind<>(context.getPlural(), client.genericKubernetesResources(context), true);
  }

  private static String namespace(HasMetadata object, String scope) {
    return Objects.requireNonNullElse(object.getMetadata().getNamespace(), scope);
  }

  /// A kind of object that can be listed. `isOptional`: the API server may not know it.
  private record Kind<T extends HasMetadata>(
      String plural,
      MixedOperation<T, ? extends KubernetesResourceList<T>, ?> all,
      boolean isOptional) {
    void list(String scope, ListOptions options, Consumer<? super T> take) {
      var objects = scope.equals(EVERYWHERE) ? all.inAnyNamespace() : all.inNamespace(scope);
      try {
        if (!Pages.read(objects, new ListOptionsBuilder(options).build(), take::accept)) {
          throw new Unlisted(plural, "the API server returned an empty answer", true);
        }
      } catch (KubernetesClientException answer) {
        if (!isOptional || answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          throw new Unlisted(plural, why(answer), answer.getCode() > 0);
        }
      }
    }
  }

  static String why(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getMessage)
        .flatMap(UntrustedText::present)
        .map(UntrustedText::oneLine)
        .orElse(
            answer.getCode() > 0
                ? "the API server answered " + answer.getCode()
                : "the API server does not answer");
  }

  /// A kind could not be listed. `isAnswered`: by an answer of the API server.
  private static final class Unlisted extends RuntimeException {
    private final String plural;
    private final String why;
    private final boolean isAnswered;

    Unlisted(String plural, String why, boolean isAnswered) {
      super(why, null, false, false);
      this.plural = plural;
      this.why = why;
      this.isAnswered = isAnswered;
    }
  }
}
