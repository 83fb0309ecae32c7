// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A pod that has not come to its end.
///
/// `atStart`: those of its Secrets that its containers read only when they start (environment
/// variables, `subPath` mounts); the kubelet keeps the files of the others current. `controller`:
/// of whatever kind; `workload`: what made the pod, where that is of a kind we know. `returns`:
/// what follows it. `ready`: its Ready condition. `goneBy`: it is being deleted, and should be gone
/// at this time.
public record PodFacts(
    String name,
    Preconditions preconditions,
    Set<String> secrets,
    Set<String> atStart,
    Instant createdAt,
    Optional<Controller> controller,
    Optional<ObjectRef> workload,
    Returns returns,
    boolean ready,
    Optional<Instant> goneBy) {

  public PodFacts {
    secrets = Set.copyOf(secrets);
    atStart = Set.copyOf(atStart);
  }

  /// The consequence of deleting the pod.
  public enum Returns {
    /// its controller creates another pod
    Replaced,
    /// it has no controller: nothing creates another pod
    Never,
    /// `restartPolicy` Never or OnFailure: it runs once, and nothing repeats what it did not finish
    RunsOnce
  }

  public boolean leaving() {
    return goneBy.isPresent();
  }
}
