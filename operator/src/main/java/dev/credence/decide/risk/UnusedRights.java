// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.evidence.BindingUse;
import dev.credence.decide.evidence.BindingUse.Advice;
import dev.credence.decide.evidence.JudgedRight;
import dev.credence.decide.evidence.JudgedRight.Answer;
import dev.credence.decide.evidence.LogGap;
import dev.credence.decide.evidence.UsedRights;
import dev.credence.facts.Snapshot;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.evidence.DatedGrant;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.rbac.Grants;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.RightsUsed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which rights of its accounts were not used for the time that the policy sets. Bindings of groups
/// do not count: others may use them. Audit events alone answer it; where they do not cover the
/// time, nothing is called unused.
sealed interface UnusedRights {

  /// When the answer changes without further events.
  List<Instant> changes();

  /// No policy asks.
  record NotAsked() implements UnusedRights {
    @Override
    public List<Instant> changes() {
      return List.of();
    }
  }

  /// `why`: a sentence.
  record Unknown(String why, List<Instant> changes) implements UnusedRights {
    public Unknown {
      changes = List.copyOf(changes);
    }
  }

  /// `open`: why a right that audit events can show is not answered.
  record Counted(
      RightsUsed rights, Duration unusedFor, Optional<String> open, List<Instant> changes)
      implements UnusedRights {
    public Counted {
      changes = List.copyOf(changes);
    }

    boolean isAnyUnused() {
      return rights.unused() > 0;
    }

    /// `3 of 17 rights were not used for 2160h (`privileges.unusedFor`).`, and what to do.
    String sentence() {
      return "%d of %d rights were not used for %s (`privileges.unusedFor`)%s.%s%s"
          .formatted(
              rights.unused(),
              rights.total(),
              Durations.text(unusedFor),
              rights.unknown() == 0
                  ? ""
                  : "; audit events do not show whether %d more were".formatted(rights.unknown()),
              advice("Remove", rights.remove()),
              advice("Reduce the role of", rights.reduce()));
    }

    private static String advice(String verb, List<String> bindings) {
      return bindings.isEmpty() ? "" : " " + verb + " " + LeastPrivilege.some(bindings) + ".";
    }
  }

  static UnusedRights of(
      Snapshot s, Optional<Privileges> rule, Grants.Known grants, List<String> accounts) {
    var unusedFor = rule.flatMap(Privileges::reportsUnusedFor);
    if (unusedFor.isEmpty()) {
      return new NotAsked();
    }
    var window = unusedFor.get();
    var gap = LogGap.since(s.auditedUse(), s.now().minus(window), s.now());
    return gap.isEmpty() && s.auditedUse() instanceof AuditedUse.Known audited
        ? judged(s, audited, grants, accounts, window)
        : new Unknown(gap.orElse(""), LogGap.changes(s.auditedUse(), window).toList());
  }

  private static Counted judged(
      Snapshot s,
      AuditedUse.Known audited,
      Grants.Known grants,
      List<String> accounts,
      Duration window) {
    var judge = new UsedRights(audited.log(), Optional.of(s.now().minus(window)));
    var rights =
        accounts.stream()
            .flatMap(account -> judge.of(audited.account(account), dated(grants, account)).stream())
            .filter(JudgedRight::direct)
            .toList();
    return new Counted(
        counted(rights),
        window,
        rights.stream().filter(UsedRights::canShow).flatMap(UnusedRights::open).findFirst(),
        Stream.of(
                LogGap.changes(audited, window),
                Stream.of(uses(rights), failures(audited, accounts), changed(grants, accounts))
                    .flatMap(times -> times)
                    .map(time -> time.plus(window)))
            .flatMap(times -> times)
            .filter(s.now()::isBefore)
            .toList());
  }

  private static Stream<Instant> uses(List<JudgedRight> rights) {
    return rights.stream()
        .flatMap(
            right ->
                right.answer() instanceof Answer.Used(var last) ? Stream.of(last) : Stream.of());
  }

  private static Stream<Instant> failures(AuditedUse.Known audited, List<String> accounts) {
    return accounts.stream()
        .flatMap(account -> audited.account(account).stream())
        .flatMap(account -> account.failed().sorted().values().stream())
        .map(span -> span.last().time());
  }

  private static Stream<Instant> changed(Grants.Known grants, List<String> accounts) {
    return accounts.stream()
        .flatMap(account -> dated(grants, account).stream())
        .flatMap(grant -> grant.changed().stream());
  }

  private static List<DatedGrant> dated(Grants.Known grants, String account) {
    return grants.evaluated(account).stream()
        .map(grant -> new DatedGrant(grant, grant.changed()))
        .toList();
  }

  private static Stream<String> open(JudgedRight right) {
    return right.answer() instanceof Answer.Unknown(var why)
        ? Stream.of(right.title() + " by " + right.via() + ": " + why)
        : Stream.of();
  }

  private static RightsUsed counted(List<JudgedRight> rights) {
    var unused = rights.stream().filter(JudgedRight::isUnused).count();
    var used = rights.stream().filter(JudgedRight::isUsed).count();
    var bindings =
        BindingUse.of(rights).stream()
            .collect(
                Collectors.groupingBy(
                    BindingUse::advice, Collectors.mapping(BindingUse::via, Collectors.toList())));
    return new RightsUsed(
        rights.size(),
        (int) unused,
        (int) (rights.size() - used - unused),
        bindings.getOrDefault(Advice.Remove, List.of()),
        bindings.getOrDefault(Advice.Reduce, List.of()));
  }
}
