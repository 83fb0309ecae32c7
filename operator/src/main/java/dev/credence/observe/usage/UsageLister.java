// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.client.Pages;
import dev.credence.facts.usage.UsageListing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// Who uses the ServiceAccounts and Secrets of a namespace: pods and workloads are too many to be
/// watched for what matters once a day. A namespace is listed at the first look at an identity in
/// it, and then not before the next sweep; what is kept of it is who uses what, and no object.
///
/// Where a good part of all namespaces have identities, all are listed at once, in pages: eight
/// requests for each of a thousand namespaces would be more than the API server should be asked.
///
/// What cannot be listed is a sentence in the answer, and hides nothing of the rest.
public final class UsageLister {
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

  private static final String EVERYWHERE = "";

  private final KubernetesClient client;
  private final Function<String, Collection<? extends HasMetadata>> accounts;
  private final BooleanSupplier hasRollouts;
  private final BooleanSupplier isWide;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();

  /// `client` is one that is answered with whole objects. `accounts`: the ServiceAccounts of a
  /// namespace, which are watched anyway. `hasRollouts`: whether Argo Rollouts are installed.
  /// `isWide`: whether so many namespaces have identities that all are best listed at once.
  public UsageLister(
      KubernetesClient client,
      Function<String, Collection<? extends HasMetadata>> accounts,
      BooleanSupplier hasRollouts,
      BooleanSupplier isWide) {
    this.client = client;
    this.accounts = accounts;
    this.hasRollouts = hasRollouts;
    this.isWide = isWide;
  }

  /// `anew`: what was listed some minutes ago will not do.
  public UsageListing in(String namespace, Instant now, boolean anew) {
    return look(namespace, now, anew).answer(namespace);
  }

  private synchronized Look look(String namespace, Instant now, boolean anew) {
    return Stream.of(namespace, EVERYWHERE)
        .flatMap(scope -> Stream.ofNullable(looks.get(scope)))
        .filter(look -> !look.isOver(now, anew))
        .findFirst()
        .orElseGet(() -> begin(isWide(now) ? EVERYWHERE : namespace, now));
  }

  /// News of one namespace is no reason to list the others again.
  private boolean isWide(Instant now) {
    var all = looks.get(EVERYWHERE);
    return (all == null || all.isOver(now, false)) && isWide.getAsBoolean();
  }

  private Look begin(String scope, Instant now) {
    looks.values().removeIf(old -> old.isOlder(FORGOTTEN, now));
    var look = new Look(scope, now);
    looks.put(scope, look);
    return look;
  }

  /// The next answer is what is there then.
  public synchronized void forget(String namespace, Instant now) {
    begin(namespace, now);
  }

  /// One look at a namespace, or at all: taken by the first who wants to know, waited for by the
  /// others.
  private final class Look {
    private final Instant at;
    private final FutureTask<Listing> task;
    private final Map<String, UsageListing> answers = new ConcurrentHashMap<>();

    Look(String scope, Instant at) {
      this.at = at;
      this.task = new FutureTask<>(() -> list(scope, at));
    }

    UsageListing answer(String namespace) {
      task.run();
      try {
        var listing = task.get();
        return answers.computeIfAbsent(namespace, listing::uses);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new UsageListing(Map.of(), List.of(), List.of("the operator is being stopped"));
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

    private static Duration kept(Listing found, boolean anew) {
      if (anew) {
        return KEPT_FOR_NEWS;
      }
      return found.problems.isEmpty() ? KEPT : KEPT_IN_PART;
    }

    /// By a clock that may be put back.
    boolean isOlder(Duration than, Instant now) {
      return Duration.between(at, now).abs().compareTo(than) > 0;
    }
  }

  private Listing list(String scope, Instant now) {
    var listing = new Listing(scope);
    Stream.of(
            Deployment.class,
            StatefulSet.class,
            DaemonSet.class,
            CronJob.class,
            Job.class,
            Ingress.class)
        .forEach(listing::others);
    listing.gateways();
    if (hasRollouts.getAsBoolean()) {
      listing.rollouts();
    }
    listing.pods(now.atZone(ZoneOffset.UTC).toLocalDate());
    return listing;
  }

  private final class Listing {
    private final String scope;
    private final Map<String, UsageIndex> found = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private boolean isUnanswered;

    Listing(String scope) {
      this.scope = scope;
    }

    UsageListing uses(String namespace) {
      return Objects.requireNonNullElseGet(found.get(namespace), UsageIndex::new)
          .uses(accounts.apply(namespace), problems);
    }

    <T extends HasMetadata> void others(Class<T> kind) {
      list(
          HasMetadata.getPlural(kind),
          false,
          inScope(client.resources(kind)),
          other -> of(other).add(other));
    }

    void pods(LocalDate today) {
      list("pods", false, inScope(client.pods()), pod -> of(pod).add(pod, today));
    }

    /// Where nobody installed the kind there are none.
    void gateways() {
      list(
          "gateways",
          true,
          inScope(client.genericKubernetesResources(GATEWAY)),
          gateway -> of(gateway).add(gateway));
    }

    void rollouts() {
      list(
          "rollouts",
          true,
          inScope(client.genericKubernetesResources(ArgoRollout.CONTEXT)),
          rollout -> of(rollout).add(rollout));
    }

    private <L> Listable<L> inScope(MixedOperation<?, L, ?> all) {
      return scope.equals(EVERYWHERE) ? all.inAnyNamespace() : all.inNamespace(scope);
    }

    private UsageIndex of(HasMetadata object) {
      var namespace = Objects.requireNonNullElse(object.getMetadata().getNamespace(), scope);
      return found.computeIfAbsent(namespace, _ -> new UsageIndex());
    }

    private <T extends HasMetadata> void list(
        String plural,
        boolean mayBeAbsent,
        Listable<? extends KubernetesResourceList<T>> all,
        Consumer<T> take) {
      if (isUnanswered) {
        // Who does not answer the first is not asked the others.
        return;
      }
      try {
        if (!Pages.read(all, scope.equals(EVERYWHERE) ? inPages() : fromCache(), take)) {
          problems.add(plural + " cannot be listed: the API server answers with nothing");
        }
      } catch (KubernetesClientException answer) {
        if (!mayBeAbsent || answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          isUnanswered = answer.getCode() <= 0;
          problems.add(plural + " cannot be listed: " + ConsumerLister.why(answer));
        }
      }
    }
  }

  /// The API server answers from its cache, which may be a moment behind.
  private static ListOptions fromCache() {
    return new ListOptionsBuilder().withResourceVersion("0").build();
  }

  private static ListOptions inPages() {
    return new ListOptionsBuilder().withLimit(Pages.A_PAGE).build();
  }
}
