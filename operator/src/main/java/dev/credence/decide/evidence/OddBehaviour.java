// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.decide.evidence.Oddity.Kind;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Bounded;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.evidence.Right;
import dev.credence.facts.evidence.Sighting;
import dev.credence.facts.evidence.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Compares the behaviour of an account with what it did while Credence learned it. What
/// comes with a rollout of its namespace is forgiven, except what gives access to more.
public record OddBehaviour(Log log, Settings settings) {
  private static final long HOURS_OF_A_WEEK = 7 * 24;

  /// A week and a day.
  private static final long HOURS_COMPARED = HOURS_OF_A_WEEK + 24;
  private static final long HOUR = 3600;
  private static final double PERCENTILE = 0.99;

  /// A request may be under way, and API servers accept an invalid token for some seconds more.
  private static final Duration IN_FLIGHT = Duration.ofMinutes(1);

  /// Programs that people use. The product of a User-Agent, in lower case.
  private static final Set<String> PERSONAL =
      Set.of(
          "kubectl",
          "kubectl.exe",
          "oc",
          "k9s",
          "lens",
          "openlens",
          "freelens",
          "mozilla",
          "curl",
          "wget",
          "httpie",
          "postmanruntime",
          "insomnia");

  private static final Set<String> EXECUTE =
      Set.of("pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers");

  /// `learning`: from the first event of the account on. `factor` and `floor`: requests in an
  /// hour above so many times the 99th percentile of its week, and above the floor, are a
  /// high rate.
  public record Settings(Duration learning, double factor, long floor) {
    public static final Settings DEFAULT = new Settings(Duration.ofDays(14), 5, 200);
  }

  /// What is known of the identity. `outSince`: it is suspended or decommissioned since then.
  /// `retired`: IDs of credentials whose version was retired, and when.
  public record Standing(Optional<Instant> outSince, Map<String, Instant> retired) {
    public static final Standing UNKNOWN = new Standing(Optional.empty(), Map.of());

    public Standing {
      retired = Map.copyOf(retired);
    }
  }

  /// `account` as in `sales/crm`.
  public List<Oddity> of(String account, AccountEvidence evidence, Standing standing) {
    return new Judgement(
            account.substring(0, Math.max(0, account.indexOf('/'))),
            evidence,
            learned(evidence.span().first().time()))
        .all(standing);
  }

  /// The end of the learning time. Times that the log does not cover extend it.
  private Instant learned(Instant first) {
    var learned = first.plus(settings.learning());
    var covered = first;
    for (var gap : log.gaps()) {
      var begin = gap.from().isBefore(covered) ? covered : gap.from();
      if (begin.isBefore(learned) && begin.isBefore(gap.to())) {
        learned = learned.plus(Duration.between(begin, gap.to()));
        covered = gap.to();
      }
    }
    return learned;
  }

  /// `learned`: the end of the learning time.
  private final class Judgement {
    private final String home;
    private final AccountEvidence evidence;
    private final Instant learned;
    private final List<Oddity> found = new ArrayList<>();

    Judgement(String home, AccountEvidence evidence, Instant learned) {
      this.home = home;
      this.evidence = evidence;
      this.learned = learned;
    }

    List<Oddity> all(Standing standing) {
      fresh(evidence.places()).forEach(this::place);
      fresh(evidence.agents()).forEach(this::agent);
      rights();
      namespaces();
      forbidden();
      rate();
      standing.outSince().ifPresent(this::out);
      standing.retired().forEach(this::retired);
      return List.copyOf(found);
    }

    /// What was first seen after the learning time; nothing where keys were dropped.
    private SortedMap<String, Span> fresh(Bounded<String, Span> keys) {
      if (keys.hasOverflowed()) {
        return new TreeMap<>();
      }
      var fresh = keys.sorted();
      fresh.values().removeIf(span -> !isNew(span.first()));
      return fresh;
    }

    private boolean isNew(Sighting first) {
      return !first.time().isBefore(learned);
    }

    private boolean isForgiven(Sighting first) {
      return log.isAfterRollout(home, first.time());
    }

    private void place(String place, Span span) {
      unlessForgiven(Kind.NewPlace, "First request from " + place + ".", span.first());
    }

    private void agent(String agent, Span span) {
      if (PERSONAL.contains(agent)) {
        add(Kind.PersonalClient, "First request by " + agent + ".", span.first());
      } else {
        unlessForgiven(Kind.NewAgent, "First request by " + agent + ".", span.first());
      }
    }

    private void rights() {
      var first = new TreeMap<Right, Sighting>();
      var unnamed = new TreeMap<Right, Sighting>();
      evidence
          .used()
          .sorted()
          .forEach(
              (right, use) -> {
                first.merge(right.anywhere(), use.span().first(), OddBehaviour::earlier);
                use.unnamed()
                    .ifPresent(one -> unnamed.merge(right.anywhere(), one, OddBehaviour::earlier));
              });
      if (evidence.used().hasOverflowed()) {
        return;
      }
      var sensitive = new TreeMap<Kind, Sighting>();
      first.forEach(
          (right, at) -> right(right, at, Optional.ofNullable(unnamed.get(right)), sensitive));
      sensitive.forEach(
          (kind, at) -> {
            if (isNew(at)) {
              add(kind, kind.meaning(), at);
            }
          });
    }

    private void right(
        Right right, Sighting first, Optional<Sighting> unnamed, Map<Kind, Sighting> sensitive) {
      var kind = sensitive(right, unnamed);
      if (kind.isPresent()) {
        var at = kind.get() == Kind.SecretsListed ? unnamed.orElse(first) : first;
        sensitive.merge(kind.get(), at, OddBehaviour::earlier);
      } else if (!right.isPath() && isNew(first)) {
        unlessForgiven(Kind.NewRight, "First " + right.title() + ".", first);
      }
    }

    private void namespaces() {
      if (actsEverywhere()) {
        return;
      }
      fresh(evidence.namespaces())
          .forEach(
              (namespace, span) ->
                  unlessForgiven(
                      Kind.NewNamespace,
                      "First request in namespace " + namespace + ".",
                      span.first()));
    }

    /// It lists or watches namespaced objects of the whole cluster: namespaces come and go.
    private boolean actsEverywhere() {
      var used = evidence.used().sorted();
      return used.entrySet().stream()
          .filter(entry -> !isNew(entry.getValue().span().first()))
          .map(Map.Entry::getKey)
          .filter(right -> right.isRead() && right.namespace().isEmpty() && !right.isPath())
          .anyMatch(
              right ->
                  used.keySet().stream()
                      .anyMatch(
                          other ->
                              !other.namespace().isEmpty() && other.kind().equals(right.kind())));
    }

    /// One finding, with the first of them.
    private void forbidden() {
      var first = new TreeMap<Right, Sighting>();
      evidence
          .forbidden()
          .sorted()
          .forEach(
              (right, span) -> first.merge(right.anywhere(), span.first(), OddBehaviour::earlier));
      first.values().removeIf(at -> !isNew(at) || isForgiven(at));
      first.entrySet().stream()
          .min(Map.Entry.comparingByValue())
          .ifPresent(
              entry ->
                  add(
                      Kind.ForbiddenRequest,
                      "Denied for the first time: "
                          + entry.getKey().title()
                          + (first.size() > 1 ? " and " + (first.size() - 1) + " more." : "."),
                      entry.getValue()));
    }

    private void rate() {
      var counts = new TreeMap<Long, Long>();
      evidence.hours().sorted().forEach((hour, count) -> counts.put(hour, count.estimate()));
      counts.entrySet().stream()
          .filter(entry -> !start(entry.getKey()).isBefore(learned))
          .filter(entry -> hasItsWeek(entry.getKey(), counts))
          .filter(entry -> entry.getValue() >= settings.floor())
          .filter(entry -> isHigh(entry.getKey(), entry.getValue(), counts))
          .filter(entry -> !isRolledOutIn(entry.getKey()))
          .max(Map.Entry.comparingByValue())
          .ifPresent(this::highRate);
    }

    /// Where hours were dropped, those of the week before may be missing.
    private boolean hasItsWeek(long hour, SortedMap<Long, Long> counts) {
      return !evidence.hours().hasOverflowed() || counts.firstKey() <= hour - HOURS_OF_A_WEEK;
    }

    /// Hours without a request do not count: a job that runs once a week has no other ones.
    private boolean isHigh(long hour, long count, SortedMap<Long, Long> counts) {
      var week = counts.subMap(hour - HOURS_COMPARED, hour).values().stream().sorted().toList();
      if (week.isEmpty()) {
        return false;
      }
      var rank = (int) Math.ceil(PERCENTILE * week.size());
      return count > settings.factor() * week.get(rank - 1);
    }

    private boolean isRolledOutIn(long hour) {
      return log.isAfterRollout(home, start(hour))
          || log.isAfterRollout(home, start(hour + 1).minusNanos(1));
    }

    private void highRate(Map.Entry<Long, Long> hour) {
      add(
          Kind.HighRate,
          "About %d requests in the hour from %s."
              .formatted(hour.getValue(), Times.text(start(hour.getKey()))),
          new Sighting(start(hour.getKey()), "", "", "", 0));
    }

    private void out(Instant since) {
      evidence
          .success()
          .map(Span::last)
          .filter(last -> last.time().isAfter(since.plus(IN_FLIGHT)))
          .ifPresent(
              last ->
                  add(
                      Kind.UsedWhileSuspended,
                      "Used after it was suspended or decommissioned at " + Times.text(since) + ".",
                      last));
    }

    private void retired(String credential, Instant since) {
      Stream.ofNullable(evidence.credentials().get(credential))
          .filter(last -> last.time().isAfter(since))
          .forEach(
              last ->
                  add(
                      Kind.RetiredVersionUsed,
                      "Credential "
                          + credential
                          + " was used after its version was retired at "
                          + Times.text(since)
                          + ".",
                      last));
    }

    private void unlessForgiven(Kind kind, String message, Sighting first) {
      if (!isForgiven(first)) {
        add(kind, message, first);
      }
    }

    private void add(Kind kind, String message, Sighting example) {
      found.add(new Oddity(kind, message, example));
    }
  }

  private static Optional<Kind> sensitive(Right right, Optional<Sighting> unnamed) {
    if (right.verb().equals(Right.IMPERSONATE)) {
      return Optional.of(Kind.UserImpersonated);
    }
    if (right.group().isEmpty() && right.resource().equals("serviceaccounts/token")) {
      return Optional.of(Kind.TokenRequested);
    }
    if (right.group().isEmpty() && EXECUTE.contains(right.resource())) {
      return Optional.of(Kind.CommandExecuted);
    }
    return right.group().isEmpty()
            && right.resource().equals("secrets")
            && !right.verb().equals("get")
            && right.isRead()
            && unnamed.isPresent()
        ? Optional.of(Kind.SecretsListed)
        : Optional.empty();
  }

  private static Sighting earlier(Sighting one, Sighting other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Instant start(long hour) {
    return Instant.ofEpochSecond(hour * HOUR);
  }
}
