// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
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

  /// A receiver accepted events during this time, and this evidence contains them.
  public void covers(Instant from, Instant to) {
    log.coverage().add(from, to);
  }

  /// Takes this evidence apart: by the namespace of the accounts, and under the empty name the
  /// log. Adding all parts gives the whole again. This evidence must not be used afterwards.
  public SortedMap<String, Evidence> byNamespace() {
    var parts = new TreeMap<String, Evidence>();
    Function<String, Evidence> part =
        name -> parts.computeIfAbsent(name, _ -> new Evidence(limits, networks));
    log.splitInto(namespace -> part.apply(namespace).log);
    accounts.forEach(
        (name, account) ->
            part.apply(name.substring(0, name.indexOf('/'))).accounts.add(name, account));
    part.apply("").log.addAll(log);
    return parts;
  }

  /// Drops accounts without an event since this time.
  public void forget(Instant before) {
    accounts.removeIf((_, account) -> account.span().last().time().isBefore(before));
    log.forget(before);
  }

  /// Drops a part to save space: step 0 the least useful one, and so on; false where there is no
  /// such step. The part is marked as overflowed, so that nothing is inferred from what is missing,
  /// and keeps its lower limit in every later union.
  public boolean reduce(int step) {
    return Reduction.apply(step, log, accounts);
  }

  public EvidenceState state() {
    return new EvidenceState(log.state(), accounts.state(AccountEvidence::state));
  }

  /// Throws IllegalArgumentException or NullPointerException where the state is impossible.
  public static Evidence of(EvidenceState state, EvidenceLimits limits) {
    var evidence = new Evidence(limits, Networks.NONE);
    evidence.log.addState(state.log(), ROLLOUTS);
    evidence.accounts.addState(state.accounts(), one -> AccountEvidence.of(one, limits));
    return evidence;
  }

  public Log log() {
    return log;
  }

  /// By namespace and name, as in `sales/crm`.
  public SortedMap<String, AccountEvidence> accounts() {
    return accounts.sorted();
  }

  /// That of one account, as in `sales/crm`.
  public Optional<AccountEvidence> of(String name) {
    return Optional.ofNullable(accounts.get(name));
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
