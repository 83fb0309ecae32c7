// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import dev.credence.api.ActorType;
import dev.credence.api.Condition;
import dev.credence.api.Conditions;
import dev.credence.api.CredentialPolicySpec.Enforcement;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.BehaviorStatus;
import dev.credence.api.MachineIdentityStatus.Consumers;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.EffectiveRotation;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.MemberCounts;
import dev.credence.api.MachineIdentityStatus.OwnerStatus;
import dev.credence.api.MachineIdentityStatus.PolicyRef;
import dev.credence.api.MachineIdentityStatus.ProbeResult;
import dev.credence.api.MachineIdentityStatus.ProbeStatus;
import dev.credence.api.MachineIdentityStatus.Source;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.api.SecretMember;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.Probed;
import dev.credence.facts.policy.Section;
import dev.credence.facts.text.Truncation;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A standing as the status that users read. Equal standings give equal statuses, so nothing is
/// written while nothing changes.
public final class StatusMapper {
  private static final Set<ConditionResult.ConditionType> SUMS =
      EnumSet.of(
          ConditionResult.ConditionType.Ready,
          ConditionResult.ConditionType.Reconciling,
          ConditionResult.ConditionType.Stalled);
  private static final Set<String> SUMS_BY_NAME =
      SUMS.stream()
          .map(ConditionResult.ConditionType::name)
          .collect(Collectors.toUnmodifiableSet());
  private static final int MOST_CREDENTIALS = 256;
  private static final int MOST_POLICIES = 32;
  private static final int LONGEST_CONDITION = 4096;
  private static final int LONGEST_MESSAGE = 1024;

  public static MachineIdentityStatus of(
      IdentityStatus status, MachineIdentity resource, Instant now) {
    var generation = resource.getMetadata().getGeneration();
    return new MachineIdentityStatus(
        generation,
        LifeState.valueOf(status.state().name()),
        status.type().map(typed -> ActorType.valueOf(typed.type())).orElse(null),
        status
            .type()
            .map(IdentityStatus.Typed::reason)
            .filter(rule -> !rule.equals(IdentityStatus.Typed.DECLARED))
            .orElse(null),
        owner(status.owner()),
        policies(status.policies()),
        seconds(status.end()),
        seconds(status.nextAction()),
        members(status.members()),
        credentials(status.credentials()),
        status.use().flatMap(ObservedStatus::usage).orElse(null),
        status.risk().flatMap(ObservedStatus::risk).orElse(null),
        behavior(status),
        status.review().map(ObservedStatus::review).orElse(null),
        suspension(status, resource.getMetadata()),
        StatusHistory.ended(status),
        StatusHistory.approval(status.approval()),
        StatusHistory.history(status, resource.getStatus(), now),
        handled(status.handled()),
        conditions(status.results(), resource.getStatus(), now));
  }

  private static @Nullable SuspensionStatus suspension(IdentityStatus status, ObjectMeta meta) {
    return status
        .suspension()
        .map(
            suspension -> StatusHistory.suspension(suspension, meta.getNamespace(), meta.getName()))
        .orElse(null);
  }

  private static @Nullable OwnerStatus owner(IdentityStatus.OwnerFound owner) {
    return owner.contact().isEmpty()
        ? null
        : new OwnerStatus(
            owner.contact().get(),
            owner.team().orElse(null),
            Source.valueOf(owner.source().name()));
  }

  private static @Nullable MemberCounts members(IdentityStatus.Counts counts) {
    var shown =
        new MemberCounts(
            some(counts.serviceAccounts()),
            some(counts.secrets()),
            some(counts.certificates()),
            some(counts.missing()),
            some(counts.notManaged()),
            some(counts.conflicted()));
    return shown.equals(MemberCounts.NONE) ? null : shown;
  }

  /// A status shows no zeros.
  static @Nullable Integer some(int count) {
    return count == 0 ? null : count;
  }

  private static List<PolicyRef> policies(List<PolicyApplied> applied) {
    return applied.stream()
        .limit(MOST_POLICIES)
        .map(
            policy ->
                new PolicyRef(
                    policy.name(),
                    policy.generation(),
                    Enforcement.valueOf(policy.enforcement().name()),
                    policy.sections().stream().map(Section::toString).toList()))
        .toList();
  }

  /// Of an identity that could not be evaluated: what was said before stays, since it is the
  /// operator's memory, and Ready and Stalled tell what is wrong.
  public static MachineIdentityStatus unevaluated(
      IdentityStatus status, MachineIdentity resource, Instant now) {
    var before = resource.getStatus();
    if (before == null || before.state() == null) {
      return of(status, resource, now);
    }
    var generation = resource.getMetadata().getGeneration();
    var sums = status.results().stream().filter(result -> SUMS.contains(result.type())).toList();
    return before.with(
        generation,
        Stream.concat(
                conditions(sums, before, now).stream(),
                Stream.ofNullable(before.conditions())
                    .flatMap(List::stream)
                    .filter(condition -> !SUMS_BY_NAME.contains(condition.type())))
            .toList());
  }

  private static MachineIdentityStatus.@Nullable Handled handled(Handled handled) {
    return handled.equals(Handled.NONE)
        ? null
        : new MachineIdentityStatus.Handled(
            handled.rotate().orElse(null),
            handled.rollback().orElse(null),
            handled.abort().orElse(null),
            handled.revoke().orElse(null),
            handled.rotations().now().orElse(null),
            handled.rotations().spec().orElse(null));
  }

  private static @Nullable List<CredentialStatus> credentials(List<Credential> credentials) {
    return credentials.isEmpty()
        ? null
        : credentials.stream().limit(MOST_CREDENTIALS).map(StatusMapper::credential).toList();
  }

  private static CredentialStatus credential(Credential credential) {
    return new CredentialStatus(
        credential.name(),
        CredentialType.valueOf(credential.kind().name()),
        CredentialState.valueOf(credential.phase().name()),
        credential.version().orElse(null),
        seconds(credential.issuedAt()),
        seconds(credential.nextRotation()),
        seconds(credential.previousRetires()),
        seconds(credential.ends()),
        credential
            .account()
            .map(
                account ->
                    new SecretMember.Account(
                        SecretMember.AccountType.valueOf(account.type()),
                        account.system(),
                        account.name()))
            .orElse(null),
        credential
            .consumers()
            .map(
                users ->
                    new Consumers(
                        users.total(),
                        users.current(),
                        users.leftBehind() > 0 ? users.leftBehind() : null))
            .orElse(null),
        handled(credential.handled()),
        credential.failedAttempts().orElse(null),
        credential.renewing().orElse(null),
        credential.rotation().map(StatusMapper::rotation).orElse(null),
        probe(credential),
        credential.used().current().map(LocalDate::toString).orElse(null),
        credential.used().previous().orElse(null),
        credential.message().map(text -> shortened(text, LONGEST_MESSAGE)).orElse(null));
  }

  /// Also for those who play the API server.
  public static @Nullable BehaviorStatus behavior(IdentityStatus status) {
    return ObservedStatus.behavior(status.behavior()).orElse(null);
  }

  /// Also for those who play the API server.
  public static @Nullable ProbeStatus probe(Credential credential) {
    return credential
        .probe()
        .map(
            probed ->
                new ProbeStatus(
                    probed.start(),
                    result(probed),
                    probed.failure().map(text -> shortened(text, LONGEST_MESSAGE)).orElse(null)))
        .orElse(null);
  }

  private static @Nullable ProbeResult result(Probed probed) {
    if (probed.failure().isPresent()) {
      return ProbeResult.Failed;
    }
    return probed.passed() ? ProbeResult.Passed : null;
  }

  private static EffectiveRotation rotation(Credential.EffectiveRotation rotation) {
    return new EffectiveRotation(
        rotation.interval().orElse(null),
        rotation.schedule().orElse(null),
        rotation.timeZone().orElse(null),
        rotation.overlap(),
        rotation.source());
  }

  private static List<Condition> conditions(
      List<ConditionResult> results, @Nullable MachineIdentityStatus before, Instant now) {
    var known = Conditions.of(before == null ? null : before.conditions());
    return results.stream().map(result -> condition(result, known, now)).toList();
  }

  private static Condition condition(ConditionResult result, Conditions before, Instant now) {
    var type = result.type().name();
    var status = Condition.Truth.valueOf(result.status().name());
    return new Condition(
        type,
        status,
        // That of the status holds for all of its conditions.
        null,
        before.since(type, status, now),
        result.reason().name(),
        shortened(result.message(), LONGEST_CONDITION));
  }

  static @Nullable Instant seconds(Optional<Instant> time) {
    return time.map(at -> at.truncatedTo(ChronoUnit.SECONDS)).orElse(null);
  }

  /// Cuts a text as it will be read back: half a character, as of a text that was cut before, would
  /// differ.
  static String shortened(String text, int longest) {
    var cut = Truncation.truncate(text, longest);
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private StatusMapper() {}
}
