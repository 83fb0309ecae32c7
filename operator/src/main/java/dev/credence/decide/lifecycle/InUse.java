// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.evidence.LogGap;
import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.RecordedStatus.LastUse;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.identity.RecordedStatus.Sign;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.PolicySections.Tokens;
import dev.credence.facts.text.Days;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing.SetUp;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.Use;
import dev.credence.plan.IdentityStatus.Use.Source;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Computes the condition InUse. Evidence counts by the day: the API server's record of the use of
/// a token, its audit events, pods that run or ran, and objects that are set up to use it, whether
/// they run or not.
///
/// No identity is called idle only because no use was seen: it was seen in use and then no more for
/// the time that its policy sets, or it has a token that was never used while use was recorded.
/// Anything that could hide a use makes the answer Unknown.
///
/// `changes`: when the answer changes by itself.
public record InUse(
    Finding finding,
    Optional<LastUse> last,
    Use use,
    ConditionResult result,
    List<Instant> changes) {

  enum Finding {
    InUse,
    Idle,
    Unknown,
    /// not everything could be read
    InPart
  }

  private static final String NO_EVIDENCE =
      "The operator has no evidence about the use of the identity.";

  /// After how long a use is none any more, where no policy says.
  private static final Duration COUNTS_FOR = Tokens.UNUSED_FOR;

  /// `confirmed`: when a user last confirmed that it is needed.
  public static InUse of(
      Snapshot s,
      EffectivePolicy policy,
      List<MemberRole> roles,
      Optional<RecordedReview> confirmed) {
    return new Looking(s, policy, MemberRole.own(roles), confirmed.map(RecordedReview::at)).usage();
  }

  boolean isIdle() {
    return finding == Finding.Idle;
  }

  /// The same condition for an identity that may be suspended.
  public InUse under(ServiceState service) {
    return service instanceof ServiceState.Held held
            && held.cause().reason() != Reason.Idle
            && finding != Finding.InUse
        ? new InUse(
            Finding.Unknown,
            last,
            use,
            result.applies()
                ? ConditionResult.fine(
                    ConditionType.InUse,
                    ConditionStatus.Unknown,
                    Reason.NoEvidence,
                    Looking.seenOr(last, NO_EVIDENCE)
                        + " The identity is suspended, so nothing can use it.")
                : result,
            List.of())
        : this;
  }

  /// The same, and it changes at these times too.
  private InUse changingAt(Stream<Instant> more) {
    return new InUse(finding, last, use, result, Stream.concat(changes.stream(), more).toList());
  }

  boolean isInPart() {
    return finding == Finding.InPart;
  }

  /// The evaluation of one snapshot.
  private record Looking(
      Snapshot s, EffectivePolicy policy, Set<ObjectRef> own, Optional<Instant> confirmed) {

    InUse usage() {
      var last = last();
      var setUp = setUp();
      if (last.isPresent() && s.now().isBefore(end(last.get()).plus(window()))) {
        return inUse(last, setUp, reason(last.get().sign()), seen(last.get()));
      }
      if (!setUp.isEmpty()) {
        return inUse(
            last,
            setUp,
            Reason.Referenced,
            Sentences.clauses(setUp.stream().map(SetUp::toString).toList())
                + "."
                + last.map(use -> " " + seen(use)).orElse(""));
      }
      if (!s.evidence().uses().problems().isEmpty()) {
        return unknown(
            Finding.InPart,
            last,
            seenOr(last, "The operator found no use in what it could read.")
                + " "
                + Sentences.joined(s.evidence().uses().problems()));
      }
      return silent(last);
    }

    private static Reason reason(Sign sign) {
      return switch (sign) {
        case TokenLabel -> Reason.TokenUsed;
        case Pod -> Reason.PodRunning;
        case AuditEvent -> Reason.AuditEvent;
      };
    }

    /// Nothing uses it now, and everything could be read.
    private InUse silent(Optional<LastUse> last) {
      var after = policy.idle().flatMap(chosen -> chosen.section().unusedFor());
      var tokens = tokens().toList();
      if (after.isEmpty()) {
        return unknown(
            Finding.Unknown,
            last,
            last.map(
                    use ->
                        seen(use)
                            + " No policy sets when an identity counts as idle (`idle.unusedFor`).")
                .orElse(NO_EVIDENCE));
      }
      if (last.isEmpty() && tokens.isEmpty()) {
        return unknown(Finding.Unknown, last, NO_EVIDENCE);
      }
      return silentFor(after.get(), last, tokens).changingAt(changesOfLog(after.get(), last));
    }

    private InUse silentFor(Duration after, Optional<LastUse> last, List<LegacyToken> tokens) {
      var hidden = hidden(last, after);
      if (hidden.isPresent()) {
        return unknown(
            isAuditedNow(last) ? Finding.InPart : Finding.Unknown,
            last,
            seenOr(last, NO_EVIDENCE) + " " + hidden.get());
      }
      if (!tokens.isEmpty() && s.evidence().tracking() instanceof Tracking.Unknown(var why)) {
        return unknown(
            Finding.InPart, last, seenOr(last, NO_EVIDENCE) + " " + Sentences.sentence(why));
      }
      return quiet(last, tokens, after);
    }

    /// When audit events show this time no longer, or completely. Their end is no change of an
    /// identity that they say nothing about.
    private Stream<Instant> changesOfLog(Duration after, Optional<LastUse> last) {
      return tokensOfOurs().findAny().isPresent()
              || last.filter(use -> use.sign() == Sign.AuditEvent).isPresent()
          ? LogGap.changes(s.auditedUse(), after)
          : Stream.of();
    }

    /// Why a use during this time may have left no trace, as a sentence.
    private Optional<String> hidden(Optional<LastUse> last, Duration after) {
      var gap = LogGap.since(s.auditedUse(), s.now().minus(after), s.now());
      return tokensOfOurs()
          .flatMap(secret -> hidden(secret, gap).stream())
          .findFirst()
          .or(() -> last.filter(use -> use.sign() == Sign.AuditEvent).flatMap(_ -> gap));
    }

    /// A token of ours may be used elsewhere. Audit events show its use where it opens the API
    /// server alone; an account that they never show may be excluded from them.
    private Optional<String> hidden(SecretWanted secret, Optional<String> gap) {
      var token = (TokenRecipe) secret.material().orElseThrow();
      var what = "The token in " + ObjectRef.secret(secret.name()) + " may be in use";
      if (s.auditedUse() instanceof AuditedUse.Absent) {
        return Optional.of(what + "; the API server does not record that.");
      }
      if (!token.audiences().isEmpty()) {
        return Optional.of(
            what + ": it has audiences, and audit events show only requests to the API server.");
      }
      return gap.map(why -> what + ". " + why)
          .or(
              () ->
                  s.auditedUse().known().flatMap(log -> log.account(token.account())).isPresent()
                      ? Optional.empty()
                      : Optional.of(
                          what
                              + ": the audit log contains no event of ServiceAccount "
                              + token.account()
                              + ", which an audit policy may exclude."));
    }

    /// Whether audit events are or were there, so that they may be complete again soon.
    private boolean isAuditedNow(Optional<LastUse> last) {
      return !(s.auditedUse() instanceof AuditedUse.Absent)
          || last.filter(use -> use.sign() == Sign.AuditEvent).isPresent();
    }

    private InUse quiet(Optional<LastUse> last, List<LegacyToken> tokens, Duration after) {
      var idleAt = since(last, tokens).plus(after);
      var what = seenOr(last, neverUsed());
      if (s.now().isBefore(idleAt)) {
        var result =
            ConditionResult.fine(
                ConditionType.InUse,
                ConditionStatus.Unknown,
                Reason.NoEvidence,
                what
                    + " Nothing else uses the identity. Without a use it counts as idle from "
                    + idleAt
                    + ".");
        return new InUse(Finding.Unknown, last, use(last), result, List.of(idleAt));
      }
      var result =
          new ConditionResult(
              ConditionType.InUse,
              ConditionStatus.False,
              Reason.Idle,
              what
                  + " Nothing uses the identity, and by policy "
                  + policy.idle().orElseThrow().policy()
                  + " it counts as idle after "
                  + Durations.text(after)
                  + " (`idle.unusedFor`). If it is needed, a user with the verb `review` sets the"
                  + " annotation credence.dev/review='<own name> <time>'. Otherwise decommission it.",
              Impact.Violation);
      return new InUse(Finding.Idle, last, use(last), result, List.of());
    }

    private String neverUsed() {
      return "The token of the identity was never used"
          + (s.evidence().tracking() instanceof Tracking.Since(var day)
              ? ", as far as the API server recorded it (since " + day + ")."
              : ".");
    }

    /// The time since when it has been unused: any use after that would have been observed, which
    /// requires that the identity existed.
    private Instant since(Optional<LastUse> last, List<LegacyToken> tokens) {
      var noted =
          !tokens.isEmpty() && s.evidence().tracking() instanceof Tracking.Since(var day)
              ? Optional.of(Days.end(day))
              : Optional.<Instant>empty();
      var silent =
          last.map(Looking::end)
              .or(() -> tokens.stream().map(LegacyToken::createdAt).max(Instant::compareTo));
      return Stream.of(silent, noted, confirmed, resumedAt(), referencedUntil().map(Days::end))
          .flatMap(Optional::stream)
          .filter(time -> time.isAfter(s.identity().createdAt()))
          .max(Instant::compareTo)
          .orElse(s.identity().createdAt());
    }

    /// A suspended identity cannot be used: that is no evidence against it once it is resumed.
    private Optional<Instant> resumedAt() {
      return s.identity()
          .recorded()
          .suspended()
          .filter(suspended -> !suspended.reason().equals(Reason.Idle.name()))
          .map(_ -> s.now().truncatedTo(ChronoUnit.SECONDS))
          .or(() -> s.identity().recorded().resumedAt());
    }

    private InUse inUse(Optional<LastUse> last, List<SetUp> setUp, Reason reason, String message) {
      return new InUse(
          Finding.InUse,
          last,
          last.isPresent() || setUp.isEmpty()
              ? use(last)
              : new Use(Optional.empty(), Source.Reference, Optional.empty()),
          ConditionResult.fine(ConditionType.InUse, ConditionStatus.True, reason, message),
          Stream.concat(
                  // Pods are listed, not watched: the next day shows whether they still run.
                  isRunning() ? Stream.of(Days.end(today())) : Stream.of(),
                  last.map(use -> end(use).plus(window())).stream())
              .toList());
    }

    private InUse unknown(Finding finding, Optional<LastUse> last, String message) {
      return new InUse(
          finding,
          last,
          use(last),
          last.isPresent() || policy.idle().isPresent()
              ? ConditionResult.fine(
                  ConditionType.InUse, ConditionStatus.Unknown, Reason.NoEvidence, message)
              : ConditionResult.notApplicable(ConditionType.InUse, ConditionStatus.Unknown),
          List.of());
    }

    private Use use(Optional<LastUse> last) {
      return new Use(
          last.map(LastUse::day),
          last.map(use -> Source.valueOf(use.sign().name())).orElse(Source.None),
          referencedUntil());
    }

    /// A user who deletes a Deployment may be about to create another one: the time starts again.
    private Optional<LocalDate> referencedUntil() {
      if (!setUp().isEmpty()) {
        return Optional.empty();
      }
      return s.identity().recorded().referenced()
          ? Optional.of(today())
          : s.identity().recorded().referencedUntil();
    }

    /// The last day. Of several signs of one day the first of [Sign] counts, whichever was seen
    /// first: else the answer would depend on when the operator was restarted.
    private Optional<LastUse> last() {
      // A day far to come was written by a clock that was wrong, and would count for years.
      var recorded =
          s.identity().recorded().lastUse().filter(use -> !use.day().isAfter(today().plusDays(1)));
      return Stream.concat(recorded.stream(), seen().filter(use -> !use.day().isAfter(today())))
          .max(
              Comparator.comparing(LastUse::day)
                  .thenComparing(LastUse::sign, Comparator.reverseOrder()));
    }

    private Stream<LastUse> seen() {
      return Stream.of(
              tokens()
                  .flatMap(token -> token.lastUsed().stream())
                  .map(day -> new LastUse(day, Sign.TokenLabel)),
              ran().map(day -> new LastUse(day, Sign.Pod)),
              audited().map(day -> new LastUse(day, Sign.AuditEvent)))
          .flatMap(uses -> uses);
    }

    private Stream<LocalDate> ran() {
      return s.evidence().uses().ran().entrySet().stream()
          .filter(entry -> own.contains(entry.getKey()))
          .map(Map.Entry::getValue);
    }

    /// The last request of each account, answered or not.
    private Stream<LocalDate> audited() {
      return s.auditedUse().known().stream()
          .flatMap(log -> log.accounts().entrySet().stream())
          .filter(account -> own.contains(ObjectRef.account(account.getKey())))
          .map(account -> account.getValue().span().last().time())
          .map(time -> time.atZone(ZoneOffset.UTC).toLocalDate());
    }

    private boolean isRunning() {
      return ran().anyMatch(today()::equals);
    }

    private Stream<LegacyToken> tokens() {
      return s.suspensionFacts().tokens().stream()
          .filter(token -> own.contains(ObjectRef.account(token.account())));
    }

    /// The objects that name it; that one of its own accounts names one of its Secrets is no
    /// evidence.
    private List<SetUp> setUp() {
      return s.evidence().uses().setUp().stream()
          .filter(one -> own.contains(one.what()))
          .filter(
              one ->
                  !one.kind().equals("ServiceAccount")
                      || !own.contains(ObjectRef.account(one.name())))
          .sorted()
          .toList();
    }

    private Stream<SecretWanted> tokensOfOurs() {
      return s.identity().secrets().stream()
          .filter(SecretWanted::isToken)
          .filter(secret -> own.contains(ObjectRef.secret(secret.name())));
    }

    private Duration window() {
      return policy.idle().flatMap(chosen -> chosen.section().unusedFor()).orElse(COUNTS_FOR);
    }

    private LocalDate today() {
      return s.now().atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static Instant end(LastUse use) {
      return Days.end(use.day());
    }

    private static String seenOr(Optional<LastUse> last, String otherwise) {
      return last.map(Looking::seen).orElse(otherwise);
    }

    private static String seen(LastUse use) {
      return switch (use.sign()) {
        case TokenLabel -> "The token of the identity was last used on " + use.day() + ".";
        case AuditEvent ->
            "The API server last received a request of the identity on " + use.day() + ".";
        case Pod -> "A pod of the identity was last observed on " + use.day() + ".";
      };
    }
  }
}
