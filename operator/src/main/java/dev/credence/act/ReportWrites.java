// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.facts.discovery.ReportKind;
import dev.credence.observe.discovery.Reports;
import dev.credence.plan.Result;
import dev.credence.plan.Results;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Our report in each namespace. It is created by a plain POST, which is refused where others
/// have an object of its name; after that only the very object that we made is changed or
/// deleted.
///
/// Each method throws the client's own exception where the API server says no or nothing.
public final class ReportWrites {
  private static final String SOURCE = "credence";

  private final KubernetesClient client;

  /// The object as the API server stored it.
  public record Written(String uid, String resourceVersion) {}

  public ReportWrites(KubernetesClient client) {
    this.client = client;
  }

  public Written create(ReportKind kind, String namespace, Map<String, Object> content) {
    return written(
        client
            .genericKubernetesResources(Reports.context(kind))
            .inNamespace(namespace)
            .resource(object(kind, namespace, content))
            .create());
  }

  /// Replaces a report by server-side apply. With the UID, since an apply would otherwise overwrite
  /// another object of the same name; by force, since the report is Credence's.
  public Written replace(
      ReportKind kind, String namespace, String uid, Map<String, Object> content) {
    var object = object(kind, namespace, content);
    object.getMetadata().setUid(uid);
    return written(
        client
            .genericKubernetesResources(Reports.context(kind))
            .inNamespace(namespace)
            .resource(object)
            .fieldManager(Api.MANAGER)
            .forceConflicts()
            .serverSideApply());
  }

  /// Only the version that was read or written last.
  public void delete(ReportKind kind, String namespace, String resourceVersion) {
    client
        .genericKubernetesResources(Reports.context(kind))
        .inNamespace(namespace)
        .withName(ReportKind.NAME)
        .lockResourceVersion(resourceVersion)
        .delete();
  }

  /// The content of the object without its metadata.
  public static Map<String, Object> content(ReportKind kind, String namespace, Results results) {
    var content = new TreeMap<String, Object>();
    if (kind == ReportKind.Report) {
      content.put("source", SOURCE);
    }
    content.put(
        "summary",
        Map.of(
            "pass",
            0,
            "fail",
            results.fails(),
            "warn",
            results.warns(),
            "error",
            0,
            "skip",
            results.skips()));
    content.put("results", results.listed().stream().map(one -> result(namespace, one)).toList());
    return content;
  }

  private static Map<String, Object> result(String namespace, Result result) {
    var content = new TreeMap<String, Object>();
    content.put("source", SOURCE);
    content.put("policy", SOURCE);
    content.put("rule", result.rule());
    content.put("category", result.category());
    content.put("severity", result.severity().name().toLowerCase(Locale.ROOT));
    content.put("result", result.outcome().name().toLowerCase(Locale.ROOT));
    content.put("message", result.message());
    result
        .identity()
        .ifPresent(
            identity ->
                content.put(
                    "resources",
                    List.of(
                        Map.of(
                            "apiVersion",
                            Api.GROUP + "/" + Api.VERSION,
                            "kind",
                            "MachineIdentity",
                            "namespace",
                            namespace,
                            "name",
                            identity.name(),
                            "uid",
                            identity.uid()))));
    return content;
  }

  private static GenericKubernetesResource object(
      ReportKind kind, String namespace, Map<String, Object> content) {
    var object =
        new GenericKubernetesResourceBuilder()
            .withApiVersion(kind.apiVersion())
            .withKind(kind.name())
            .withNewMetadata()
            .withName(ReportKind.NAME)
            .withNamespace(namespace)
            .addToLabels(Api.MANAGED_BY, Api.MANAGER)
            .endMetadata()
            .build();
    object.setAdditionalProperties(content);
    return object;
  }

  private static Written written(GenericKubernetesResource answer) {
    return new Written(
        Objects.requireNonNull(answer.getMetadata().getUid()),
        Objects.requireNonNull(answer.getMetadata().getResourceVersion()));
  }
}
