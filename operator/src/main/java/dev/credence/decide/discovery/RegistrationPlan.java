// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import dev.credence.facts.discovery.Inventory;
import dev.credence.facts.discovery.Inventory.Claimant;
import dev.credence.facts.discovery.Inventory.Found;
import dev.credence.facts.discovery.Inventory.Nature;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Policy;
import dev.credence.plan.RegistrationStep;
import dev.credence.plan.Unclaimed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Plans which identities to register for unclaimed accounts, and what happens to identities that
/// were registered. `problems`: accounts that get none, by the policy's name, each with a sentence.
///
/// An identity is deleted when its account was deleted and no user has changed the identity: while
/// it has any trace of a user, it stays and reports that its account is missing. An identity that
/// was adopted loses the label.
public record RegistrationPlan(List<RegistrationStep> steps, List<Problem> problems) {
  private static final int LONGEST_NAME = 63;
  private static final String OTHER_NAME = "-account";

  public RegistrationPlan {
    steps = List.copyOf(steps);
    problems = List.copyOf(problems);
  }

  public record Problem(String policy, String message) {}

  private record Place(String namespace, String name) {}

  public static RegistrationPlan of(Inventory inventory, Discovery discovery) {
    var steps = new ArrayList<RegistrationStep>();
    var problems = new ArrayList<Problem>();
    var taken =
        inventory.claimants().stream()
            .map(one -> new Place(one.namespace(), one.name()))
            .collect(Collectors.toCollection(HashSet::new));
    var accounts = accounts(inventory);
    inventory.claimants().stream()
        .filter(one -> !one.leaving())
        .sorted(Comparator.comparing(Claimant::namespace).thenComparing(Claimant::name))
        .forEach(one -> follow(one, inventory, accounts, steps));
    var registering =
        inventory.policies().stream()
            .filter(Discovery::registers)
            .map(Policy::name)
            .collect(Collectors.toSet());
    for (var one : discovery.found()) {
      if (one.kind() == Unclaimed.Kind.ServiceAccount && registering.contains(one.policy())) {
        register(one, taken, steps, problems);
      }
    }
    return new RegistrationPlan(steps, problems);
  }

  private static Set<Place> accounts(Inventory inventory) {
    return inventory.items().stream()
        .filter(item -> item.nature() instanceof Nature.Account)
        .map(item -> new Place(item.namespace(), item.name()))
        .collect(Collectors.toSet());
  }

  private static void follow(
      Claimant one, Inventory inventory, Set<Place> accounts, List<RegistrationStep> steps) {
    if (one.found() == Found.Adopted) {
      steps.add(new RegistrationStep.Acknowledge(one.namespace(), one.name(), one.preconditions()));
    }
    if (one.found() == Found.Untouched
        && asksToRegister(inventory, one.namespace())
        && one.names().stream()
            .map(ObjectRef::name)
            .noneMatch(account -> accounts.contains(new Place(one.namespace(), account)))) {
      steps.add(new RegistrationStep.Withdraw(one.namespace(), one.name(), one.preconditions()));
    }
  }

  private static boolean asksToRegister(Inventory inventory, String namespace) {
    return Discovery.asking(inventory, namespace).filter(Discovery::registers).isPresent();
  }

  private static void register(
      Unclaimed account, Set<Place> taken, List<RegistrationStep> steps, List<Problem> problems) {
    var own = new Place(account.namespace(), account.name());
    var other = new Place(account.namespace(), account.name() + OTHER_NAME);
    var free =
        List.of(own, other).stream()
            .filter(place -> place.name().length() <= LONGEST_NAME)
            .filter(place -> !taken.contains(place))
            .findFirst();
    if (free.isPresent()) {
      taken.add(free.get());
      steps.add(
          new RegistrationStep.Register(
              account.namespace(), free.get().name(), account.name(), account.policy()));
    } else {
      problems.add(
          new Problem(
              account.policy(),
              account
                  + " gets no MachineIdentity: "
                  + (account.name().length() > LONGEST_NAME
                      ? "its name has more than 63 characters"
                      : "other MachineIdentities have the names "
                          + own.name()
                          + " and "
                          + other.name())));
    }
  }
}
