// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts;

import dev.credence.facts.credential.CertManager;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.identity.Claim;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All facts of one decision: one identity, its surroundings, and the time. Holds no secret value,
/// so it may be printed.
///
/// `jobs` are the hooks that were started for the identity; `consumers` those of the Secrets of the
/// namespace, read only while consumers may have to move to a new value. `members` are the objects
/// that the identity names, selects, owns or has marked. `rivals` are the claims of other
/// identities on names that this one names and on its members. `kubeconfigServer` is a digest of
/// the API server's address and trust in generated kubeconfigs. `auditedUse`: of its accounts.
public record Snapshot(
    Instant now,
    Identity identity,
    NamespaceFacts namespaceFacts,
    List<Policy> policies,
    List<Member> members,
    Map<ObjectRef, List<Claim>> rivals,
    CertManager certManager,
    List<HookJob> jobs,
    Optional<Consumers> consumers,
    UsageEvidence evidence,
    Grants grants,
    SuspensionFacts suspensionFacts,
    List<FailedWrite> failedWrites,
    Optional<String> kubeconfigServer,
    AuditedUse auditedUse) {

  /// One without the digest for kubeconfigs, and without audit events.
  public Snapshot(
      Instant now,
      Identity identity,
      NamespaceFacts namespaceFacts,
      List<Policy> policies,
      List<Member> members,
      Map<ObjectRef, List<Claim>> rivals,
      CertManager certManager,
      List<HookJob> jobs,
      Optional<Consumers> consumers,
      UsageEvidence evidence,
      Grants grants,
      SuspensionFacts suspensionFacts,
      List<FailedWrite> failedWrites) {
    this(
        now,
        identity,
        namespaceFacts,
        policies,
        members,
        rivals,
        certManager,
        jobs,
        consumers,
        evidence,
        grants,
        suspensionFacts,
        failedWrites,
        Optional.empty(),
        AuditedUse.NONE);
  }

  public Snapshot {
    policies = List.copyOf(policies);
    members = List.copyOf(members);
    rivals = Map.copyOf(rivals);
    jobs = List.copyOf(jobs);
    failedWrites = List.copyOf(failedWrites);
  }

  public Optional<Member> member(ObjectRef subject) {
    return members.stream().filter(member -> member.subject().equals(subject)).findFirst();
  }

  public Optional<FailedWrite> failedWrite(ObjectRef subject) {
    return failedWrites.stream()
        .filter(
            failedWrite ->
                failedWrite.subject().equals(subject) && failedWrite.retryAt().isAfter(now))
        .findFirst();
  }

  /// That the API server said no a moment ago.
  public Optional<FailedWrite> refusal(ObjectRef subject) {
    return failedWrite(subject).filter(failedWrite -> failedWrite.cause() == Cause.Refused);
  }

  /// The same snapshot after policies suspended identities meanwhile.
  public Snapshot with(Map<String, List<Instant>> recent) {
    return with(suspensionFacts.with(recent), failedWrites);
  }

  /// The same snapshot after some actions failed.
  public Snapshot with(List<FailedWrite> later) {
    return with(suspensionFacts, later);
  }

  /// The same under these policies.
  public Snapshot under(List<Policy> others) {
    return with(others, suspensionFacts, failedWrites);
  }

  private Snapshot with(SuspensionFacts around, List<FailedWrite> held) {
    return with(policies, around, held);
  }

  private Snapshot with(List<Policy> applied, SuspensionFacts around, List<FailedWrite> held) {
    return new Snapshot(
        now,
        identity,
        namespaceFacts,
        applied,
        members,
        rivals,
        certManager,
        jobs,
        consumers,
        evidence,
        grants,
        around,
        held,
        kubeconfigServer,
        auditedUse);
  }
}
