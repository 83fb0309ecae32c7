// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.api.Api;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.UsageListing;
import dev.credence.facts.usage.UsageListing.SetUp;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Collects the ServiceAccounts and Secrets that the objects of a namespace use.
///
/// A hook uses both values of a Secret for the sake of a rotation, so that it shows nothing about
/// the Secret; its account is at work all the same. A Job that something else has made says no more
/// than its maker does, and comes and goes.
public final class UsageIndex {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final Set<String> hooks = new HashSet<>();
  private final Map<ObjectRef, LocalDate> ran = new HashMap<>();
  private final Set<SetUp> setUp = new TreeSet<>();
  private final Set<String> unread = new TreeSet<>();

  /// Pods, and all others, of one namespace. `today` in UTC.
  public static UsageListing of(
      List<? extends HasMetadata> others, List<Pod> pods, LocalDate today, List<String> problems) {
    var found = new UsageIndex();
    others.forEach(other -> found.add(other, today));
    pods.forEach(pod -> found.add(pod, today));
    return found.uses(List.of(), problems);
  }

  /// Pods last, since the other objects tell which pods are those of hooks. `today` in UTC.
  void add(HasMetadata object, LocalDate today) {
    try {
      FaultBarrier.named(
          object,
          () -> {
            if (object instanceof Pod pod) {
              read(pod, today);
            } else {
              read(object);
            }
            return true;
          });
    } catch (FaultBarrier fault) {
      unread.add(FaultBarrier.line(fault));
    }
  }

  private void read(HasMetadata other) {
    if (other instanceof Job && Workloads.isHook(other)) {
      hooks.add(other.getMetadata().getName());
    }
    setUp(other).forEach(setUp::add);
  }

  private void read(Pod pod, LocalDate today) {
    var day = day(pod, today);
    subjects(pod.getSpec(), isHook(pod, hooks))
        .forEach(
            subject -> ran.merge(subject, day, (one, other) -> one.isAfter(other) ? one : other));
  }

  /// `also` uses what it uses, too.
  UsageListing uses(Collection<? extends HasMetadata> also, List<String> problems) {
    return new UsageListing(
        ran,
        Stream.concat(setUp.stream(), also.stream().flatMap(UsageIndex::setUp))
            .distinct()
            .sorted()
            .toList(),
        Stream.concat(problems.stream(), unread.stream()).distinct().sorted().toList());
  }

  private static boolean isHook(Pod pod, Set<String> hooks) {
    return Metadata.labels(pod.getMetadata()).containsKey(Api.HOOK_FOR)
        || Metadata.controllers(pod.getMetadata())
            .anyMatch(owner -> "Job".equals(owner.getKind()) && hooks.contains(owner.getName()));
  }

  /// One that has ended counts on the day of its start: when it ended is not always to be seen.
  private static LocalDate day(Pod pod, LocalDate today) {
    var status = Optional.ofNullable(pod.getStatus());
    if (status.map(PodStatus::getPhase).filter(ENDED::contains).isEmpty()) {
      return today;
    }
    return status
        .flatMap(known -> UntrustedText.time(known.getStartTime()))
        .or(() -> UntrustedText.time(pod.getMetadata().getCreationTimestamp()))
        .map(time -> time.atZone(ZoneOffset.UTC).toLocalDate())
        .filter(today::isAfter)
        .orElse(today);
  }

  private static Stream<SetUp> setUp(HasMetadata object) {
    var name = object.getMetadata().getName();
    return switch (object) {
      case Deployment _, StatefulSet _, DaemonSet _, CronJob _ ->
          byTemplate(object, HasMetadata.getKind(object.getClass()));
      case Job it
          when Metadata.controllers(it.getMetadata()).findAny().isEmpty()
              && Workloads.of(it).isPresent() ->
          byTemplate(it, "Job");
      case Ingress it ->
          in(it.getSpec()).map(IngressSpec::getTls).stream()
              .flatMap(NullSafe::in)
              .flatMap(tls -> in(tls).map(IngressTLS::getSecretName).stream())
              .filter(secret -> !secret.isBlank())
              .map(secret -> new SetUp(ObjectRef.secret(secret), "Ingress", name));
      case ServiceAccount it ->
          NullSafe.in(it.getImagePullSecrets())
              .flatMap(reference -> Stream.ofNullable(reference.getName()))
              .filter(secret -> !secret.isBlank())
              .map(secret -> new SetUp(ObjectRef.secret(secret), "ServiceAccount", name));
      case GenericKubernetesResource it when ArgoRollout.of(it).isPresent() ->
          byTemplate(it, ArgoRollout.KIND);
      case GenericKubernetesResource it ->
          certificates(it).map(secret -> new SetUp(ObjectRef.secret(secret), it.getKind(), name));
      default -> Stream.empty();
    };
  }

  private static Stream<SetUp> byTemplate(HasMetadata object, String kind) {
    return PodTemplates.of(object).map(PodTemplateSpec::getSpec).stream()
        .flatMap(spec -> subjects(spec, Workloads.isHook(object)))
        .map(subject -> new SetUp(subject, kind, object.getMetadata().getName()));
  }

  private static Stream<ObjectRef> subjects(@Nullable PodSpec spec, boolean isHook) {
    var account =
        in(spec)
            .flatMap(
                pod ->
                    UntrustedText.present(pod.getServiceAccountName())
                        .or(() -> UntrustedText.present(pod.getServiceAccount())))
            .orElse("default");
    return Stream.concat(
        Stream.of(ObjectRef.account(account)),
        isHook ? Stream.of() : SecretReferences.of(spec).stream().map(ObjectRef::secret));
  }

  /// Of a Gateway, as far as they are Secrets of its own namespace.
  private static Stream<String> certificates(GenericKubernetesResource gateway) {
    var namespace = gateway.getMetadata().getNamespace();
    return each(gateway.get("spec", "listeners"))
        .map(listener -> listener.get("tls"))
        .filter(Map.class::isInstance)
        .flatMap(tls -> each(((Map<?, ?>) tls).get("certificateRefs")))
        .filter(reference -> isOr(reference.get("kind"), "Secret"))
        .filter(reference -> isOr(reference.get("group"), ""))
        .filter(reference -> isOr(reference.get("namespace"), namespace))
        .map(reference -> reference.get("name"))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(name -> !name.isBlank());
  }

  private static Stream<Map<?, ?>> each(@Nullable Object list) {
    return list instanceof List<?> items
        ? items.stream().filter(Map.class::isInstance).<Map<?, ?>>map(item -> (Map<?, ?>) item)
        : Stream.of();
  }

  private static boolean isOr(@Nullable Object written, @Nullable String otherwise) {
    return written == null || written.equals(otherwise);
  }

  private static <T> Optional<T> in(@Nullable T part) {
    return Optional.ofNullable(part);
  }
}
