// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.cli.show.Problem.Urgency;
import dev.credence.plan.Reason;
import dev.credence.raw.NullSafe;
import dev.credence.report.Entries;
import dev.credence.report.Entry;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Inventory;
import dev.credence.report.Inventory.Origin;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds what is wrong with identities and policies now, by the rules of the report. A suspension
/// in effect, a rotation in progress and findings about permissions are no problems.
final class Problems {
  /// The operator reconciles a new identity, and replaces a leader, in less time.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Set<String> NOT_ENFORCED =
      Set.of(
          Reason.NotEnforced.name(),
          Reason.SuspensionLimit.name(),
          Reason.AccountsNotLocked.name());

  private static final Duration A_DAY = Duration.ofDays(1);

  private final Instant now;
  private final Duration ahead;

  private Problems(Instant now, Duration ahead) {
    this.now = now;
    this.ahead = ahead;
  }

  /// The most urgent first.
  static List<Problem> of(
      List<MachineIdentity> identities,
      List<CredentialPolicy> policies,
      Optional<Lease> lease,
      Instant now) {
    return of(identities, policies, lease, now, A_DAY);
  }

  /// `ahead`: a credential that expires within this time is listed, if no new value is planned
  /// before.
  static List<Problem> of(
      List<MachineIdentity> identities,
      List<CredentialPolicy> policies,
      Optional<Lease> lease,
      Instant now,
      Duration ahead) {
    var problems = new Problems(now, ahead);
    return Stream.of(
            lease.flatMap(problems::operator).stream(),
            policies.stream().flatMap(policy -> problems.policy(policy).stream()),
            identities.stream().flatMap(problems::identity))
        .flatMap(found -> found)
        .sorted(Problem.ORDER)
        .toList();
  }

  /// A leader renews its Lease every few seconds.
  private Optional<Problem> operator(Lease lease) {
    var renewed =
        Optional.ofNullable(lease.getSpec())
            .map(LeaseSpec::getRenewTime)
            .map(time -> time.toInstant());
    if (renewed.filter(at -> at.isAfter(now.minus(PATIENCE))).isPresent()) {
      return Optional.empty();
    }
    var meta = lease.getMetadata();
    return Optional.of(
        new Problem(
            Urgency.OperatorNotRunning,
            "Lease " + meta.getNamespace() + "/" + meta.getName(),
            "OperatorNotRunning",
            renewed,
            "No operator renews the Lease: nothing is rotated, and requests wait. Check it with"
                + " kubectl get pods -n "
                + meta.getNamespace(),
            Optional.empty(),
            Optional.empty()));
  }

  private Optional<Problem> policy(CredentialPolicy policy) {
    var conditions =
        byType(
            Optional.ofNullable(policy.getStatus())
                .map(CredentialPolicyStatus::conditions)
                .orElse(null));
    var wrong =
        Stream.of("Ready", "DiscoveryComplete")
            .flatMap(type -> Stream.ofNullable(conditions.get(type)))
            .filter(condition -> condition.status() == Condition.Truth.False)
            .toList();
    return wrong.stream()
        .findFirst()
        .map(
            first ->
                new Problem(
                    !"Ready".equals(first.type())
                        ? Urgency.Reported
                        : isTrue(conditions.get("Stalled"))
                            ? Urgency.ManualAction
                            : Urgency.NotReady,
                    "CredentialPolicy " + policy.getMetadata().getName(),
                    PlainText.text(first.reason()),
                    Optional.ofNullable(first.lastTransitionTime()),
                    PlainText.text(first.message()),
                    Optional.empty(),
                    Optional.empty()))
        .map(problem -> problem.and(wrong.size() - 1));
  }

  private Stream<Problem> identity(MachineIdentity identity) {
    var entry = Entries.of(identity);
    var inventory =
        new Inventory(new Origin(now, "", "", ""), List.of(entry), Optional.empty(), List.of());
    var conditions =
        byType(
            Optional.ofNullable(identity.getStatus())
                .map(MachineIdentityStatus::conditions)
                .orElse(null));
    var credentials =
        Stream.concat(
                inventory.overdueOrStopped().stream().map(Inventory.Held::credential),
                entry.credentials().stream().filter(credential -> isRunningOut(entry, credential)))
            .distinct()
            .filter(credential -> !isEndedOnPurpose(entry, credential))
            .map(credential -> credential(entry, credential, conditions))
            .toList();
    var own = new ArrayList<Problem>();
    inventory.breaches().stream()
        .flatMap(breach -> condition(entry, breach).stream())
        // The credentials are listed instead, each by itself.
        .filter(
            condition ->
                !condition.type().equals("CredentialsFresh")
                    || credentials.stream().allMatch(listed -> isAboutItsEnd(listed.urgency())))
        .map(condition -> problem(entry, urgency(entry, condition), condition, conditions))
        .forEach(own::add);
    if (own.isEmpty() && credentials.isEmpty()) {
      unexplained(entry, conditions).ifPresent(own::add);
    }
    return Stream.concat(
        credentials.stream(),
        own.stream().min(Problem.ORDER).map(worst -> worst.and(own.size() - 1)).stream());
  }

  /// A breach is a finding, or one of the conditions.
  private static Optional<Entry.Condition> condition(Entry entry, Inventory.Breach breach) {
    return entry
        .condition(breach.about())
        .filter(condition -> condition.reason().equals(breach.rule()));
  }

  /// A suspended identity is expired or revoked on purpose.
  private static boolean isEndedOnPurpose(Entry entry, Credential credential) {
    return entry.suspension().isPresent() && !credential.state().equals("Blocked");
  }

  /// Expires soon, and no new value is planned before.
  private boolean isRunningOut(Entry entry, Credential credential) {
    return entry.rotates(now)
        && (credential.isLeftToEnd() || credential.isOverdue(now))
        && credential.ends().filter(end -> !end.isAfter(now.plus(ahead))).isPresent();
  }

  private Problem credential(
      Entry entry, Credential credential, Map<String, Condition> conditions) {
    var urgency = urgency(entry, credential);
    return new Problem(
        urgency,
        (credential.kind().equals("Certificate") ? "Certificate " : "Secret ")
            + entry.namespace()
            + "/"
            + credential.name(),
        urgency == Urgency.Reported ? "ExpiresSoon" : urgency.name(),
        switch (urgency) {
          case Expired -> credential.ends();
          case ExpiresWithinDay, Reported -> Optional.empty();
          case RotationOverdue -> credential.next();
          default -> blockedSince(credential, conditions);
        },
        (isAboutItsEnd(urgency) ? end(credential) : "")
            + credential
                .message()
                .orElse("See kubectl describe mid " + entry.name() + " -n " + entry.namespace()),
        entry.owner().contact(),
        entry.owner().team());
  }

  private Urgency urgency(Entry entry, Credential credential) {
    if (credential.state().equals("Blocked")) {
      return Urgency.Blocked;
    }
    if (credential.isStopped(now)) {
      return Urgency.Expired;
    }
    if (isRunningOut(entry, credential)
        && credential.ends().filter(end -> !end.isAfter(now.plus(A_DAY))).isPresent()) {
      return Urgency.ExpiresWithinDay;
    }
    return credential.isOverdue(now) ? Urgency.RotationOverdue : Urgency.Reported;
  }

  private static boolean isAboutItsEnd(Urgency urgency) {
    return urgency == Urgency.ExpiresWithinDay || urgency == Urgency.Reported;
  }

  private static String end(Credential credential) {
    return "Expires at "
        + credential.ends().map(end -> end.truncatedTo(ChronoUnit.SECONDS).toString()).orElse("-")
        + ", and no new value is planned before. ";
  }

  /// The status has the time of the condition, which is that of this credential where its message
  /// names it.
  private static Optional<Instant> blockedSince(
      Credential credential, Map<String, Condition> conditions) {
    return Optional.ofNullable(conditions.get("CredentialsFresh"))
        .filter(condition -> condition.status() == Condition.Truth.False)
        .filter(condition -> String.valueOf(condition.message()).contains(credential.name()))
        .map(Condition::lastTransitionTime);
  }

  private static Urgency urgency(Entry entry, Entry.Condition condition) {
    if (NOT_ENFORCED.contains(condition.reason())) {
      return Urgency.SuspensionNotEnforced;
    }
    if (condition.type().equals("Expiring") && condition.reason().equals("Expired")) {
      return Urgency.Expired;
    }
    if (entry
        .condition("Stalled")
        .filter(stalled -> stalled.is("True") && stalled.reason().equals(condition.reason()))
        .isPresent()) {
      return Urgency.ManualAction;
    }
    return entry.ready().is("False") && entry.ready().reason().equals(condition.reason())
        ? Urgency.NotReady
        : Urgency.Reported;
  }

  private static Problem problem(
      Entry entry, Urgency urgency, Entry.Condition condition, Map<String, Condition> conditions) {
    return new Problem(
        urgency,
        "MachineIdentity " + entry.id(),
        condition.reason(),
        Optional.ofNullable(conditions.get(condition.type())).map(Condition::lastTransitionTime),
        condition.message(),
        entry.owner().contact(),
        entry.owner().team());
  }

  /// The operator has not reconciled the identity, or could not evaluate it.
  private Optional<Problem> unexplained(Entry entry, Map<String, Condition> conditions) {
    var ready = entry.ready();
    var isExplained =
        ready.is("True")
            || entry.isOverForGood()
            || entry.conditions().stream()
                .anyMatch(
                    condition ->
                        !Set.of("Ready", "Reconciling", "Stalled").contains(condition.type())
                            && condition.reason().equals(ready.reason()));
    var isNew = entry.created().filter(at -> at.isAfter(now.minus(PATIENCE))).isPresent();
    return isExplained || isNew
        ? Optional.empty()
        : Optional.of(
            problem(
                entry,
                isTrue(conditions.get("Stalled")) ? Urgency.ManualAction : Urgency.NotReady,
                ready,
                conditions));
  }

  private static boolean isTrue(@Nullable Condition condition) {
    return condition != null && condition.status() == Condition.Truth.True;
  }

  private static Map<String, Condition> byType(@Nullable List<Condition> conditions) {
    return NullSafe.in(conditions)
        .filter(condition -> condition.type() != null)
        .collect(Collectors.toMap(Condition::type, Function.identity(), (one, _) -> one));
  }
}
