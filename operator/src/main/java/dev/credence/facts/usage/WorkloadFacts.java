// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// An object that creates pods from a template: a Deployment, StatefulSet, DaemonSet, Argo Rollout,
/// Job or CronJob.
///
/// `secrets` are those that the template names. `wanted`: how many pods it is to have, where it
/// keeps a number of them. `restartedFor` is our annotation on the template, `restartedAt` when we
/// last wrote it. An Argo Rollout has no such annotation: `requested` is the restart that its
/// `spec.restartAt` asks for, `restartedAt` when we last wrote that field.
public record WorkloadFacts(
    ObjectRef subject,
    Preconditions preconditions,
    Set<String> secrets,
    int wanted,
    Optional<String> restartedFor,
    Optional<Instant> restartedAt,
    Optional<Requested> requested,
    Rollout rollout) {

  public WorkloadFacts {
    secrets = Set.copyOf(secrets);
  }

  /// One that is restarted by an annotation on its template, or not at all.
  public WorkloadFacts(
      ObjectRef subject,
      Preconditions preconditions,
      Set<String> secrets,
      int wanted,
      Optional<String> restartedFor,
      Optional<Instant> restartedAt,
      Rollout rollout) {
    this(
        subject,
        preconditions,
        secrets,
        wanted,
        restartedFor,
        restartedAt,
        Optional.empty(),
        rollout);
  }

  public WorkloadFacts with(Rollout other) {
    return new WorkloadFacts(
        subject, preconditions, secrets, wanted, restartedFor, restartedAt, requested, other);
  }

  /// With a template that names these Secrets too.
  public WorkloadFacts using(Set<String> others) {
    var all = new HashSet<>(secrets);
    all.addAll(others);
    return new WorkloadFacts(
        subject, preconditions, all, wanted, restartedFor, restartedAt, requested, rollout);
  }

  /// A restart of all pods that were created before `at`, which may be a time to come. `complete`:
  /// the controller of the workload reports that it is done.
  public record Requested(Instant at, boolean complete) {}

  /// The progress of its pods towards its template.
  public sealed interface Rollout {
    /// every pod is of the current template and ready
    record Done() implements Rollout {}

    /// `how` says how far it is, like `1 of 3 pods are ready`
    record UnderWay(String how) implements Rollout {}

    /// it is paused: a changed template changes no pod
    record Paused() implements Rollout {}

    /// Kubernetes gave up waiting for it
    record Stuck(String why) implements Rollout {}

    /// its pods get a changed template only when a user deletes them (OnDelete)
    record ByHand() implements Rollout {}

    /// a Job or CronJob: its pods run to their end, later ones read what is there then
    record ToItsEnd() implements Rollout {}
  }
}
