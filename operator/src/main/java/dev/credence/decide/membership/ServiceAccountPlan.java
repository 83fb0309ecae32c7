// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.Member.Account;
import dev.credence.plan.Action;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IssuanceHold;
import java.util.Optional;

/// Is a ServiceAccount to be made, or to be brought back to what the identity says?
public final class ServiceAccountPlan {

  public static Optional<Action> of(
      Snapshot s,
      AccountWanted wanted,
      MemberRole role,
      Optional<IssuanceHold> halt,
      OwnerFound owner) {
    return wanted.provision().flatMap(automount -> action(s, automount, role, halt, owner));
  }

  private static Optional<Action> action(
      Snapshot s,
      boolean automount,
      MemberRole role,
      Optional<IssuanceHold> halt,
      OwnerFound owner) {
    return switch (role) {
      case MemberRole.ToMake(var subject) when halt.isEmpty() ->
          Optional.of(
              new Action.CreateServiceAccount(
                  subject, automount, OwnershipLabels.wanted(s, owner), s.identity().retain()));
      // One that is suspended takes its account over all the same, to suspend it too.
      case MemberRole.ToAdopt(Account(var object, _))
          when halt.filter(h -> !h.isOutOfService()).isEmpty() ->
          Optional.of(Action.Adopt.of(object, Optional.empty()));
      case MemberRole.ToRelease(Account(var object, _)) ->
          Optional.of(OwnershipLabels.release(object));
      case MemberRole.Made(Account(var object, var found))
          when found != automount && halt.isEmpty() ->
          Optional.of(
              new Action.UpdateServiceAccount(object.subject(), object.preconditions(), automount));
      case MemberRole _ -> Optional.empty();
    };
  }

  private ServiceAccountPlan() {}
}
