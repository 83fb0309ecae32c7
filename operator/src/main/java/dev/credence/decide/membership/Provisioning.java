package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.Member.Account;
import dev.credence.plan.Action;
import dev.credence.plan.Halt;
import dev.credence.plan.Standing.OwnerFound;
import java.util.Optional;

/// Is a ServiceAccount to be made, or to be brought back to what the identity says?
public final class Provisioning {

  public static Optional<Action> of(
      Snapshot s, AccountWanted wanted, Seat seat, Optional<Halt> halt, OwnerFound owner) {
    return wanted.provision().flatMap(automount -> action(s, automount, seat, halt, owner));
  }

  private static Optional<Action> action(
      Snapshot s, boolean automount, Seat seat, Optional<Halt> halt, OwnerFound owner) {
    return switch (seat) {
      case Seat.ToMake(var subject) when halt.isEmpty() ->
          Optional.of(
              new Action.Provision(
                  subject, automount, Marking.wanted(s, owner), s.identity().retain()));
      // One that is suspended takes its account over all the same, to suspend it too.
      case Seat.ToAdopt(Account(var thing, _))
          when halt.filter(h -> !h.isOutOfService()).isEmpty() ->
          Optional.of(Action.Adopt.of(thing, Optional.empty()));
      case Seat.ToRelease(Account(var thing, _)) -> Optional.of(Marking.release(thing));
      case Seat.Made(Account(var thing, var found)) when found != automount && halt.isEmpty() ->
          Optional.of(new Action.Adjust(thing.subject(), thing.guard(), automount));
      case Seat _ -> Optional.empty();
    };
  }

  private Provisioning() {}
}
