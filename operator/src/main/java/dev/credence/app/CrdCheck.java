// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import dev.credence.client.InstalledSchemas;
import dev.credence.controller.status.UndeclaredFields;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks at the start and every ten minutes whether the installed CRDs are older than the
/// operator; every minute while one is, or while the document is not known. Fields that the CRDs do
/// not declare are left out of statuses, and reported in the log, as a metric, and on the page of
/// the health.
final class CrdCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CrdCheck.class);
  private static final Duration WHILE_CURRENT = Duration.ofMinutes(10);
  private static final Duration WHILE_UNKNOWN_OR_OLD = Duration.ofMinutes(1);
  private static final int MOST_NAMED = 8;
  static final String REMEDY =
      "Update the CRDs: run `helm upgrade` with crds.enabled=true, or `kubectl apply --server-side"
          + " --force-conflicts -f crds/` with the crds of this version";

  private final InstalledSchemas schemas;
  private final UndeclaredFields undeclared;
  private volatile Map<String, SortedSet<String>> missing = Map.of();
  private Instant asked = Instant.MIN;
  private boolean isUnreadable;

  CrdCheck(InstalledSchemas schemas, UndeclaredFields undeclared) {
    this.schemas = schemas;
    this.undeclared = undeclared;
  }

  /// To be called every few seconds.
  void check(Instant now) {
    var isCurrent = !missing.isEmpty() && notes().isEmpty();
    var every = isCurrent ? WHILE_CURRENT : WHILE_UNKNOWN_OR_OLD;
    if (!asked.equals(Instant.MIN) && Duration.between(asked, now).abs().compareTo(every) < 0) {
      return;
    }
    asked = now;
    var found = read();
    var before = notes();
    // Of an answer that is missing nothing is known: what was known still counts.
    found.ifPresent(
        fields -> {
          missing = fields;
          undeclared.are(fields);
        });
    var notes = notes();
    if (!notes.equals(before)) {
      if (notes.isEmpty()) {
        LOG.info("The installed CRDs declare all fields of this operator");
      } else {
        notes.forEach(note -> LOG.warn("A CRD is out of date: {}", note));
      }
    }
  }

  private Optional<Map<String, SortedSet<String>>> read() {
    try {
      var found = schemas.missing();
      isUnreadable = false;
      return found;
    } catch (KubernetesClientException answer) {
      if (!isUnreadable) {
        LOG.info(
            "The CRDs cannot be compared with this operator, since /openapi/v3 cannot be read: {}",
            answer.getCode());
      }
      isUnreadable = true;
      return Optional.empty();
    }
  }

  /// By kind; empty until the document was read.
  Map<String, SortedSet<String>> missing() {
    return missing;
  }

  /// One for each CRD that is older than the operator.
  List<String> notes() {
    return new TreeMap<>(missing)
        .entrySet().stream()
            .filter(kind -> !kind.getValue().isEmpty())
            .map(kind -> note(kind.getKey(), kind.getValue()))
            .toList();
  }

  private static String note(String kind, SortedSet<String> fields) {
    return "The CRD of %s is older than this operator and does not declare %s%s. The operator leaves these fields out of statuses. %s"
        .formatted(
            kind,
            fields.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")),
            fields.size() > MOST_NAMED ? " and " + (fields.size() - MOST_NAMED) + " more" : "",
            REMEDY);
  }
}
