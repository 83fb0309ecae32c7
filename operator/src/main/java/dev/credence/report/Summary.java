// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.report.Entry.Members;
import dev.credence.report.Entry.Rights;
import dev.credence.report.Inventory.Tally;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// The questions that an auditor asks about machine accounts, and what the inventory answers.
public final class Summary {
  private static final String NONE = "(none)";

  public record Answer(String question, String answer) {}

  public static List<Answer> of(Inventory inventory) {
    return List.of(
        new Answer("Who is responsible?", responsible(inventory)),
        new Answer("How many machine accounts are there?", howMany(inventory)),
        new Answer("Is there an authoritative list?", list(inventory)),
        new Answer("What types are there?", types(inventory)),
        new Answer("What must be reviewed?", reviews(inventory)),
        new Answer("Which permissions are used, and is any behavior odd?", used(inventory)),
        new Answer("How is an identity suspended or decommissioned?", ended(inventory)));
  }

  private static String responsible(Inventory inventory) {
    var living = inventory.living().size();
    var without = inventory.withoutOwner().size();
    var owners = named(inventory.byOwner());
    var teams = named(inventory.byTeam());
    return "Owners are set for %s: %s in %s. %s"
        .formatted(
            of(living - without, living, "identity", "identities"),
            count(owners, "owner", "owners"),
            count(teams, "team", "teams"),
            without == 0
                ? "No identity is without an owner."
                : count(without, "identity has", "identities have") + " no owner.");
  }

  private static long named(List<Tally> tallies) {
    return tallies.stream().filter(tally -> !tally.value().equals(NONE)).count();
  }

  private static String howMany(Inventory inventory) {
    var elsewhere =
        inventory.held(credential -> credential.opens().isPresent()).stream()
            .map(held -> held.credential().opens().orElseThrow())
            .distinct()
            .count();
    return "%s with %s and %s in other systems.%s"
        .formatted(
            count(inventory.identities().size(), "identity", "identities"),
            count(accounts(inventory), "ServiceAccount", "ServiceAccounts"),
            count(elsewhere, "account", "accounts"),
            inventory
                .unclaimed()
                .map(
                    rows ->
                        " "
                            + count(
                                rows.stream().filter(UnclaimedRow::isAccount).count(),
                                "ServiceAccount belongs",
                                "ServiceAccounts belong")
                            + " to no identity.")
                .orElse(""));
  }

  private static long accounts(Inventory inventory) {
    return inventory.identities().stream()
        .map(Entry::members)
        .mapToLong(Members::serviceAccounts)
        .sum();
  }

  private static String list(Inventory inventory) {
    var listed = accounts(inventory);
    return inventory
        .unclaimed()
        .map(
            rows -> {
              var all = listed + rows.stream().filter(UnclaimedRow::isAccount).count();
              return "Yes, the MachineIdentities of the cluster. They cover %s."
                  .formatted(of(listed, all, "ServiceAccount", "ServiceAccounts"));
            })
        .orElse(
            "Yes, the MachineIdentities of the cluster. The report did not count the other ServiceAccounts.");
  }

  private static String types(Inventory inventory) {
    return inventory.identities().isEmpty()
        ? "No identities."
        : inventory.byType().stream()
            .map(
                tally ->
                    (tally.value().equals(NONE) ? "without a type" : tally.value())
                        + " "
                        + tally.identities())
            .collect(Collectors.joining(", ", "", "."));
  }

  private static String reviews(Inventory inventory) {
    return "%s overdue, %s due within 30 days. %s within 30 days. %s overdue or blocked. %s."
        .formatted(
            count(inventory.reviewsOverdue().size(), "review is", "reviews are"),
            count(inventory.reviewsSoon().size(), "is", "are"),
            count(
                inventory.ending(Inventory.SOON).size(),
                "identity or credential has expired or expires",
                "identities and credentials have expired or expire"),
            count(inventory.overdueOrStopped().size(), "credential is", "credentials are"),
            count(
                inventory.living().stream().mapToLong(entry -> entry.risk().total()).sum(),
                "risk finding",
                "risk findings"));
  }

  private static String used(Inventory inventory) {
    var rights = inventory.living().stream().flatMap(entry -> entry.rights().stream()).toList();
    var odd =
        count(
            inventory.odd().size(),
            "finding of odd behavior is open.",
            "findings of odd behavior are open.");
    var since = rights.stream().flatMap(one -> one.since().stream()).min(Instant::compareTo);
    return since
            .map(
                begin ->
                    "Audit events since %s show the use of %d of %s. %d were not used, of %d it is unknown. "
                        .formatted(
                            Tables.day(begin),
                            rights.stream().mapToLong(Rights::used).sum(),
                            count(
                                rights.stream().mapToLong(Rights::total).sum(),
                                "permission",
                                "permissions"),
                            rights.stream().mapToLong(Rights::unused).sum(),
                            rights.stream().mapToLong(Rights::unknown).sum()))
            .orElse("The report has no audit events to compare permissions with. ")
        + odd;
  }

  private static String ended(Inventory inventory) {
    var over = inventory.identities().stream().filter(Entry::isOverForGood).count();
    return "Suspend with kubectl credence suspend NAME, undo it with resume. Decommission with spec.state: Decommissioned. %s suspended or decommissioned, %s of them decommissioned."
        .formatted(count(inventory.outOfService().size(), "is", "are"), over);
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  private static String of(long part, long whole, String one, String many) {
    if (whole == 0) {
      return "no " + one;
    }
    if (part < whole) {
      return part + " of " + count(whole, one, many);
    }
    return whole == 1 ? "the one " + one : "all " + count(whole, one, many);
  }

  private Summary() {}
}
