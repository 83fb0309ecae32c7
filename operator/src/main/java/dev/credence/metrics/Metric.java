// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import java.util.List;

/// Every metric: its name on the page, what it says, its labels. The reference is made of this
/// list.
public enum Metric {
  Identities("credence_identities", "MachineIdentities by state and type.", "state", "type"),
  NotReady(
      "credence_identities_not_ready",
      "MachineIdentities that are not Ready, by the reason that their status gives.",
      "reason"),
  Stalled(
      "credence_identities_stalled",
      "MachineIdentities that stay as they are until a person acts (condition Stalled), by reason.",
      "reason"),
  OwnerMissing("credence_owner_missing", "MachineIdentities that nobody answers for."),
  Unclaimed(
      "credence_unclaimed",
      "What no identity claims in the namespaces where a policy asks for discovery, by kind; absent where none asks.",
      "kind"),
  LegacyTokens(
      "credence_legacy_tokens",
      "Secrets with tokens that never end of accounts of MachineIdentities, by state: Used, Unused, Unknown or Invalid.",
      "state"),
  Violations(
      "credence_policy_violations",
      "MachineIdentities that break a rule of a policy, by reason; Audit: of a policy that only reports it.",
      "enforcement",
      "reason"),
  WithoutPolicy(
      "credence_identities_without_policy",
      "MachineIdentities that no CredentialPolicy matches, so that nothing is enforced on them."),
  PoliciesStalled(
      "credence_policies_stalled",
      "CredentialPolicies of which a rule cannot be applied; their other rules are."),
  OverlapsActive(
      "credence_overlaps_active", "Secrets in which the previous value is still readable."),
  RotationsBlocked(
      "credence_rotations_blocked", "Secrets whose value cannot be made, proven or written."),
  RotationsOverdue(
      "credence_rotations_overdue",
      "Credentials whose next value is more than 5 minutes late, without those of identities that are out of service or have ended."),
  RunningOut(
      "credence_credentials_running_out",
      "Credentials that end within a time, or have ended, and that nothing is planned to replace before; without those of identities that are out of service or have ended.",
      "within"),
  ConsumersPending(
      "credence_consumers_pending",
      "Secrets of which some consumer still uses the previous value a day after the new one came."),
  ConsumersLeftBehind(
      "credence_consumers_left_behind",
      "Secrets of which some consumer still uses a value that is no longer valid."),
  CredentialsExpiring(
      "credence_credentials_expiring",
      "Credentials that end within a time (one that ends within 1h is counted in 24h too), or have ended.",
      "within"),
  CertificatesFailing(
      "credence_certificates_failing",
      "Certificates of identities that cert-manager failed to issue or renew at its last attempt."),
  NextRotation(
      "credence_next_rotation_timestamp_seconds",
      "When the next value is due, the earliest of all; absent where none is."),
  Rotations(
      "credence_rotations_total",
      "Values issued, replaced and retired, by kind and result.",
      "kind",
      "result"),
  Lateness(
      "credence_rotation_lateness_seconds",
      "How long after its time a value on schedule was replaced."),
  ConsumerRestarts(
      "credence_consumer_restarts_total",
      "Workloads restarted and pods evicted so that they read a new value, by kind and result.",
      "kind",
      "result"),
  Suspensions(
      "credence_suspensions_total", "MachineIdentities taken out of service, by reason.", "reason"),
  SuspensionsNotEnforced(
      "credence_suspensions_not_enforced",
      "MachineIdentities that are suspended while an account of theirs can write or get new tokens: an admission policy or binding is missing, the API server was not seen to refuse by it, the account is not on the list of suspended ones, or another Secret stands where a token of it was ended."),
  SuspensionEnforced(
      "credence_suspension_enforced",
      "1 where the admission policy is there and bound, and the API server refused the operator's last probe by it (it is asked while an account is suspended); else 0.",
      "policy"),
  SuspendedAccounts(
      "credence_suspended_accounts", "ServiceAccounts in the lists of suspended accounts."),
  SuspensionShareUsed(
      "credence_suspension_share_used_ratio",
      "The suspended accounts of the namespace that has most of them, as a part of CREDENCE_SUSPENSION_LIMIT."),
  SuspensionsWithoutIdentity(
      "credence_suspensions_without_identity",
      "ServiceAccounts that stay suspended though their MachineIdentity was deleted: `credence release --account` frees one."),
  PoliciesLeft(
      "credence_policies_left_total",
      "MachineIdentities that left a policy which suspends, by change (labels, type, another policy) or deletion.",
      "by"),
  ApprovalsPending(
      "credence_approvals_pending",
      "MachineIdentities whose policy asks for an approval that they do not have."),
  RiskFindings(
      "credence_risk_findings",
      "What ServiceAccounts of identities may do that a rule warns of, by rule and severity, without what a policy accepts.",
      "rule",
      "severity"),
  ReviewsOverdue(
      "credence_reviews_overdue",
      "MachineIdentities that nobody has confirmed in time to be still needed."),
  Refusals(
      "credence_refusals_total",
      "Things left undone because they are not ours or the API server refused them.",
      "reason"),
  PermissionsMissing(
      "credence_permissions_missing",
      "1 for what the operator has tried and RBAC does not let it do; absent where it may.",
      "verb",
      "resource"),
  KubeRequests(
      "credence_kube_requests_total", "Requests to the API server.", "verb", "resource", "code"),
  Reconciles("credence_reconcile_seconds", "How long one look at an identity took."),
  LastSweep(
      "credence_last_resync_timestamp_seconds",
      "When every identity was last looked at for the wall clock's sake."),
  Leader("credence_leader", "1 in the replica that acts."),
  BuildInfo("credence_build_info", "Always 1; the version is a label.", "version"),
  IdentityReady(
      "credence_identity_ready",
      "1 where the identity is Ready. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  IdentityExpiration(
      "credence_identity_expiration_timestamp_seconds",
      "When the identity ends. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  IdentityNextRotation(
      "credence_identity_next_rotation_timestamp_seconds",
      "When its next value is due. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  SeriesDropped(
      "credence_identity_series_dropped",
      "Identities without series of their own, since CREDENCE_IDENTITY_SERIES is smaller.");

  private final String page;
  private final String help;
  private final List<String> labels;

  Metric(String page, String help, String... labels) {
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
}
