// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import dev.credence.api.Api;
import dev.credence.observe.Garbage;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What somebody plants to have it read: an object of each kind that is watched or listed, with
/// whatever the API server lets in.
public final class Planted {
  private static final String POD =
      "{restartPolicy: Never, containers: [{name: a, image: postgres:18, envFrom: [{secretRef: {name: crm-db}}]}]}";

  /// What is without the key of its list: nobody can apply to such an account.
  private static final String UNAPPLIABLE = "secrets: [{name: crm-db}, {namespace: kube-system}]";

  private static final List<String> LABELS =
      List.of("crm", "credence", "", "A", "x".repeat(63), "a_b.c", "2027-01-01", "1");

  public static Stream<HasMetadata> objects(
      Garbage garbage, String namespace, String uid, int number) {
    var template = "{template: {metadata: {labels: {planted: here}}, spec: %s}}".formatted(POD);
    return Stream.<HasMetadata>of(
            of("v1", "Secret", "stringData: {password: planted}"),
            of(
                "v1",
                "Secret",
                "type: kubernetes.io/tls, stringData: {tls.crt: '-----BEGIN CERTIFICATE-----', tls.key: none}"),
            of("v1", "ServiceAccount", number == 0 ? UNAPPLIABLE : "secrets: [{name: crm-db}]"),
            of("v1", "ConfigMap", "data: {planted: here}"),
            of("v1", "Pod", "spec: " + POD),
            of("batch/v1", "Job", "spec: {suspend: true, template: {spec: %s}}".formatted(POD)),
            of(
                "batch/v1",
                "CronJob",
                "spec: {schedule: '0 0 30 2 *', suspend: true, jobTemplate: {spec: {template: {spec: %s}}}}"
                    .formatted(POD)),
            of(
                "apps/v1",
                "Deployment",
                "spec: {replicas: 0, selector: {matchLabels: {planted: here}}, template: {metadata: {labels: {planted: here}}, spec: %s}}"
                    .formatted(POD.replace("restartPolicy: Never, ", ""))),
            of(
                "networking.k8s.io/v1",
                "Ingress",
                "spec: {tls: [{secretName: crm-db}, {}], defaultBackend: {service: {name: a, port: {number: 1}}}}"),
            of(
                "rbac.authorization.k8s.io/v1",
                "Role",
                "rules: [{apiGroups: ['', '*'], resources: [secrets, '*/*', '/'], verbs: ['*', use], resourceNames: ['../x', '']}]"),
            of(
                "rbac.authorization.k8s.io/v1",
                "RoleBinding",
                "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'not:there'}, subjects: [{kind: ServiceAccount, name: planted, namespace: %s}, {apiGroup: rbac.authorization.k8s.io, kind: User, name: 'system:serviceaccount::'}, {apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:serviceaccounts:'}]"
                    .formatted(namespace)),
            of(
                "credence.dev/v1alpha1",
                "MachineIdentity",
                "spec: {selector: {matchLabels: {planted: here}}, secrets: [{name: crm-db}]}"))
        .map(object -> with(object, garbage, namespace, uid, number));
  }

  private static HasMetadata of(String apiVersion, String kind, String rest) {
    return Scene.read(
        "{apiVersion: %s, kind: %s, %s}".formatted(apiVersion, kind, rest),
        GenericKubernetesResource.class);
  }

  private static HasMetadata with(
      HasMetadata object, Garbage garbage, String namespace, String uid, int number) {
    var annotations = garbage.annotations(Garbage.KEYS);
    annotations.replaceAll((key, text) -> text.length() > 20_000 ? "" : text);
    // Those are guarded by the API server itself.
    annotations.keySet().removeAll(List.of(Api.APPROVE, Api.REVIEW, Api.ISSUED_PROBE));
    // Accounts of one that is suspended belong to no other identity.
    annotations.keySet().removeAll(List.of(Api.SUSPEND, Api.COMPROMISED));
    var labels = new HashMap<String, String>();
    labels.put("planted", "here");
    if (number == 0 && object.getKind().equals("ServiceAccount")) {
      // Nothing stands in the way of its marks but what it is.
      annotations.clear();
      object.setMetadata(metadata(namespace, annotations, labels));
      return object;
    }
    Garbage.KEYS.forEach(
        key -> {
          if (garbage.perhaps()) labels.put(key, garbage.of(LABELS));
        });
    // So that it is watched at all.
    if (object.getKind().equals("Job")) {
      labels.putIfAbsent(Api.IDENTITY, "crm");
    }
    object.setMetadata(metadata(namespace, annotations, labels));
    if (garbage.perhaps() && !object.getKind().equals("MachineIdentity")) {
      object
          .getMetadata()
          .setOwnerReferences(
              List.of(
                  new OwnerReferenceBuilder()
                      .withApiVersion(
                          garbage.of(List.of("credence.dev/v1alpha1", "credence.dev/v9", "v1")))
                      .withKind("MachineIdentity")
                      .withName(garbage.of(List.of("crm", "gone", "../crm")))
                      .withUid(uid)
                      .withController(garbage.perhaps())
                      .build()));
    }
    return object;
  }

  private static ObjectMeta metadata(
      String namespace, Map<String, String> annotations, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withGenerateName("planted-")
        .withNamespace(namespace)
        .withAnnotations(annotations)
        .withLabels(labels)
        .build();
  }
}
