// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// Why a condition is as it is, in one word; the words of the status, of Events, of metrics and of
/// the log.
public enum Reason {
  Compliant("the identity is as its policy wants it"),
  EvaluationFailed(
      "the operator could not evaluate the identity or the policy, through an error of its own"),

  TooLarge(
      "the MachineIdentities of the namespace are so large together that this one is not evaluated"),

  OwnerSet("somebody answers for the identity"),
  OwnerMissing("neither the identity nor its namespace names a contact"),
  OwnerInvalid("the contact is not what the policy asks for"),
  BackupMissing("the policy asks for a backup and none is named"),

  Approved("somebody has approved what the identity asks for"),
  ApprovalPending("what the identity asks for waits for somebody's approval"),
  ScopeChanged("something else was approved than what the identity asks for now"),

  Linked("every member is there and linked"),
  MemberMissing("a named member does not exist"),
  NotManaged("an object of others has the name of one that is to be made"),
  ClaimedByOther("another identity has the member"),
  ClaimedWhileSuspended(
      "a ServiceAccount is suspended for another identity, and stays with it until it is resumed"),
  CertManagerAbsent("certificates are named, but cert-manager's resources are not installed"),

  Current("every credential is current"),
  RotationDue("a new value is due, or a credential is over its time"),
  RotationDeferred("a new value is due and waits for the policy's window"),
  VerificationFailed("a hook of a new value failed and is tried again; the old value is in force"),
  RotationBlocked("a value cannot be made, proven or written"),
  ValueOverwritten("another writer replaced a value that Credence had written"),
  RateLimited(
      "the operator does no more writes for the namespace for now: its objects change too often"),
  ConsumersLeftBehind("consumers still use an old value that is no longer valid"),
  ConsumersPending("the old value stays for consumers that have not moved to the new one"),
  LegacyTokenUnused(
      "a token that never ends was not used for as long as the policy says, or another Secret stands where one was ended for that"),
  IssuanceFailed(
      "cert-manager failed at its last attempt to renew a certificate that is still valid"),
  IssuerNotAllowed("a certificate is signed by an issuer that the policy does not allow"),
  KeyTooWeak("a certificate has a key that the policy does not allow"),
  CertificateTooLong("a certificate is valid for longer than the policy allows"),
  RenewalTooLate("a certificate is renewed later before its end than the policy allows"),
  CAOutdated("a certificate was signed before its CA was renewed"),
  CertificateNotReady("cert-manager calls a certificate not ready, or it has ended"),

  ExpiresSoon("the end is near"),
  Expired("the identity has ended: nothing is issued or rotated for it"),

  NeverSuspended("the ServiceAccounts of the identity are among those that are never suspended"),
  SuspensionQueued(
      "a policy suspends the identity as soon as its limit of suspensions in an hour allows"),
  Requested("somebody has asked for the identity to be suspended or decommissioned"),
  Compromised("somebody has asked for the identity to be suspended, since it is in other hands"),

  NotEnforced(
      "the identity is suspended, and its accounts can still write or get tokens: an admission policy that is to enforce it is not in force, the API server was not seen to refuse by it, the list of suspended accounts could not be written, or another Secret stands where a token of theirs was ended"),

  SuspensionLimit(
      "the identity is suspended, and some of its accounts are not, since the namespace has as many suspended accounts as it may"),

  Idle("nobody has used the identity for the time after which its policy calls it idle"),
  ReviewOverdue("nobody has confirmed in time that the identity is still needed"),

  TokenUsed("the API server noted that a token of it was used"),
  PodRunning("pods of it run, or did a while ago"),
  Referenced("something is set up to use it, at work or not"),
  NoEvidence("nothing is known about the use of the identity"),

  NoFindings("its ServiceAccounts may do nothing that a rule warns of"),
  FindingsPresent("its ServiceAccounts may do what a rule warns of"),
  EvaluationIncomplete("not everything about the rights of its accounts is known"),

  Reviewed("somebody has confirmed that the identity is still needed"),
  NotYetDue("no review is due yet"),
  ReviewDue("somebody is to confirm soon that the identity is still needed");

  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /// A sentence for the reference.
  public String meaning() {
    return meaning;
  }
}
