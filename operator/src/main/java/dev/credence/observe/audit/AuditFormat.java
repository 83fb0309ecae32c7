// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

/// Where audit events come from: the files or the webhook of an API server, CloudWatch of
/// EKS, Cloud Logging of GKE, or the diagnostic settings of AKS. `auto` recognizes each event
/// by itself.
public enum AuditFormat {
  auto,
  k8s,
  eks,
  gke,
  aks;

  boolean accepts(AuditFormat one) {
    return this == auto || this == one;
  }
}
