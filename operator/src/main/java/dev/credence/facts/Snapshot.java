// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts;

import dev.credence.facts.credential.CertManager;
import dev.credence.facts.credential.HookJob;
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
/// `jobs` are the hooks that were started for the identity; `consumers` who uses the Secrets of the
/// namespace, looked up only while somebody may have to move to a new value. `members` are the
/// objects that the identity names, selects, owns or has marked. `rivals` are the claims of other
/// identities on names that this one names and on its members. `kubeconfigServer` is a digest of
/// what generated kubeconfigs say of the API server.
public record Snapshot(
    Instant now,
    Identity identity,
    NamespaceFacts home,
    List<Policy> policies,
    List<Member> members,
    Map<ObjectRef, List<Claim>> rivals,
    CertManager certManager,
    List<HookJob> jobs,
    Optional<Consumers> consumers,
    UsageEvidence evidence,
    Grants grants,
    SuspensionFacts safeguards,
    List<FailedWrite> setbacks,
    Optional<String> kubeconfigServer) {

  /// One that does not know what generated kubeconfigs say of the API server.
  public Snapshot(
      Instant now,
      Identity identity,
      NamespaceFacts home,
      List<Policy> policies,
      List<Member> members,
      Map<ObjectRef, List<Claim>> rivals,
      CertManager certManager,
      List<HookJob> jobs,
      Optional<Consumers> consumers,
      UsageEvidence evidence,
      Grants grants,
      SuspensionFacts safeguards,
      List<FailedWrite> setbacks) {
    this(
        now,
        identity,
        home,
        policies,
        members,
        rivals,
        certManager,
        jobs,
        consumers,
        evidence,
        grants,
        safeguards,
        setbacks,
        Optional.empty());
  }

  public Snapshot {
    policies = List.copyOf(policies);
    members = List.copyOf(members);
    rivals = Map.copyOf(rivals);
    jobs = List.copyOf(jobs);
    setbacks = List.copyOf(setbacks);
  }

  public Optional<Member> member(ObjectRef subject) {
    return members.stream().filter(member -> member.subject().equals(subject)).findFirst();
  }

  public Optional<FailedWrite> setback(ObjectRef subject) {
    return setbacks.stream()
        .filter(setback -> setback.subject().equals(subject) && setback.retryAt().isAfter(now))
        .findFirst();
  }

  /// That the API server said no a moment ago.
  public Optional<FailedWrite> refusal(ObjectRef subject) {
    return setback(subject).filter(setback -> setback.cause() == Cause.Refused);
  }

  /// The same snapshot after policies suspended identities meanwhile.
  public Snapshot with(Map<String, List<Instant>> recent) {
    return with(safeguards.with(recent), setbacks);
  }

  /// The same snapshot after some actions failed.
  public Snapshot with(List<FailedWrite> later) {
    return with(safeguards, later);
  }

  /// The same under these policies.
  public Snapshot under(List<Policy> others) {
    return with(others, safeguards, setbacks);
  }

  private Snapshot with(SuspensionFacts around, List<FailedWrite> held) {
    return with(policies, around, held);
  }

  private Snapshot with(List<Policy> applied, SuspensionFacts around, List<FailedWrite> held) {
    return new Snapshot(
        now,
        identity,
        home,
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
        kubeconfigServer);
  }
}
