// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.discovery;

/// The kinds of objects that viewers of policy reports read, the preferred one first.
public enum ReportKind {
  Report("openreports.io", "v1alpha1", "reports"),
  PolicyReport("wgpolicyk8s.io", "v1alpha2", "policyreports");

  /// Of the one object in each namespace.
  public static final String NAME = "credence";

  private final String group;
  private final String version;
  private final String plural;

  ReportKind(String group, String version, String plural) {
    this.group = group;
    this.version = version;
    this.plural = plural;
  }

  public String group() {
    return group;
  }

  public String version() {
    return version;
  }

  public String plural() {
    return plural;
  }

  public String apiVersion() {
    return group + "/" + version;
  }

  /// As people name it: `reports.openreports.io`.
  public String resource() {
    return plural + "." + group;
  }
}
