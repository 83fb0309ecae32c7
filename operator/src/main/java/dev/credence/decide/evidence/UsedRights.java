// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.decide.evidence.JudgedRight.Answer;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.DatedGrant;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.evidence.Right;
import dev.credence.facts.evidence.Span;
import dev.credence.facts.evidence.Use;
import dev.credence.facts.rbac.PolicyRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/// Compares what an account is granted with what it did. Silence of the log is no evidence:
/// where the log cannot show a use, the answer is Unknown. `asked`: after when; empty: since the
/// log begins.
public record UsedRights(Log log, Optional<Instant> asked) {
  /// A log seldom begins at the very moment that was asked for.
  private static final Duration SLACK = Duration.ofHours(1);

  /// The verbs of requests. RBAC also evaluates others, as `bind` and `approve`, while it
  /// handles a request with another verb.
  private static final Set<String> OF_REQUESTS =
      Set.of(
          "get",
          "list",
          "watch",
          "create",
          "update",
          "patch",
          "delete",
          "deletecollection",
          Right.IMPERSONATE,
          PolicyRule.ANY);

  public List<JudgedRight> of(Optional<AccountEvidence> account, List<DatedGrant> grants) {
    var did = account.map(Did::of);
    return grants.stream().flatMap(grant -> rights(did, grant)).distinct().toList();
  }

  /// What the account did, sorted once.
  private record Did(
      AccountEvidence account, SortedMap<Right, Use> used, SortedMap<Right, Span> failed) {
    static Did of(AccountEvidence account) {
      return new Did(account, account.used().sorted(), account.failed().sorted());
    }
  }

  private Stream<JudgedRight> rights(Optional<Did> account, DatedGrant dated) {
    return dated.grant().rules().stream()
        .flatMap(List::stream)
        .flatMap(
            rule ->
                rule.groups().stream()
                    .sorted()
                    .flatMap(
                        group ->
                            rule.resources().stream()
                                .sorted()
                                .flatMap(
                                    resource ->
                                        rule.verbs().stream()
                                            .sorted()
                                            .map(
                                                verb ->
                                                    new PolicyRule(
                                                        Set.of(group),
                                                        Set.of(resource),
                                                        Set.of(verb),
                                                        rule.names())))))
        .map(rule -> judged(account, dated, rule));
  }

  private JudgedRight judged(Optional<Did> account, DatedGrant dated, PolicyRule rule) {
    var grant = dated.grant();
    return new JudgedRight(
        grant.via(),
        grant.isDirect(),
        one(rule.verbs()),
        one(rule.groups()),
        one(rule.resources()),
        grant.namespace(),
        rule.names(),
        answer(account, dated, rule));
  }

  private static String one(Set<String> words) {
    return words.iterator().next();
  }

  private Answer answer(Optional<Did> account, DatedGrant dated, PolicyRule rule) {
    var last = account.flatMap(did -> lastUse(did, dated, rule));
    if (last.filter(this::isAsked).isPresent()) {
      return new Answer.Used(last.get());
    }
    return notVisible(account, rule)
        .or(() -> notCovered())
        .or(() -> notGrantedAllTheTime(dated))
        .or(() -> account.flatMap(did -> notConclusive(did, dated, rule)))
        .<Answer>map(Answer.Unknown::new)
        .orElseGet(Answer.Unused::new);
  }

  private boolean isAsked(Instant time) {
    return asked.filter(since -> !time.isAfter(since)).isEmpty();
  }

  private static Optional<Instant> lastUse(Did account, DatedGrant dated, PolicyRule rule) {
    return account.used().entrySet().stream()
        .filter(entry -> includes(dated, rule, entry.getKey()))
        .flatMap(entry -> lastUse(entry.getValue(), rule.names()).stream())
        .max(Instant::compareTo);
  }

  private static Optional<Instant> lastUse(Use use, Set<String> names) {
    if (names.isEmpty()) {
      return Optional.of(use.span().last().time());
    }
    return use.names().sorted().entrySet().stream()
        .filter(entry -> names.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .max(Instant::compareTo);
  }

  private static boolean includes(DatedGrant dated, PolicyRule rule, Right right) {
    return rule.allowsVerb(right.verb())
        && rule.covers(right.group(), right.resource())
        && dated.grant().countsIn(right.namespace());
  }

  private Optional<String> notVisible(Optional<Did> account, PolicyRule rule) {
    var verb = one(rule.verbs());
    var group = one(rule.groups());
    var resource = one(rule.resources());
    if (account.isEmpty()) {
      return Optional.of("The log contains no event of this account.");
    }
    if (!OF_REQUESTS.contains(verb)) {
      return Optional.of("Audit events do not show the verb " + verb + ".");
    }
    if (isOfOthers(resource)) {
      return Optional.of(
          "Audit events do not show the use of " + resource + ": other components evaluate it.");
    }
    var any = verb.equals(PolicyRule.ANY);
    var read = new Right(verb, group, resource, "").isRead();
    if ((any || read) && !readsAreLogged(group, resource)) {
      return Optional.of(
          "The log contains no read of "
              + Right.title(group, resource)
              + " by any user: reads may not be logged.");
    }
    return (any || !read) && !log.hasWrites()
        ? Optional.of("The log contains no writes.")
        : Optional.empty();
  }

  private static boolean isOfOthers(String resource) {
    return resource.endsWith("/finalizers") || resource.startsWith("nodes/");
  }

  /// Whether any log can show the use of this right.
  public static boolean canShow(JudgedRight right) {
    return OF_REQUESTS.contains(right.verb()) && !isOfOthers(right.resource());
  }

  private boolean readsAreLogged(String group, String resource) {
    return group.equals(PolicyRule.ANY) || resource.startsWith(PolicyRule.ANY)
        ? log.hasReads()
        : log.hasReadsOf(group, resource);
  }

  private Optional<String> notCovered() {
    var from = log.from();
    if (from.isEmpty()) {
      return Optional.of("The log contains no events.");
    }
    if (asked.isPresent() && from.get().isAfter(asked.get().plus(SLACK))) {
      return Optional.of(
          "The log begins at " + Times.text(from.get()) + ", after the requested time.");
    }
    return log.gaps().stream()
        .filter(gap -> asked.isEmpty() || gap.to().isAfter(asked.get()))
        .findFirst()
        .map(
            gap ->
                "The log has no events from "
                    + Times.text(gap.from())
                    + " to "
                    + Times.text(gap.to())
                    + ".");
  }

  /// The time from which on a use would have been seen and counted.
  private Instant begin() {
    return Stream.concat(asked.stream(), log.from().stream())
        .max(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  private Optional<String> notGrantedAllTheTime(DatedGrant dated) {
    return dated
        .changed()
        .filter(changed -> changed.isAfter(begin()))
        .map(
            changed ->
                "The binding or its role was created or changed at " + Times.text(changed) + ".");
  }

  private Optional<String> notConclusive(Did account, DatedGrant dated, PolicyRule rule) {
    if (account.account().hasOverflowed()) {
      return Optional.of("The account used more rights than Credence records.");
    }
    if (rule.isNamed()
        && account.used().entrySet().stream()
            .anyMatch(
                entry ->
                    includes(dated, rule, entry.getKey())
                        && entry.getValue().names().hasOverflowed())) {
      return Optional.of("The account used more names than Credence records.");
    }
    return failure(account.failed(), dated, rule);
  }

  private Optional<String> failure(Map<Right, Span> failed, DatedGrant dated, PolicyRule rule) {
    return failed.entrySet().stream()
        .filter(entry -> includes(dated, rule, entry.getKey()))
        .filter(entry -> isAsked(entry.getValue().last().time()))
        .findFirst()
        .map(
            entry ->
                "Requested without success: the API server answered "
                    + entry.getValue().first().code()
                    + ".");
  }
}
