// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.BehaviorStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.FindingStatus;
import dev.credence.api.MachineIdentityStatus.MemberCounts;
import dev.credence.api.MachineIdentityStatus.OddFinding;
import dev.credence.api.MachineIdentityStatus.ProbeResult;
import dev.credence.api.MachineIdentityStatus.RiskStatus;
import dev.credence.api.MachineIdentityStatus.Source;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.api.SecretMember;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ShownStatus;
import dev.credence.report.Entry.Condition;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Entry.Finding;
import dev.credence.report.Entry.Members;
import dev.credence.report.Entry.Odd;
import dev.credence.report.Entry.Owner;
import dev.credence.report.Entry.Review;
import dev.credence.report.Entry.Risk;
import dev.credence.report.Entry.Suspension;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A MachineIdentity as an entry of the report. Here, and nowhere else in this package, is what is
/// not there still null; a value that a newer version writes and this one does not know is null
/// too, and shown as unknown.
public final class Entries {
  private static final String UNKNOWN = "Unknown";

  private static final Condition UNSEEN =
      new Condition(
          "Ready", UNKNOWN, Entry.NOT_SEEN, "The operator has not reconciled the identity yet.");

  public static Entry of(MachineIdentity resource) {
    var meta = resource.getMetadata();
    var spec = Optional.ofNullable(resource.getSpec());
    var status = Optional.ofNullable(resource.getStatus());
    var conditions =
        list(status.map(MachineIdentityStatus::conditions)).map(Entries::condition).toList();
    return new Entry(
        text(meta.getNamespace()).orElse(""),
        text(meta.getName()).orElse(""),
        spec.map(MachineIdentitySpec::application).flatMap(Entries::text),
        spec.map(MachineIdentitySpec::purpose).flatMap(Entries::text),
        owner(spec, status),
        status
            .map(MachineIdentityStatus::type)
            .or(() -> spec.map(MachineIdentitySpec::type))
            .map(Enum::name),
        status.map(found -> word(found.state())).orElse(Entry.NOT_SEEN),
        conditions.stream()
            .filter(condition -> condition.type().equals("Ready"))
            .findFirst()
            .orElse(UNSEEN),
        list(status.map(MachineIdentityStatus::policies)).map(Entries::policy).toList(),
        time(meta.getCreationTimestamp()),
        status
            .map(MachineIdentityStatus::expirationTime)
            .or(() -> spec.map(MachineIdentitySpec::expirationTime)),
        status.map(MachineIdentityStatus::nextActionTime),
        status.map(MachineIdentityStatus::members).map(Entries::members).orElse(Members.NONE),
        list(status.map(MachineIdentityStatus::credentials)).map(Entries::credential).toList(),
        lastUsed(status),
        risk(status, conditions),
        odd(status),
        Optional.empty(),
        status.map(MachineIdentityStatus::review).map(Entries::review).orElse(Review.NONE),
        status.map(MachineIdentityStatus::suspension).map(Entries::suspension),
        conditions,
        Optional.empty());
  }

  /// What decides whether something is wrong with it; empty before the first reconcile.
  public static Optional<ShownStatus> shown(MachineIdentity resource) {
    return Optional.ofNullable(resource.getStatus())
        .map(
            status -> {
              var conditions =
                  list(Optional.ofNullable(status.conditions())).map(Entries::condition).toList();
              var counting = counting(conditions);
              return new ShownStatus(
                  word(status.state()),
                  Optional.ofNullable(status.expirationTime()),
                  conditions.stream().map(one -> weighed(one, counting)).toList(),
                  list(Optional.ofNullable(status.credentials())).map(Entries::shown).toList());
            });
  }

  /// The reasons that Ready and Stalled name.
  private static Set<String> counting(List<Condition> conditions) {
    return conditions.stream()
        .filter(
            condition ->
                condition.type().equals("Ready") && condition.is("False")
                    || condition.type().equals("Stalled") && condition.is("True"))
        .map(Condition::reason)
        .collect(Collectors.toSet());
  }

  private static ShownStatus.Condition weighed(Condition condition, Set<String> counting) {
    return new ShownStatus.Condition(
        condition.type(),
        condition.status(),
        condition.reason(),
        ShownStatus.weight(
            condition.type(),
            condition.status(),
            condition.reason(),
            condition.message().startsWith(ConditionResult.AUDIT),
            counting));
  }

  private static ShownStatus.Credential shown(CredentialStatus credential) {
    return new ShownStatus.Credential(
        text(credential.name()).orElse(UNKNOWN),
        word(credential.type()),
        word(credential.state()),
        Optional.ofNullable(credential.issueTime()),
        Optional.ofNullable(credential.nextRotationTime()),
        Optional.ofNullable(credential.previousRetirementTime()),
        Optional.ofNullable(credential.expirationTime()),
        Optional.ofNullable(credential.consumers())
            .map(
                users ->
                    new Users(
                        count(users.total()), count(users.current()), count(users.leftBehind()))),
        credential.failedAttempts() != null,
        credential.probe() != null && credential.probe().result() == ProbeResult.Failed);
  }

  private static Risk risk(Optional<MachineIdentityStatus> status, List<Condition> conditions) {
    return status
        .map(MachineIdentityStatus::risk)
        .map(Entries::risk)
        .orElseGet(() -> isEvaluated(conditions) ? Risk.NONE : Risk.UNKNOWN);
  }

  /// A status without findings has no risk.
  private static boolean isEvaluated(List<Condition> conditions) {
    return conditions.stream()
        .anyMatch(condition -> condition.type().equals("LeastPrivilege") && condition.is("True"));
  }

  static Condition ready(List<Condition> conditions) {
    return conditions.stream()
        .filter(condition -> condition.type().equals("Ready"))
        .findFirst()
        .orElse(UNSEEN);
  }

  /// The owner that the operator found, who may come from the namespace; before the first
  /// reconcile, the owner in the spec.
  private static Owner owner(
      Optional<MachineIdentitySpec> spec, Optional<MachineIdentityStatus> status) {
    var written = spec.map(MachineIdentitySpec::owner);
    var found = status.map(MachineIdentityStatus::owner);
    return new Owner(
        found
            .map(MachineIdentityStatus.OwnerStatus::contact)
            .or(() -> written.map(dev.credence.api.Owner::contact))
            .flatMap(Entries::text),
        found
            .map(MachineIdentityStatus.OwnerStatus::team)
            .or(() -> written.map(dev.credence.api.Owner::team))
            .flatMap(Entries::text),
        written.map(dev.credence.api.Owner::backup).flatMap(Entries::text),
        found
            .map(MachineIdentityStatus.OwnerStatus::source)
            .map(Enum::name)
            .orElse(
                written.map(dev.credence.api.Owner::contact).isPresent()
                    ? Source.Spec.name()
                    : "None"));
  }

  private static Condition condition(dev.credence.api.Condition condition) {
    return new Condition(
        text(condition.type()).orElse(UNKNOWN),
        word(condition.status()),
        text(condition.reason()).orElse(UNKNOWN),
        text(condition.message()).orElse(""));
  }

  private static Members members(MemberCounts counts) {
    return new Members(
        count(counts.serviceAccounts()),
        count(counts.secrets()),
        count(counts.certificates()),
        count(counts.missing()) + count(counts.notManaged()) + count(counts.conflicted()));
  }

  private static String policy(MachineIdentityStatus.PolicyRef policy) {
    return text(policy.name()).orElse("")
        + (policy.enforcement() == CredentialPolicySpec.Enforcement.Audit ? " (Audit)" : "");
  }

  private static Credential credential(CredentialStatus credential) {
    return new Credential(
        text(credential.name()).orElse(UNKNOWN),
        word(credential.type()),
        word(credential.state()),
        Optional.ofNullable(credential.version()),
        Optional.ofNullable(credential.issueTime()),
        Optional.ofNullable(credential.nextRotationTime()),
        Optional.ofNullable(credential.expirationTime()),
        Optional.ofNullable(credential.account()).map(Entries::account),
        Optional.ofNullable(credential.message()).flatMap(Entries::text));
  }

  private static String account(SecretMember.Account account) {
    return word(account.type())
        + " "
        + text(account.name()).orElse("?")
        + " at "
        + text(account.system()).orElse("?");
  }

  private static Risk risk(RiskStatus risk) {
    return new Risk(
        word(risk.level()),
        count(risk.critical()),
        count(risk.high()),
        count(risk.medium()),
        count(risk.low()),
        list(Optional.ofNullable(risk.findings())).map(Entries::finding).toList());
  }

  private static Finding finding(FindingStatus finding) {
    return new Finding(
        text(finding.rule()).orElse(UNKNOWN),
        word(finding.severity()),
        text(finding.via()).orElse(""),
        text(finding.detail()).orElse(""));
  }

  private static Optional<String> lastUsed(Optional<MachineIdentityStatus> status) {
    return status
        .map(MachineIdentityStatus::usage)
        .map(MachineIdentityStatus.UsageStatus::lastUsedTime)
        .flatMap(Entries::text);
  }

  private static List<Odd> odd(Optional<MachineIdentityStatus> status) {
    return list(status.map(MachineIdentityStatus::behavior).map(BehaviorStatus::findings))
        .map(Entries::odd)
        .toList();
  }

  private static Odd odd(OddFinding finding) {
    return new Odd(
        word(finding.type()),
        text(finding.serviceAccountName()).orElse(UNKNOWN),
        Optional.ofNullable(finding.firstTime()),
        Optional.ofNullable(finding.lastTime()),
        finding.count() == null ? 1 : finding.count(),
        text(finding.network()),
        text(finding.agent()),
        text(finding.auditID()),
        text(finding.message()).orElse(""));
  }

  private static Review review(MachineIdentityStatus.ReviewStatus review) {
    return new Review(
        Optional.ofNullable(review.dueTime()),
        Optional.ofNullable(review.reviewTime()),
        text(review.reviewedBy()));
  }

  private static Suspension suspension(SuspensionStatus suspension) {
    return new Suspension(
        Objects.requireNonNullElse(suspension.startTime(), Instant.EPOCH),
        text(suspension.reason()).orElse(UNKNOWN),
        list(Optional.ofNullable(suspension.notCovered())).map(PlainText::text).toList());
  }

  private static <T> Stream<T> list(Optional<List<T>> list) {
    return list.stream().flatMap(List::stream).filter(Objects::nonNull);
  }

  private static Optional<String> text(@Nullable String written) {
    return Optional.ofNullable(written).filter(found -> !found.isBlank()).map(PlainText::text);
  }

  private static String word(@Nullable Enum<?> value) {
    return value == null ? UNKNOWN : value.name();
  }

  private static int count(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  static Optional<Instant> time(@Nullable String written) {
    try {
      return Optional.ofNullable(written).map(text -> OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  private Entries() {}
}
