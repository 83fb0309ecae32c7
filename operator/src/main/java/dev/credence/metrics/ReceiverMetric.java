// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import java.util.List;

/// The metrics of the receiver of audit events, `credence audit --listen`. `make generate` writes
/// the reference from this list.
public enum ReceiverMetric {
  Events("credence_audit_events_total", "Audit events read, of any stage and any user."),
  Skipped(
      "credence_audit_skipped_total",
      "Parts of requests that were skipped. The reason is NoJson, or NoEvent for JSON that is no audit event.",
      "reason"),
  Requests("credence_audit_requests_total", "Requests answered, by HTTP status.", "code"),
  Pending(
      "credence_audit_pending_bytes",
      "Bodies of requests that are being received or read. At the limit, the receiver answers 429."),
  Accounts(
      "credence_audit_pending_accounts",
      "ServiceAccounts with evidence that is not yet written to the cluster."),
  Dropped(
      "credence_audit_dropped_total",
      "Evidence that could not be kept: writes before which there were more ServiceAccounts than the limit."),
  Writes(
      "credence_audit_writes_total",
      "Writes of ConfigMaps, by result (written, failed).",
      "result"),
  LastWrite(
      "credence_audit_last_write_timestamp_seconds",
      "Time of the last complete write to the cluster. Absent before the first one."),
  Sources(
      "credence_audit_sources",
      "Addresses that sent audit events in the last 10 minutes. A load balancer counts as one.");

  private final String page;
  private final String help;
  private final List<String> labels;

  ReceiverMetric(String page, String help, String... labels) {
    this.page = page;
    this.help = help;
    this.labels = List.of(labels);
  }

  /// The name on `/metrics`.
  public String page() {
    return page;
  }

  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }

  /// As the Prometheus text format calls it.
  public String kind() {
    return page.endsWith("_total") ? "counter" : "gauge";
  }
}
