// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is known from audit events. Everything in it is a set, a minimum or a maximum, so
/// adding and merging are associative, commutative and idempotent: files may overlap, events
/// may come twice and in any order, and no audit ID has to be remembered. Exact are which
/// rights, names, places, agents and credentials were seen, and when first and last, up to
/// [EvidenceLimits]; numbers of requests are estimates ([DistinctCount]).
public final class Evidence {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final int ROLLOUTS = 500;
  private static final int REMEMBERED = 5_000;

  private final EvidenceLimits limits;
  private final Networks networks;
  private final Log log;
  private final Bounded<String, AccountEvidence> accounts;
  private final Map<String, String> places = new HashMap<>();
  private final Map<String, String> agents = new HashMap<>();

  public Evidence(EvidenceLimits limits, Networks networks) {
    this.limits = limits;
    this.networks = networks;
    log = new Log(limits);
    accounts = Bounded.sampled(limits.accounts(), AccountEvidence::and);
  }

  public void add(AuditEvent event) {
    log.add(event, ROLLOUTS);
    account(event.user())
        .ifPresent(
            name -> {
              var place = remembered(places, event.address(), networks::place);
              var agent = remembered(agents, event.agent(), UserAgent::product);
              var known = accounts.get(name);
              if (known != null) {
                known.add(event, place, agent);
                return;
              }
              var one = new AccountEvidence(limits);
              one.add(event, place, agent);
              accounts.add(name, one);
            });
  }

  /// One text for all events: most have the same few, and computing a place is slow.
  private static String remembered(
      Map<String, String> known, String text, UnaryOperator<String> compute) {
    if (known.size() >= REMEMBERED) {
      known.clear();
    }
    return known.computeIfAbsent(text, compute);
  }

  /// As in `sales/crm`; empty for a user who is no ServiceAccount.
  private static Optional<String> account(String user) {
    var parts = user.split(":", -1);
    return user.startsWith(SERVICE_ACCOUNT) && parts.length == 4
        ? Optional.of(parts[2] + "/" + parts[3])
        : Optional.empty();
  }

  /// Adds all of the other, which must not be used afterwards.
  public void addAll(Evidence other) {
    log.addAll(other.log);
    accounts.addAll(other.accounts);
  }

  public Log log() {
    return log;
  }

  /// By namespace and name, as in `sales/crm`.
  public SortedMap<String, AccountEvidence> accounts() {
    return accounts.sorted();
  }

  /// Whether there were more accounts than are kept.
  public boolean hasOverflowed() {
    return accounts.hasOverflowed();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Evidence evidence
        && evidence.log.equals(log)
        && evidence.accounts.equals(accounts);
  }

  @Override
  public int hashCode() {
    return 31 * log.hashCode() + accounts.hashCode();
  }

  @Override
  public String toString() {
    return log + ": " + accounts;
  }
}
