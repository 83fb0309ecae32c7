// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import java.util.List;

/// All metrics, with name, help text and labels. `make generate` writes the reference from this
/// list.
public enum Metric {
  Identities("credence_identities", "MachineIdentities by state and type.", "state", "type"),
  NotReady(
      "credence_identities_not_ready",
      "MachineIdentities that are not Ready, by the reason of the condition Ready.",
      "reason"),
  Stalled(
      "credence_identities_stalled",
      "MachineIdentities that require a manual action (condition Stalled), by reason.",
      "reason"),
  OwnerMissing("credence_owner_missing", "MachineIdentities without an owner."),
  Unclaimed(
      "credence_unclaimed",
      "Objects that belong to no identity, in the namespaces with discovery, by kind; absent if no policy enables discovery.",
      "kind"),
  Discovered(
      "credence_identities_discovered",
      "MachineIdentities that discovery registered and that no user has adopted; absent if no policy enables discovery."),
  LegacyTokens(
      "credence_legacy_tokens",
      "Secrets with tokens without expiration for ServiceAccounts of MachineIdentities, by state: Used, Unused, Unknown or Invalid.",
      "state"),
  Violations(
      "credence_policy_violations",
      "MachineIdentities that violate a policy, by reason; enforcement Audit: the policy only reports the violation.",
      "enforcement",
      "reason"),
  WithoutPolicy(
      "credence_identities_without_policy", "MachineIdentities that no CredentialPolicy matches."),
  PoliciesStalled(
      "credence_policies_stalled",
      "CredentialPolicies with a rule that the operator cannot apply; it applies their other rules."),
  OverlapsActive(
      "credence_overlaps_active", "Secrets in which the previous value is still readable."),
  RotationsBlocked(
      "credence_rotations_blocked",
      "Secrets whose new value the operator cannot generate, verify or write."),
  RotationsOverdue(
      "credence_rotations_overdue",
      "Credentials whose rotation is more than 5 minutes late, without those of suspended or expired identities."),
  RunningOut(
      "credence_credentials_running_out",
      "Credentials that expire within a time, or have expired, and have no rotation or renewal planned before; without those of suspended or expired identities.",
      "within"),
  ConsumersPending(
      "credence_consumers_pending",
      "Secrets with consumers that still use the previous value 24 hours after a rotation."),
  ConsumersLeftBehind(
      "credence_consumers_left_behind",
      "Secrets with consumers that still use a value that is no longer valid."),
  CredentialsExpiring(
      "credence_credentials_expiring",
      "Credentials that expire within a time, or have expired; one that expires within 1h is counted in 24h too.",
      "within"),
  CertificatesFailing(
      "credence_certificates_failing",
      "Certificates of identities whose last issuance or renewal by cert-manager failed."),
  NextRotation(
      "credence_next_rotation_timestamp_seconds",
      "Time of the earliest rotation that is planned; absent if none is."),
  Rotations(
      "credence_rotations_total",
      "Values issued, replaced and retired, by kind and result.",
      "kind",
      "result"),
  HookDuration(
      "credence_hook_duration_seconds",
      "Duration of the Jobs of hooks, from their creation to their end, by step and result (succeeded, failed).",
      "step",
      "result"),
  Lateness(
      "credence_rotation_lateness_seconds",
      "Delay of scheduled rotations after their planned time."),
  ConsumerRestarts(
      "credence_consumer_restarts_total",
      "Workloads restarted and pods evicted to make them read a new value, by kind and result.",
      "kind",
      "result"),
  Suspensions("credence_suspensions_total", "MachineIdentities suspended, by reason.", "reason"),
  SuspensionsNotEnforced(
      "credence_suspensions_not_enforced",
      "Suspended MachineIdentities with a ServiceAccount that can still write or get new tokens. Causes: an admission policy or binding is missing, or the operator did not observe that the API server rejects requests by it. Also: the ServiceAccount is not in the list of suspended ones, or another Secret has the name of one whose token was invalidated."),
  SuspensionEnforced(
      "credence_suspension_enforced",
      "1 if the admission policy exists and is bound, and the API server rejected the last dry-run probe of the operator by it; else 0. The operator probes while a ServiceAccount is suspended.",
      "policy"),
  SuspensionsQueued(
      "credence_suspensions_queued",
      "MachineIdentities that a policy is to suspend and that wait, since the policy has reached its limit of suspensions for this hour."),
  SuspendedAccounts(
      "credence_suspended_accounts", "Number of suspended ServiceAccounts in the SuspensionLists."),
  SuspensionShareUsed(
      "credence_suspension_share_used_ratio",
      "Suspended ServiceAccounts of the namespace that has the most, as a fraction of CREDENCE_SUSPENSION_LIMIT."),
  SuspensionsWithoutIdentity(
      "credence_suspensions_without_identity",
      "ServiceAccounts that stay suspended after their MachineIdentity was deleted: `credence release --account` releases one."),
  PoliciesLeft(
      "credence_policies_left_total",
      "MachineIdentities that left a policy that suspends, by change (labels, type, another policy) or deletion.",
      "by"),
  ApprovalsPending(
      "credence_approvals_pending",
      "MachineIdentities whose policy requires an approval that they do not have."),
  RiskFindings(
      "credence_risk_findings",
      "Risk findings about ServiceAccounts of identities, by rule and severity, without findings that a policy accepts.",
      "rule",
      "severity"),
  UnusedRights(
      "credence_unused_rights",
      "Rights of ServiceAccounts of identities that audit events show as unused, for the time that the policy sets (privileges.unusedFor)."),
  OddBehavior(
      "credence_odd_behavior_findings",
      "Open findings about odd behavior of ServiceAccounts of identities, by type. The status of an identity has at most 10.",
      "type"),
  ReviewsOverdue("credence_reviews_overdue", "MachineIdentities whose review is overdue."),
  Refusals(
      "credence_refusals_total",
      "Actions not carried out because the object is not managed by Credence or the API server rejected them.",
      "reason"),
  PermissionsMissing(
      "credence_permissions_missing",
      "1 for a request of the operator that RBAC denied; absent if RBAC allows it.",
      "verb",
      "resource"),
  CrdFieldsMissing(
      "credence_crd_fields_missing",
      "Fields that this operator knows and that the installed CRD does not declare, by kind; more than 0 if the CRD is older than the operator. Absent if the operator cannot read the OpenAPI document of the API server.",
      "kind"),
  KubeRequests(
      "credence_kube_requests_total", "Requests to the API server.", "verb", "resource", "code"),
  Reconciles("credence_reconcile_seconds", "Duration of one reconcile of an identity."),
  EventsDropped(
      "credence_events_dropped_total", "Events that were not written since too many were waiting."),
  ResyncInterval(
      "credence_resync_interval_seconds",
      "The interval of the periodic resync (CREDENCE_RESYNC_INTERVAL)."),
  LastSweep(
      "credence_last_resync_timestamp_seconds",
      "Time of the last periodic resync of all identities."),
  Leader("credence_leader", "1 in the replica that is the leader."),
  BuildInfo("credence_build_info", "Always 1; the version is a label.", "version"),
  IdentityProblem(
      "credence_identity_problem",
      "1 for a problem of an identity: a condition that counts against Ready, and Stalled. Absent without a problem; violations of policies that audit are no problem. The label team is empty without a team, and where the team is an e-mail address.",
      "object_namespace",
      "name",
      "team",
      "condition",
      "reason"),
  CredentialProblem(
      "credence_credential_problem",
      "1 for a problem of a credential. Absent without a problem. The reason is Expired, ExpiresWithinHour, ExpiresWithinDay (no rotation or renewal is planned before), RotationBlocked, RotationOverdue, ConsumersPending (24 hours after a rotation), ConsumersLeftBehind, ProbeFailed, CertificateFailing, or DecommissionPending (not revoked yet).",
      "object_namespace",
      "identity",
      "name",
      "team",
      "type",
      "reason"),
  ProblemSeriesDropped(
      "credence_problem_series_dropped",
      "Problems without a series, since their number exceeds CREDENCE_PROBLEM_SERIES; the most severe problems have one."),
  IdentityReady(
      "credence_identity_ready",
      "1 if the identity is Ready. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  IdentityExpiration(
      "credence_identity_expiration_timestamp_seconds",
      "Time when the identity expires. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  IdentityNextRotation(
      "credence_identity_next_rotation_timestamp_seconds",
      "Time when the next rotation of the identity is due. Only with CREDENCE_IDENTITY_SERIES.",
      "object_namespace",
      "name"),
  SeriesDropped(
      "credence_identity_series_dropped",
      "Identities without their own series, since their number exceeds CREDENCE_IDENTITY_SERIES.");

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
