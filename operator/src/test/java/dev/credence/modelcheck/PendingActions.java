// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

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

/// Actions that are decided and not yet carried out: one action, or the status at the end, and the
/// rest. `generation` is that of the identity that was reconciled.
final class PendingActions {
  final @Nullable Action action;

  /// The versions that the status is to say at the end; empty where it says so already, or where
  /// something did not go through.
  final List<Integer> status;

  final int generation;
  final @Nullable PendingActions rest;
  private final int hash;

  private PendingActions(
      @Nullable Action action,
      List<Integer> status,
      int generation,
      @Nullable PendingActions rest) {
    this.action = action;
    this.status = status;
    this.generation = generation;
    this.rest = rest;
    this.hash = Objects.hash(action, status, generation, rest);
  }

  /// Nothing to do is no plan.
  static @Nullable PendingActions of(List<Action> actions, List<Integer> status, int generation) {
    PendingActions plan =
        status.isEmpty() ? null : new PendingActions(null, status, generation, null);
    for (var action : actions.reversed()) {
      plan = new PendingActions(action, status, generation, plan);
    }
    return plan;
  }

  /// The rest after something did not go through: the status is for the next look.
  @Nullable PendingActions afterRefusal() {
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
        || other instanceof PendingActions plan
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
  record Decided(@Nullable PendingActions plan, Set<Phase> phases) {
    static Decided of(Decision decision, WorldRules rules, ModelState seen) {
      var credentials =
          decision.status().map(status -> status.credentials()).orElse(List.<Credential>of());
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
          PendingActions.of(
              decision.actions(),
              versions.equals(known) ? List.of() : versions,
              seen.asked().generation()),
          credentials.stream().map(Credential::phase).collect(Collectors.toSet()));
    }
  }
}
