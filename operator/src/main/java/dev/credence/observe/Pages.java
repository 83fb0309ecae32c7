package dev.credence.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.function.Consumer;

/// A long list, read page by page, so that neither the API server nor we hold all of it at once.
public record Pages<T extends HasMetadata>(
    KubernetesClient client,
    Class<T> kind,
    Optional<String> namespace,
    Optional<String> labels,
    Optional<String> fields) {
  private static final long A_PAGE = 500;

  /// `namespace` empty: all.
  public static <T extends HasMetadata> Pages<T> of(
      KubernetesClient client, Class<T> kind, Optional<String> namespace) {
    return new Pages<>(client, kind, namespace, Optional.empty(), Optional.empty());
  }

  public Pages<T> with(Optional<String> labels, Optional<String> fields) {
    return new Pages<>(client, kind, namespace, labels, fields);
  }

  public void forEach(Consumer<T> each) {
    var next = "";
    do {
      var options =
          new ListOptionsBuilder()
              .withLimit(A_PAGE)
              .withLabelSelector(labels.orElse(null))
              .withFieldSelector(fields.orElse(null))
              .withContinue(next.isEmpty() ? null : next)
              .build();
      var resources = client.resources(kind);
      var page =
          namespace.isPresent()
              ? resources.inNamespace(namespace.get()).list(options)
              : resources.inAnyNamespace().list(options);
      Each.in(page.getItems())
          .filter(item -> item.getMetadata() != null && item.getMetadata().getName() != null)
          .forEach(each);
      next = Optional.ofNullable(page.getMetadata().getContinue()).orElse("");
    } while (!next.isEmpty());
  }
}
