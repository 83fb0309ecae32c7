// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken.Mounted;
import dev.credence.facts.identity.SuspensionFacts.Remembered;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.PolicySections.Legacy;
import dev.credence.facts.policy.PolicySections.Tokens;
import dev.credence.facts.text.Days;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Are tokens that never end still used? One that was not for as long as the policy says breaks it,
/// and under `legacy: Invalidate` the API server is told to refuse it, until the policy says
/// otherwise or the account leaves the identity.
///
/// Never one that a running pod or a workload of the namespace uses, or where that is not known,
/// and never one of an account on the list of those that are never suspended. It is not counted
/// among the policy's suspensions: nothing shows that anything used the token, and it is made
/// valid again by one write.
public record LegacyTokens(Snapshot s, EffectivePolicy policy, Set<String> accounts) {
  private static final String KEPT = "The operator does not invalidate the token: ";

  /// `accounts`: the ServiceAccounts that are the identity's.
  public static LegacyTokens of(Snapshot s, EffectivePolicy policy, List<MemberRole> roles) {
    return new LegacyTokens(s, policy, MemberRole.accounts(roles));
  }

  /// Those of the identity's accounts.
  public List<IdentityStatus.LegacyToken> states() {
    var held = held();
    return ours()
        .map(
            token ->
                new IdentityStatus.LegacyToken(
                    token.subject().name(), state(token, held.contains(token.subject()))))
        .toList();
  }

  private Stream<LegacyToken> ours() {
    return s.suspensionFacts().tokens().stream()
        .filter(token -> accounts.contains(token.account()) && !token.leaving());
  }

  private IdentityStatus.LegacyToken.State state(LegacyToken token, boolean isHeld) {
    if (token.invalid() || (isHeld && refusal(token).isEmpty())) {
      return IdentityStatus.LegacyToken.State.Invalid;
    }
    if (isUnused(token)) {
      return IdentityStatus.LegacyToken.State.Unused;
    }
    return isUsed(token)
        ? IdentityStatus.LegacyToken.State.Used
        : IdentityStatus.LegacyToken.State.Unknown;
  }

  private boolean isUsed(LegacyToken token) {
    return usedUntil(token).filter(s.now()::isBefore).isPresent();
  }

  private Optional<Instant> usedUntil(LegacyToken token) {
    return token.lastUsed().map(day -> Days.end(day).plus(window()));
  }

  private boolean isUnused(LegacyToken token) {
    return unusedAt(token).filter(time -> !time.isAfter(s.now())).isPresent();
  }

  /// When it will count as unused, if nothing uses it until then.
  private Optional<Instant> unusedAt(LegacyToken token) {
    return token.idleSince().map(since -> since.plus(window()));
  }

  private Duration window() {
    return policy.tokens().map(chosen -> chosen.section().unusedFor()).orElse(Tokens.UNUSED_FOR);
  }

  private Legacy handling() {
    return policy.tokens().map(chosen -> chosen.section().legacy()).orElse(Legacy.Ignore);
  }

  private boolean ends() {
    return handling() == Legacy.Invalidate;
  }

  /// Those that are kept invalid for being unused.
  public Set<ObjectRef> held() {
    return ours()
        .filter(token -> ends() && (isUnused(token) || isEnded(token)) && !isImmune(token))
        .filter(token -> mayStayEnded(token))
        .map(LegacyToken::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Invalid because it was not used. It stays so: the API server records refused attempts too, so
  /// a thief of a token would only have to try twice.
  private boolean isEnded(LegacyToken token) {
    return token.invalid() && token.ended().filter(unused()::equals).isPresent();
  }

  private TokenInvalidation unused() {
    return new TokenInvalidation(s.identity().uid(), true);
  }

  /// A token that another user made invalid is left to that user.
  private boolean isOthers(LegacyToken token) {
    return token.invalid()
        && token.ended().filter(ended -> ended.uid().equals(s.identity().uid())).isEmpty();
  }

  private boolean isImmune(LegacyToken token) {
    return s.suspensionFacts().immune().contains(token.account());
  }

  /// An invalidated token stays so unless a pod mounts it.
  private static boolean mayStayEnded(LegacyToken token) {
    return switch (token.mounted()) {
      case Nowhere -> true;
      case Somewhere -> false;
      case Unknown -> token.invalid();
    };
  }

  public List<Action> actions() {
    var held = held();
    return ours()
        .filter(token -> held.contains(token.subject()))
        .filter(token -> !isEnded(token) && !isOthers(token))
        .<Action>map(
            token ->
                new Action.Invalidate(
                    token.subject(),
                    token.preconditions(),
                    s.now(),
                    unused(),
                    "it was not used for " + Durations.text(window())))
        .toList();
  }

  /// The tokens that are kept invalid for being unused, once [#actions] are done.
  public Stream<EndedToken> ended() {
    var held = held();
    return ours()
        .filter(token -> held.contains(token.subject()) && refusal(token).isEmpty())
        .flatMap(token -> Suspended.remembered(s, token, true));
  }

  /// While the policy ends what is unused, and the account is the identity's.
  public boolean remembers(Remembered ended) {
    return ends()
        && accounts.contains(ended.token().account())
        && !s.suspensionFacts().immune().contains(ended.token().account());
  }

  /// The API server looks for a token in the Secret that the token names, of whatever type that is.
  /// Whether the Secret that is there now holds the token is not known, since its bytes are not
  /// read. A Secret that says it has a token is judged as one.
  private Stream<String> replaced() {
    var evaluated = ours().map(LegacyToken::subject).collect(Collectors.toSet());
    return s.suspensionFacts().ended().stream()
        .filter(ended -> ended.token().unused() && remembers(ended))
        .filter(ended -> ended.stands() && !evaluated.contains(ended.subject()))
        .map(ended -> replaced(ended.token()));
  }

  /// In a sentence without its end.
  static String replaced(EndedToken token) {
    return "Secret "
        + token.secret()
        + " is not the one whose token of ServiceAccount "
        + token.account()
        + " was invalidated, or it lost the label that makes the token invalid. If it contains that token, the API server accepts it. Delete the Secret";
  }

  public Optional<ConditionResult> result() {
    if (handling() == Legacy.Ignore) {
      return Optional.empty();
    }
    var held = held();
    var sentences =
        Stream.concat(
                replaced(),
                ours()
                    .filter(token -> !token.invalid() && isUnused(token))
                    .filter(token -> !held.contains(token.subject()) || refusal(token).isPresent())
                    .map(this::sentence))
            .toList();
    return sentences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ConditionResult(
                ConditionType.CredentialsFresh,
                ConditionStatus.False,
                Reason.LegacyTokenUnused,
                Sentences.joined(sentences),
                Impact.Violation));
  }

  private String sentence(LegacyToken token) {
    return token.subject()
        + " has a token of ServiceAccount "
        + token.account()
        + " that never expires, "
        + token.lastUsed().map(day -> "last used on " + day).orElse("with no recorded use")
        + ". Delete the Secret if nothing needs it."
        + (ends() ? " " + Sentences.sentence(hindrance(token)) : "");
  }

  private String hindrance(LegacyToken token) {
    if (refusal(token).isPresent()) {
      return refusal(token).get();
    }
    if (isImmune(token)) {
      return KEPT + "its ServiceAccount is exempt from suspension";
    }
    return KEPT
        + (token.mounted() == Mounted.Somewhere
            ? "a pod or a workload of the namespace uses it"
            : "the operator cannot tell whether a pod uses it");
  }

  private Optional<String> refusal(LegacyToken token) {
    return s.refusal(token.subject()).map(FailedWrite::message);
  }

  /// The tokens that are kept invalid, where that is no problem.
  public Optional<String> note() {
    var held = held();
    var names =
        ours()
            .filter(token -> held.contains(token.subject()))
            .filter(token -> refusal(token).isEmpty())
            .map(token -> token.subject().name())
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Invalidated tokens, unused for "
                + Durations.text(window())
                + ": "
                + Sentences.some(names)
                + ".");
  }

  /// When one of them will break the policy.
  public Stream<Instant> due() {
    return handling() == Legacy.Ignore
        ? Stream.of()
        : ours().filter(token -> !token.invalid()).flatMap(token -> unusedAt(token).stream());
  }

  /// When any of their states may change by itself, whether or not a policy minds.
  public Stream<Instant> changes() {
    return ours()
        .flatMap(token -> Stream.concat(unusedAt(token).stream(), usedUntil(token).stream()));
  }
}
