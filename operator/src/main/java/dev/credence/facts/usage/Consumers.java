// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import java.util.List;
import java.util.Optional;

/// The consumers of the Secrets of a namespace. `problem`: why they could not be listed; then no
/// consumer is known.
public record Consumers(
    List<WorkloadFacts> workloads, List<PodFacts> pods, Optional<String> problem) {
  public static final Consumers NONE = new Consumers(List.of(), List.of(), Optional.empty());

  public Consumers {
    workloads = List.copyOf(workloads);
    pods = List.copyOf(pods);
  }

  public static Consumers unknown(String problem) {
    return new Consumers(List.of(), List.of(), Optional.of(problem));
  }
}
