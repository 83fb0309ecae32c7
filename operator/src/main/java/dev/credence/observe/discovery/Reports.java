// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.discovery;

import dev.credence.facts.discovery.ReportKind;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Lists the reports that have the operator's name: at the interval of the periodic resync, and
/// without a watch.
public final class Reports {
  private static final Set<String> ABOUT_THE_OBJECT = Set.of("apiVersion", "kind", "metadata");

  private final KubernetesClient client;
  private final Set<String> namespaces;

  /// `content`: all of it but its metadata. `ours` false: another client created it.
  public record Found(
      String namespace,
      String uid,
      String resourceVersion,
      boolean ours,
      Map<String, Object> content) {}

  /// Empty `namespaces`: all.
  public Reports(KubernetesClient client, Set<String> namespaces) {
    this.client = client;
    this.namespaces = Set.copyOf(namespaces);
  }

  /// Whether the API server knows the kind now.
  public boolean isServed(ReportKind kind) {
    return client.supports(kind.apiVersion(), kind.name());
  }

  public List<Found> list(ReportKind kind) {
    var resources = client.genericKubernetesResources(context(kind));
    var lists =
        namespaces.isEmpty()
            ? Stream.of(resources.inAnyNamespace())
            : namespaces.stream().sorted().map(resources::inNamespace);
    return lists
        .flatMap(
            found ->
                NullSafe.in(found.withField("metadata.name", ReportKind.NAME).list().getItems()))
        .map(Reports::found)
        .toList();
  }

  private static Found found(GenericKubernetesResource object) {
    var meta = object.getMetadata();
    var content = new TreeMap<String, Object>(object.getAdditionalProperties());
    content.keySet().removeAll(ABOUT_THE_OBJECT);
    return new Found(
        meta.getNamespace(),
        Objects.requireNonNull(meta.getUid()),
        Objects.requireNonNull(meta.getResourceVersion()),
        FieldOwners.weWrote(meta),
        content);
  }

  /// Said in full, so that the client needs not ask for it.
  public static ResourceDefinitionContext context(ReportKind kind) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(kind.group())
        .withVersion(kind.version())
        .withKind(kind.name())
        .withPlural(kind.plural())
        .withNamespaced(true)
        .build();
  }
}
