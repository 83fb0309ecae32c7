// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import dev.credence.cli.receive.Inbox.Batch;
import dev.credence.client.Clients;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.metrics.ReceiverMetrics;
import dev.credence.observe.audit.StoredEvidence;
import dev.credence.observe.audit.UnreadableEvidence;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Merges evidence into the ConfigMaps of the namespace of the operator. Each write names the
/// version that was read, so that several receivers may write. The ConfigMap about the log is
/// written last, and only after all others: it says which times are covered.
final class EvidenceStore {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceStore.class);

  /// The User-Agent of the requests of the receiver.
  static final String AGENT = "credence/audit";

  /// A year, and a month in which a yearly job may be late.
  static final Duration KEPT = Duration.ofDays(396);

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final int ATTEMPTS = 8;

  private final Clients clients;
  private final String namespace;
  private final Clock clock;
  private final ReceiverMetrics metrics;

  EvidenceStore(Clients clients, String namespace, Clock clock, ReceiverMetrics metrics) {
    this.clients = clients;
    this.namespace = namespace;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// What could not be written; empty where everything was.
  Optional<Batch> write(Batch batch) {
    var isComplete = isComplete(batch.evidence());
    var parts = batch.evidence().byNamespace();
    var log = parts.remove("");
    var failed = new TreeMap<String, Evidence>();
    parts.forEach(
        (observed, part) -> {
          if (NAMESPACE.matcher(observed).matches() && !isWritten(observed, part)) {
            failed.put(observed, part);
          }
        });
    if (log == null) {
      throw new IllegalStateException("the evidence has no log");
    }
    if (isComplete) {
      batch.covered().forEach(interval -> log.covers(interval.from(), interval.to()));
    }
    if (failed.isEmpty() && isWritten("", log)) {
      metrics.completed(clock.instant());
      return Optional.empty();
    }
    var rest = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    failed.values().forEach(rest::addAll);
    rest.addAll(log);
    return Optional.of(new Batch(rest, isComplete ? batch.covered() : List.of()));
  }

  private boolean isComplete(Evidence evidence) {
    if (!evidence.hasOverflowed()) {
      return true;
    }
    metrics.dropped();
    LOG.warn(
        "More ServiceAccounts sent requests than Credence keeps between two writes. This time does not count as covered");
    return false;
  }

  private boolean isWritten(String observed, Evidence part) {
    try {
      merge(observed, part);
      metrics.wrote(true);
      return true;
    } catch (KubernetesClientException | UnreadableEvidence refused) {
      metrics.wrote(false);
      LOG.atWarn()
          .addKeyValue("namespace", observed)
          .log("Evidence was not written, retrying at the next write: {}", refused.getMessage());
      return false;
    }
  }

  private void merge(String observed, Evidence part) throws UnreadableEvidence {
    for (var attempt = 1; ; attempt++) {
      try {
        mergeOnce(observed, part);
        return;
      } catch (KubernetesClientException answer) {
        if (answer.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
          throw answer;
        }
      }
    }
  }

  private void mergeOnce(String observed, Evidence part) throws UnreadableEvidence {
    var resource = resource(StoredEvidence.name(observed));
    var stored = Optional.ofNullable(resource.get());
    if (stored.isEmpty() && !observed.isEmpty() && !exists(observed)) {
      return;
    }
    var merged = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    if (stored.isPresent()) {
      merged.addAll(StoredEvidence.read(stored.get()));
    }
    merged.addAll(part);
    merged.forget(clock.instant().minus(KEPT));
    var map = StoredEvidence.write(namespace, observed, merged, clock.instant());
    if (stored.isEmpty()) {
      clients.full().resource(map).create();
    } else if (!map.getBinaryData().equals(stored.get().getBinaryData())) {
      map.getMetadata().setResourceVersion(stored.get().getMetadata().getResourceVersion());
      clients.full().resource(map).update();
    }
  }

  private Resource<ConfigMap> resource(String name) {
    return clients.full().configMaps().inNamespace(namespace).withName(name);
  }

  private boolean exists(String observed) {
    return clients.full().namespaces().withName(observed).get() != null;
  }

  /// Deletes the evidence of namespaces that no longer exist.
  void tidy() {
    var maps =
        NullSafe.in(
                clients
                    .metadata()
                    .configMaps()
                    .inNamespace(namespace)
                    .withLabels(Map.of(StoredEvidence.LABEL, StoredEvidence.LABEL_VALUE))
                    .list()
                    .getItems())
            .toList();
    for (var map : maps) {
      var observed = StoredEvidence.observed(map);
      if (map.getMetadata().getName().equals(StoredEvidence.name(observed))
          && !observed.isEmpty()
          && !exists(observed)) {
        clients
            .full()
            .configMaps()
            .inNamespace(namespace)
            .withName(map.getMetadata().getName())
            .lockResourceVersion(map.getMetadata().getResourceVersion())
            .delete();
        LOG.atInfo()
            .addKeyValue("namespace", observed)
            .log("Deleted the evidence of a namespace that no longer exists");
      }
    }
  }
}
