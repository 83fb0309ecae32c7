package dev.credence.facts;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A pod that has not come to its end.
///
/// `workload`: what made it, where that is of a kind we know. `replaced`: whether another one comes
/// in its place when it goes (a controller that is no Job has it). `ready`: its Ready condition.
public record RunningPod(
    String name,
    Guard guard,
    Set<String> secrets,
    Instant createdAt,
    Optional<Subject> workload,
    boolean replaced,
    boolean ready,
    boolean leaving) {

  public RunningPod {
    secrets = Set.copyOf(secrets);
  }
}
