// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static java.util.stream.Collectors.joining;

import dev.credence.api.Api;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.bench.peers.Measurement.Task;
import dev.credence.cluster.LocalCluster;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/// What the control plane itself needs for the requests that Credence's work consists of, when
/// nobody thinks: an identity, its Secret, its status with all conditions, an Event; and for a
/// rotation the annotation, the Secret, the status, an Event. What remains of Credence's time is
/// its own.
final class SameRequests {
  static final String NAME = "floor-of-credence";

  private static final String APPLY = "application/apply-patch+yaml";
  private static final String OURS = "?fieldManager=" + Api.MANAGER;

  private static final String CONDITIONS =
      Stream.of("Ready", "OwnerAssigned", "MembersLinked", "CredentialsFresh")
          .map(
              type ->
                  """
                  {"type": "%s", "status": "True", "reason": "Compliant",
                   "lastTransitionTime": "2026-01-01T00:00:00Z",
                   "message": "a sentence of about the length that such sentences have"}"""
                      .formatted(type))
          .collect(joining(","));

  private final Load load;
  private final Layout layout;
  private final int objects;
  private final Contender credence;
  private final String namespaces;

  static void run(
      LocalCluster cluster,
      Load load,
      Layout layout,
      int objects,
      Contender credence,
      BiConsumer<Task, Map<String, Double>> results) {
    var same = new SameRequests(load, layout, objects, credence, "same-");
    same.createNamespaces();
    try {
      results.accept(Task.CONVERGE, same.timed(same::converge));
      results.accept(Task.RENEW, same.timed(same::renew));
    } finally {
      Turn.forget(cluster, load, same::namespaceOf, layout.namespaces);
    }
  }

  /// `namespaces`: what their names begin with.
  SameRequests(Load load, Layout layout, int objects, Contender credence, String namespaces) {
    this.namespaces = namespaces;
    this.load = load;
    this.layout = layout;
    this.objects = objects;
    this.credence = credence;
  }

  void createNamespaces() {
    for (var number = 0; number < layout.namespaces; number++) {
      Turn.namespace(load, namespaceOf(number));
    }
  }

  private String namespaceOf(int object) {
    return namespaces + object % layout.namespaces;
  }

  private Map<String, Double> timed(IntConsumer action) {
    var seconds = load.each(objects, action).toNanos() / 1e9;
    var numbers = new TreeMap<String, Double>();
    numbers.put("seconds", Watched.round(seconds));
    return numbers;
  }

  private void converge(int n) {
    create(n);
    createSecret(n);
    writeStatus(n, 1);
    createEvent(n, 1);
  }

  private void renew(int n) {
    annotate(n);
    replaceSecret(n);
    writeStatus(n, 2);
    createEvent(n, 2);
  }

  void create(int n) {
    load.create(credence.in(namespaceOf(n)), credence.object(namespaceOf(n), "app-" + n));
  }

  void annotate(int n) {
    credence.renew(load, namespaceOf(n), "app-" + n);
  }

  void createSecret(int n) {
    load.create(
        Turn.secrets(namespaceOf(n)) + OURS,
        """
        {"metadata": {"name": "app-%1$d",
           "labels": {"%2$s": "app-%1$d", "%3$s": "%4$s"}, "annotations": {"%5$s": "1"}},
         "type": "Opaque", "stringData": {"password": "%1$032d"}}
        """
            .formatted(n, Api.IDENTITY, Api.MANAGED_BY, Api.MANAGER, Api.SECRET_VERSION));
  }

  void replaceSecret(int n) {
    load.patch(
        Turn.secrets(namespaceOf(n)) + "/app-" + n + OURS,
        Load.MERGE_PATCH,
        "{\"metadata\": {\"annotations\": {\"%s\": \"2\"}}, \"stringData\": {\"password\": \"%032d\"}}"
            .formatted(Api.SECRET_VERSION, n + 1));
  }

  void writeStatus(int n, int version) {
    load.patch(
        credence.in(namespaceOf(n)) + "/app-" + n + "/status" + OURS + "&force=true",
        APPLY,
        """
        {"apiVersion": "%1$s/%2$s", "kind": "MachineIdentity", "metadata": {"name": "app-%3$d"},
         "status": {"observedGeneration": 1, "state": "Active",
           "members": {"secrets": 1},
           "credentials": [{"name": "app-%3$d", "type": "Generated", "state": "Fresh", "version": %4$d,
             "issueTime": "2026-01-01T00:00:00Z", "nextRotationTime": "2026-02-01T00:00:00Z",
             "rotation": {"interval": "720h", "overlap": "24h", "source": "Spec"}}],
           "conditions": [%5$s]}}
        """
            .formatted(Api.GROUP, Api.VERSION, n, version, CONDITIONS));
  }

  void createEvent(int n, int version) {
    var namespace = namespaceOf(n);
    load.create(
        "/apis/events.k8s.io/v1/namespaces/" + namespace + "/events",
        """
        {"metadata": {"name": "app-%1$d-%2$d"}, "type": "Normal", "reason": "Issued", "action": "Issue",
         "regarding": {"kind": "MachineIdentity", "namespace": "%3$s", "name": "app-%1$d"},
         "note": "what an Event says", "eventTime": "2026-01-01T00:00:00.000000Z",
         "reportingController": "credence.dev/credence", "reportingInstance": "nobody"}
        """
            .formatted(n, version, namespace));
  }
}
