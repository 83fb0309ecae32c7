// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The termination message of the container of a failed hook, from the status of its pod: one line
/// of at most 400 characters. It is withheld if it repeats 8 characters of a secret value in the
/// Secret of the hook, and is missing if that Secret cannot be read.
///
/// The API server is asked once for each Job that failed.
public final class TerminationMessages {
  /// Of the Job with this UID, by the controller of Jobs.
  public static final String JOB_UID = "batch.kubernetes.io/controller-uid";

  static final String WITHHELD = "(message withheld: it repeats a part of the credential)";

  private static final int LONGEST = 400;

  /// So many characters of a value are a part of it.
  private static final int PART = 8;

  private static final int SHORTEST_VALUE = 4;
  private static final int MOST_KEPT = 1_000;

  private final KubernetesClient client;
  private final Map<String, Optional<String>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<String>> eldest) {
          return size() > MOST_KEPT;
        }
      };

  public TerminationMessages(KubernetesClient client) {
    this.client = client;
  }

  /// `open`: the keys of the Secret that are not secret. Empty if there is no message, or if the
  /// API server refuses to answer.
  public Optional<String> of(String namespace, HookJob job, Set<String> open) {
    var uid = job.preconditions().uid();
    synchronized (known) {
      var before = known.get(uid);
      if (before != null) {
        return before;
      }
    }
    var message = read(namespace, job, open);
    synchronized (known) {
      known.put(uid, message);
    }
    return message;
  }

  private Optional<String> read(String namespace, HookJob job, Set<String> open) {
    try {
      var pods =
          client
              .pods()
              .inNamespace(namespace)
              .withLabel(JOB_UID, job.preconditions().uid())
              .list()
              .getItems();
      return message(pods, job).isEmpty()
          ? Optional.empty()
          : among(pods, job, secrets(namespace, job), open);
    } catch (KubernetesClientException unanswered) {
      // The condition of the Job is enough to go on.
      return Optional.empty();
    }
  }

  private List<Secret> secrets(String namespace, HookJob job) {
    return Stream.of(job.secret(), ObjectRef.pendingOf(job.secret()).name())
        .<@Nullable Secret>map(name -> client.secrets().inNamespace(namespace).withName(name).get())
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /// The message of the newest of these pods. `secrets`: those with the values of the hook.
  public static Optional<String> among(
      List<Pod> pods, HookJob job, List<Secret> secrets, Set<String> open) {
    var isRead =
        secrets.stream().anyMatch(one -> job.valueUid().equals(one.getMetadata().getUid()));
    return message(pods, job)
        .filter(_ -> isRead)
        .map(
            text ->
                secrets.stream().anyMatch(secret -> repeats(text, secret, open))
                    ? WITHHELD
                    : line(text));
  }

  private static Optional<String> message(List<Pod> pods, HookJob job) {
    return pods.stream()
        .filter(pod -> isOf(pod, job))
        .flatMap(pod -> Stream.ofNullable(pod.getStatus()))
        .flatMap(TerminationMessages::failures)
        .filter(end -> end.getMessage() != null && !end.getMessage().isBlank())
        .max(Comparator.comparing(end -> Objects.requireNonNullElse(end.getFinishedAt(), "")))
        .map(ContainerStateTerminated::getMessage);
  }

  private static boolean isOf(Pod pod, HookJob job) {
    return Metadata.controllers(pod.getMetadata())
        .anyMatch(owner -> job.preconditions().uid().equals(owner.getUid()));
  }

  private static Stream<ContainerStateTerminated> failures(PodStatus status) {
    return Stream.concat(
            NullSafe.in(status.getInitContainerStatuses()),
            NullSafe.in(status.getContainerStatuses()))
        .map(ContainerStatus::getState)
        .flatMap(Stream::ofNullable)
        .map(ContainerState::getTerminated)
        .flatMap(Stream::ofNullable)
        .filter(end -> end.getExitCode() != null && end.getExitCode() != 0);
  }

  /// The end of a long text: the message may be the last lines of the log.
  private static String line(String text) {
    var line = InvisibleCharacters.replaced(text, " ").replaceAll("\\s+", " ").strip();
    if (line.length() <= LONGEST) {
      return line;
    }
    var start = line.length() - LONGEST + 1;
    return "…" + line.substring(Character.isLowSurrogate(line.charAt(start)) ? start + 1 : start);
  }

  private static boolean repeats(String text, Secret secret, Set<String> open) {
    var joined = text.replaceAll("\\s+", "");
    var parts = new HashSet<String>();
    parts(text, parts);
    parts(joined, parts);
    return Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
        .entrySet()
        .stream()
        .filter(entry -> !open.contains(key(entry.getKey())))
        .flatMap(entry -> forms(entry.getValue()))
        .anyMatch(
            value ->
                value.length() < PART
                    ? value.length() >= SHORTEST_VALUE && joined.contains(value)
                    : isAnyIn(parts, value));
  }

  private static String key(String key) {
    return key.endsWith(Api.PREVIOUS)
        ? key.substring(0, key.length() - Api.PREVIOUS.length())
        : key;
  }

  /// The value as it may be written in a message: line by line, in Base64, in a URL.
  private static Stream<String> forms(String base64) {
    var value = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    return Stream.concat(
        Stream.of(base64),
        value
            .lines()
            .map(String::strip)
            .filter(line -> !line.startsWith("-----"))
            .flatMap(line -> Stream.of(line, URLEncoder.encode(line, StandardCharsets.UTF_8))));
  }

  private static void parts(String text, Set<String> all) {
    for (var at = 0; at + PART <= text.length(); at++) {
      all.add(text.substring(at, at + PART));
    }
  }

  private static boolean isAnyIn(Set<String> parts, String value) {
    for (var at = 0; at + PART <= value.length(); at++) {
      if (parts.contains(value.substring(at, at + PART))) {
        return true;
      }
    }
    return false;
  }
}
