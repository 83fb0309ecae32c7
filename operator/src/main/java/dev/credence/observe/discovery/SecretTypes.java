// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.discovery;

import dev.credence.client.Pages;
import dev.credence.facts.credential.CredentialType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the types of Secrets. The metadata of a Secret does not contain it, and its value is not
/// read: so the API server is asked for the metadata of those of each type that matters. A type
/// never changes, so it is asked again only where there are Secrets that did not exist at the last
/// answer.
public final class SecretTypes {
  private static final List<String> THAT_MATTER =
      Stream.concat(
              Stream.of(CredentialType.SERVICE_ACCOUNT_TOKEN),
              Stream.of(CredentialType.values()).map(CredentialType::type))
          .toList();

  /// Any other one.
  private static final String ANOTHER = "Opaque";

  private static final long AT_MOST_EVERY = Duration.ofSeconds(10).toNanos();
  private static final long AFTER_A_PROBLEM = Duration.ofMinutes(1).toNanos();

  private final KubernetesClient metadata;
  private final Set<String> namespaces;
  private final LongSupplier nanos;
  private Map<String, String> known = Map.of();
  private Optional<String> problem = Optional.empty();
  private boolean asked;
  private boolean behind;
  private long askedAt;

  /// `metadata` is a client with [MetadataOnly]; empty `namespaces`: all.
  public SecretTypes(KubernetesClient metadata, Set<String> namespaces) {
    this(metadata, namespaces, System::nanoTime);
  }

  public SecretTypes(KubernetesClient metadata, Set<String> namespaces, LongSupplier nanos) {
    this.metadata = metadata;
    this.namespaces = Set.copyOf(namespaces);
    this.nanos = nanos;
  }

  /// By UID, of as many of these Secrets as is known.
  public synchronized Map<String, String> of(Collection<? extends HasMetadata> secrets) {
    var uids =
        secrets.stream().map(secret -> secret.getMetadata().getUid()).collect(Collectors.toSet());
    behind = !known.keySet().containsAll(uids);
    if (behind && mayAsk()) {
      ask(uids);
    }
    return known;
  }

  /// Why the types are not known.
  public synchronized Optional<String> problem() {
    return problem;
  }

  /// There are Secrets of which it was not asked yet.
  public synchronized boolean isBehind() {
    return behind;
  }

  private boolean mayAsk() {
    var pause = problem.isPresent() ? AFTER_A_PROBLEM : AT_MOST_EVERY;
    return !asked || nanos.getAsLong() - askedAt > pause;
  }

  private void ask(Set<String> uids) {
    asked = true;
    askedAt = nanos.getAsLong();
    try {
      var answer = new HashMap<String, String>();
      for (var type : THAT_MATTER) {
        each(type, secret -> answer.put(secret.getMetadata().getUid(), type));
      }
      // They were there before it was asked, so that they are of none of these types.
      uids.forEach(uid -> answer.putIfAbsent(uid, ANOTHER));
      known = Map.copyOf(answer);
      problem = Optional.empty();
      behind = false;
    } catch (KubernetesClientException answer) {
      problem =
          Optional.of(
              answer.getCode() == 403
                  ? "no permission to list Secrets"
                  : "Secrets cannot be listed by their type (the API server answered "
                      + answer.getCode()
                      + ")");
    }
  }

  private void each(String type, Consumer<Secret> secret) {
    var field = Optional.of("type=" + type);
    (namespaces.isEmpty()
            ? Stream.of(Optional.<String>empty())
            : namespaces.stream().map(Optional::of))
        .forEach(
            namespace ->
                Pages.of(metadata, Secret.class, namespace)
                    .with(Optional.empty(), field)
                    .forEach(secret));
  }
}
