// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// The reason of a condition in one word, used in the status, Events, metrics and the log.
public enum Reason {
  Compliant("the identity complies with its policies"),
  EvaluationFailed(
      "the operator failed to evaluate the identity or the policy because of an internal error"),

  TooLarge(
      "the MachineIdentities of the namespace exceed the size limit together, so the operator does not evaluate this one"),

  OwnerSet("the identity has an owner"),
  OwnerMissing("neither the identity nor its namespace names a contact"),
  OwnerInvalid("the contact does not match the pattern of the policy"),
  BackupMissing("the policy requires a backup contact, and the owner has none"),

  Approved("a user has approved the scope that the identity requests"),
  ApprovalPending("the scope that the identity requests waits for an approval"),
  ScopeChanged("the identity now requests a scope that differs from the approved one"),

  Linked("every member exists and is linked"),
  MemberMissing("a member listed by name does not exist"),
  NotManaged("an object not managed by Credence has the name of a member to create"),
  ClaimedByOther("the member belongs to another identity"),
  ClaimedWhileSuspended(
      "a ServiceAccount is suspended for another identity, and belongs to it until that identity is resumed"),
  CertManagerAbsent(
      "the identity lists certificates, and the CRDs of cert-manager are not installed"),

  Current("every credential is current"),
  RotationDue("a rotation is due, or a credential has expired"),
  RotationDeferred("a rotation is due and waits for a window of the policy"),
  VerificationFailed(
      "a hook of a new value failed, and the operator retries it; the old value stays in effect"),
  RotationBlocked("the operator cannot generate, verify or write a new value"),
  AccountLocked(
      "the identity is active, and an account that its suspension locked in another system is not unlocked yet"),
  ProbeFailed(
      "the last probe of a credential failed: the current credential no longer opens the system that checks it, or its hook cannot be started"),
  ValueOverwritten("another writer replaced a value that Credence wrote"),
  RateLimited(
      "the operator limits its writes for the namespace, since the objects of the namespace change too often"),
  ConsumersLeftBehind("consumers still use an old value that is no longer valid"),
  ConsumersPending("the old value stays valid for consumers that do not use the new one yet"),
  LegacyTokenUnused(
      "a token without expiration was not used for the time that the policy sets, or another Secret has the name of one whose token was invalidated for that"),
  IssuanceFailed(
      "the last attempt of cert-manager to renew a certificate failed; the certificate is still valid"),
  IssuerNotAllowed("the issuer of a certificate is not allowed by the policy"),
  KeyTooWeak("the algorithm or size of the key of a certificate is not allowed by the policy"),
  CertificateTooLong("a certificate is valid for longer than the policy allows"),
  RenewalTooLate("cert-manager renews a certificate later than the policy allows"),
  CAOutdated("a certificate was signed before its CA was renewed"),
  CertificateNotReady("cert-manager reports a certificate as not ready, or it has expired"),

  ExpiresSoon("the identity expires soon"),
  Expired("the identity has expired: the operator issues and rotates no credentials for it"),

  NeverSuspended("the ServiceAccounts of the identity are exempt from suspension"),
  SuspensionQueued(
      "a policy suspends the identity as soon as its hourly limit of suspensions allows"),
  Requested("a user has requested to suspend or decommission the identity"),
  Compromised("a user has reported the identity as compromised, and it is suspended"),

  NotEnforced(
      "the identity is suspended, and its ServiceAccounts can still write or get tokens. Causes: an admission policy is missing or not bound, or the operator did not observe that the API server rejects requests by it. Also: the operator failed to write the list of suspended ServiceAccounts, or another Secret has the name of one whose token was invalidated"),

  SuspensionLimit(
      "the identity is suspended, and some of its ServiceAccounts are not, since the namespace has reached the limit of suspended ServiceAccounts"),

  AccountsNotLocked(
      "the identity is suspended, and a `suspend` hook failed to lock an account in another system"),

  Idle("the identity was not used for the time that its policy sets"),
  ReviewOverdue("no user has confirmed in time that the identity is still needed"),

  OddBehavior("the ServiceAccounts of the identity behave differently than before"),

  TokenUsed("the API server recorded the use of a token of the identity"),
  PodRunning("pods of the identity run, or ran recently"),
  AuditEvent("audit events of the API server show requests of the identity"),
  Referenced("an object refers to the identity, whether or not it runs"),
  NoEvidence("the operator has no evidence about the use of the identity"),

  NoFindings("no risk rule matches the permissions of its ServiceAccounts"),
  FindingsPresent("a risk rule matches the permissions of its ServiceAccounts"),
  UnusedRights(
      "audit events show that rights of its ServiceAccounts were not used for the time that the policy sets"),
  EvaluationIncomplete(
      "the operator could not read all permissions of its ServiceAccounts, or audit events do not show whether they are used"),

  Reviewed("a user has confirmed that the identity is still needed"),
  NotYetDue("no review is due yet"),
  ReviewDue("a review is due soon: a user must confirm that the identity is still needed");

  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /// A sentence for the reference.
  public String meaning() {
    return meaning;
  }
}
