// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A long list, read page by page, so that neither the API server nor we hold all of it at once.
public record Pages<T extends HasMetadata>(
    KubernetesClient client,
    Class<T> kind,
    Optional<String> namespace,
    Optional<String> labels,
    Optional<String> fields) {
  /// The limit that [PageSize] replaces.
  public static final long A_PAGE = 250;

  /// The limit of the first list of a watch, which it replaces too.
  public static final long OF_A_WATCH = 500;

  /// `namespace` empty: all.
  public static <T extends HasMetadata> Pages<T> of(
      KubernetesClient client, Class<T> kind, Optional<String> namespace) {
    return new Pages<>(client, kind, namespace, Optional.empty(), Optional.empty());
  }

  public Pages<T> with(Optional<String> labels, Optional<String> fields) {
    return new Pages<>(client, kind, namespace, labels, fields);
  }

  public void forEach(Consumer<T> each) {
    var options =
        new ListOptionsBuilder()
            .withLimit(A_PAGE)
            .withLabelSelector(labels.orElse(null))
            .withFieldSelector(fields.orElse(null))
            .build();
    var resources = client.resources(kind);
    var all =
        namespace.isPresent() ? resources.inNamespace(namespace.get()) : resources.inAnyNamespace();
    if (!read(all, options, each)) {
      throw new KubernetesClientException(
          "The API server returned an empty response to a list request");
    }
  }

  private static final int TRIES = 5;

  /// Each try asks for fewer objects, see [PageSize].
  private static <T extends HasMetadata> @Nullable KubernetesResourceList<T> page(
      Listable<? extends KubernetesResourceList<T>> all, ListOptions options) {
    for (var left = TRIES; ; left--) {
      try {
        return all.list(options);
      } catch (KubernetesClientException failed) {
        if (left <= 1 || !PageSize.TooLarge.is(failed)) {
          throw failed;
        }
      }
    }
  }

  /// Those with a name, to the end of the last page that `options` lead to: without one there is
  /// nothing to say about an object. False where the API server answers with no list.
  public static <T extends HasMetadata> boolean read(
      Listable<? extends KubernetesResourceList<T>> all, ListOptions options, Consumer<T> each) {
    do {
      var page = page(all, options);
      if (page == null) {
        return false;
      }
      NullSafe.in(page.getItems()).filter(Metadata::hasName).forEach(each);
      options.setContinue(page.getMetadata() == null ? null : page.getMetadata().getContinue());
    } while (UntrustedText.present(options.getContinue()).isPresent());
    return true;
  }
}
