// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.ReportWrites;
import dev.credence.facts.discovery.ReportKind;
import dev.credence.observe.discovery.Reports;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The reports of one kind: those that exist, those that were written last, and those that cannot
/// be written now.
///
/// A report of the same name that another client created is not changed. A write that the API
/// server rejected is not repeated before the next periodic resync. Either is logged once.
final class ReportStore {
  private static final Logger LOG = LoggerFactory.getLogger(ReportStore.class);

  /// Viewers need not follow every step.
  static final Duration BETWEEN_WRITES = Duration.ofSeconds(30);

  private static final int SERVER_ERRORS = 500;

  private final ReportKind kind;
  private final Reports reports;
  private final ReportWrites writes;
  private final Map<String, Kept> kept = new HashMap<>();
  private final Map<String, Instant> written = new HashMap<>();
  private final Set<String> foreign = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private final Set<String> stated = new HashSet<>();
  private boolean served;
  private boolean readable;

  /// `content`: what we wrote, or what was found where this process has written nothing yet.
  private record Kept(String uid, String resourceVersion, Map<String, Object> content) {}

  ReportStore(ReportKind kind, Reports reports, ReportWrites writes) {
    this.kind = kind;
    this.reports = reports;
    this.writes = writes;
  }

  ReportKind kind() {
    return kind;
  }

  boolean isServed() {
    return served;
  }

  /// Whether it is served and we may see what is there.
  boolean isOpen() {
    return served && readable;
  }

  /// Throws the client's exception where the API server does not answer.
  void read() {
    refused.clear();
    readable = false;
    var was = served;
    served = reports.isServed(kind);
    if (was != served) {
      LOG.info("{} {}", kind.resource(), served ? "are served" : "are no longer served");
    }
    if (!served) {
      kept.clear();
      foreign.clear();
      stated.clear();
      return;
    }
    try {
      remember();
      readable = true;
      stated.remove("");
    } catch (KubernetesClientException answer) {
      refused("", answer);
    }
  }

  private void remember() {
    var before = Map.copyOf(kept);
    var all = reports.list(kind);
    kept.clear();
    foreign.clear();
    for (var found : all) {
      if (!found.ours()) {
        foreign.add(found.namespace());
        leave(found.namespace());
        continue;
      }
      var known = Optional.ofNullable(before.get(found.namespace()));
      kept.put(
          found.namespace(),
          known
              // Fields that the schema drops are not missed each time.
              .filter(one -> one.resourceVersion().equals(found.resourceVersion()))
              .orElseGet(() -> new Kept(found.uid(), found.resourceVersion(), found.content())));
    }
  }

  private void leave(String namespace) {
    if (stated.add(namespace + " foreign")) {
      LOG.atWarn()
          .addKeyValue("namespace", namespace)
          .log(
              "{} {} exists and is not managed by Credence. Delete it to get the report",
              kind.resource(),
              ReportKind.NAME);
    }
  }

  /// The namespaces that have a report of ours.
  Set<String> namespaces() {
    return new TreeSet<>(kept.keySet());
  }

  /// When to come back, where it was written a moment ago.
  Optional<Instant> put(String namespace, Map<String, Object> content, Instant now) {
    var known = Optional.ofNullable(kept.get(namespace));
    if (!mayWrite(namespace) || known.filter(one -> one.content().equals(content)).isPresent()) {
      return Optional.empty();
    }
    var again = Optional.ofNullable(written.get(namespace)).map(at -> at.plus(BETWEEN_WRITES));
    if (again.filter(now::isBefore).isPresent()) {
      return again;
    }
    tried(
        namespace,
        now,
        () -> {
          var done =
              known.isPresent()
                  ? writes.replace(kind, namespace, known.get().uid(), content)
                  : writes.create(kind, namespace, content);
          kept.put(namespace, new Kept(done.uid(), done.resourceVersion(), content));
        });
    return Optional.empty();
  }

  void take(String namespace, Instant now) {
    var known = kept.get(namespace);
    if (known != null && mayWrite(namespace)) {
      tried(
          namespace,
          now,
          () -> {
            writes.delete(kind, namespace, known.resourceVersion());
            kept.remove(namespace);
          });
    }
  }

  private boolean mayWrite(String namespace) {
    return isOpen() && !foreign.contains(namespace) && !refused.contains(namespace);
  }

  private void tried(String namespace, Instant now, Runnable write) {
    written.values().removeIf(at -> !now.isBefore(at.plus(BETWEEN_WRITES)));
    try {
      write.run();
      written.put(namespace, now);
      stated.remove(namespace);
      LOG.atInfo()
          .addKeyValue("namespace", namespace)
          .addKeyValue("action", kept.containsKey(namespace) ? "Report" : "TakeReport")
          .log("done");
    } catch (KubernetesClientException answer) {
      refused(namespace, answer);
    }
  }

  /// Empty `namespace`: of all.
  private void refused(String namespace, KubernetesClientException answer) {
    var code = answer.getCode();
    if (code < HttpURLConnection.HTTP_BAD_REQUEST || code >= SERVER_ERRORS) {
      throw answer;
    }
    refused.add(namespace);
    if (isOfTheMoment(answer) || !stated.add(namespace)) {
      return;
    }
    LOG.atWarn()
        .addKeyValue("namespace", namespace.isEmpty() ? "all" : namespace)
        .log(
            code == HttpURLConnection.HTTP_FORBIDDEN
                ? "{} cannot be written or listed (403). The chart grants the permission with `reports.enabled: true`. Retrying at the next periodic resync"
                : "{} cannot be written: the API server answered {}. Retrying at the next periodic resync",
            kind.resource(),
            code);
  }

  /// Another client was faster, or the namespace is being deleted: the next periodic resync reads
  /// what exists.
  private static boolean isOfTheMoment(KubernetesClientException answer) {
    var code = answer.getCode();
    return code == HttpURLConnection.HTTP_CONFLICT
        || code == HttpURLConnection.HTTP_NOT_FOUND
        || String.valueOf(answer.getMessage()).contains("being terminated");
  }
}
