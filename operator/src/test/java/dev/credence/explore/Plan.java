// SPDX-License-Identifier: Apache-2.0
package dev.credence.explore;

import dev.credence.plan.Action;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the operator has decided and not yet done: one action, or the status at the end, and the
/// rest. `generation` is that of the identity it looked at.
final class Plan {
  final @Nullable Action action;

  /// The versions that the status is to say at the end; empty where it says so already, or where
  /// something did not go through.
  final List<Integer> status;

  final int generation;
  final @Nullable Plan rest;
  private final int hash;

  private Plan(@Nullable Action action, List<Integer> status, int generation, @Nullable Plan rest) {
    this.action = action;
    this.status = status;
    this.generation = generation;
    this.rest = rest;
    this.hash = Objects.hash(action, status, generation, rest);
  }

  /// Nothing to do is no plan.
  static @Nullable Plan of(List<Action> actions, List<Integer> status, int generation) {
    Plan plan = status.isEmpty() ? null : new Plan(null, status, generation, null);
    for (var action : actions.reversed()) {
      plan = new Plan(action, status, generation, plan);
    }
    return plan;
  }

  /// The rest after something did not go through: the status is for the next look.
  @Nullable Plan afterRefusal() {
    var left = new ArrayList<Action>();
    for (var next = rest; next != null; next = next.rest) {
      if (next.action != null) {
        left.add(next.action);
      }
    }
    return of(left, List.of(), generation);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Plan plan
            && hash == plan.hash
            && generation == plan.generation
            && Objects.equals(action, plan.action)
            && status.equals(plan.status)
            && Objects.equals(rest, plan.rest);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /// A decision as far as it is looked at here.
  record Decided(@Nullable Plan plan, Set<Phase> phases) {
    static Decided of(Decision decision, Rules rules, State seen) {
      var credentials =
          decision.standing().map(standing -> standing.credentials()).orElse(List.<Credential>of());
      var versions =
          rules.secrets.stream()
              .map(
                  wanted ->
                      credentials.stream()
                          .filter(credential -> credential.name().equals(wanted.name()))
                          .flatMap(credential -> credential.version().stream())
                          .findFirst()
                          .map(Long::intValue)
                          .orElse(0))
              .toList();
      var known = seen.parts().stream().map(part -> part.past().known()).toList();
      return new Decided(
          Plan.of(
              decision.actions(),
              versions.equals(known) ? List.of() : versions,
              seen.asked().generation()),
          credentials.stream().map(Credential::phase).collect(Collectors.toSet()));
    }
  }
}
