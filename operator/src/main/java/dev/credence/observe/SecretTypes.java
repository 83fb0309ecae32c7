package dev.credence.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
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
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Of which type is a Secret? Its metadata does not say, and its value is not for us: so the API
/// server is asked for the metadata of those of each type that matters. A type never changes, so
/// that it is asked again only where there are Secrets that were not there at the last answer.
final class SecretTypes {
  private static final List<String> THAT_MATTER =
      List.of(
          "kubernetes.io/service-account-token",
          "kubernetes.io/basic-auth",
          "kubernetes.io/ssh-auth",
          "kubernetes.io/tls",
          "kubernetes.io/dockerconfigjson",
          "kubernetes.io/dockercfg",
          "bootstrap.kubernetes.io/token");

  /// Any other one.
  private static final String ANOTHER = "Opaque";

  private static final long PAGE = 500;
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
  SecretTypes(KubernetesClient metadata, Set<String> namespaces) {
    this(metadata, namespaces, System::nanoTime);
  }

  SecretTypes(KubernetesClient metadata, Set<String> namespaces, LongSupplier nanos) {
    this.metadata = metadata;
    this.namespaces = Set.copyOf(namespaces);
    this.nanos = nanos;
  }

  /// By UID, of as many of these Secrets as is known.
  synchronized Map<String, String> of(Collection<? extends HasMetadata> secrets) {
    var uids =
        secrets.stream().map(secret -> secret.getMetadata().getUid()).collect(Collectors.toSet());
    behind = !known.keySet().containsAll(uids);
    if (behind && mayAsk()) {
      ask(uids);
    }
    return known;
  }

  /// Why the types are not known.
  synchronized Optional<String> problem() {
    return problem;
  }

  /// There are Secrets of which it was not asked yet.
  synchronized boolean isBehind() {
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
        list(type).forEach(secret -> answer.put(secret.getMetadata().getUid(), type));
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
                  : "Secrets cannot be listed by their type (the API server answers "
                      + answer.getCode()
                      + ")");
    }
  }

  private Stream<Secret> list(String type) {
    return namespaces.isEmpty()
        ? list(type, "")
        : namespaces.stream().flatMap(namespace -> list(type, namespace));
  }

  /// Pages of them; an empty namespace: all.
  private Stream<Secret> list(String type, String namespace) {
    var all = Stream.<Secret>of();
    var next = "";
    do {
      var options = new ListOptionsBuilder().withFieldSelector("type=" + type).withLimit(PAGE);
      if (!next.isEmpty()) {
        options.withContinue(next);
      }
      var page =
          namespace.isEmpty()
              ? metadata.secrets().inAnyNamespace().list(options.build())
              : metadata.secrets().inNamespace(namespace).list(options.build());
      all = Stream.concat(all, Each.in(page.getItems()));
      next = Texts.present(page.getMetadata().getContinue()).orElse("");
    } while (!next.isEmpty());
    return all;
  }
}
