// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.cli.show.StatusRow.Urgency;
import dev.credence.plan.Problem;
import dev.credence.plan.Problem.Fault;
import dev.credence.plan.Reason;
import dev.credence.plan.ShownStatus;
import dev.credence.plan.ShownStatus.Weight;
import dev.credence.raw.NullSafe;
import dev.credence.report.Entries;
import dev.credence.report.Entry;
import dev.credence.report.Entry.Credential;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds what is wrong with identities and policies now: the problems that the metrics show, and
/// what reports list in addition. A suspension in effect, or a rotation in progress, is none.
final class Problems {
  /// The operator reconciles a new identity, and replaces a leader, in less time.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Set<String> NOT_ENFORCED =
      Set.of(
          Reason.NotEnforced.name(),
          Reason.SuspensionLimit.name(),
          Reason.AccountsNotLocked.name());

  /// The reason of Ready before the first reconcile.
  private static final String PENDING = "Pending";

  private final Instant now;
  private final Duration ahead;

  private Problems(Instant now, Duration ahead) {
    this.now = now;
    this.ahead = ahead;
  }

  /// The most urgent first.
  static List<StatusRow> of(
      List<MachineIdentity> identities,
      List<CredentialPolicy> policies,
      Optional<Lease> lease,
      Instant now) {
    return of(identities, policies, lease, now, Duration.ZERO);
  }

  /// `ahead`: a credential that expires within this time is listed too, if no new value is planned
  /// before.
  static List<StatusRow> of(
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
        .sorted(StatusRow.ORDER)
        .toList();
  }

  /// A leader renews its Lease every few seconds.
  private Optional<StatusRow> operator(Lease lease) {
    var renewed =
        Optional.ofNullable(lease.getSpec())
            .map(LeaseSpec::getRenewTime)
            .map(time -> time.toInstant());
    if (renewed.filter(at -> at.isAfter(now.minus(PATIENCE))).isPresent()) {
      return Optional.empty();
    }
    var meta = lease.getMetadata();
    return Optional.of(
        new StatusRow(
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

  private Optional<StatusRow> policy(CredentialPolicy policy) {
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
                new StatusRow(
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

  private Stream<StatusRow> identity(MachineIdentity identity) {
    var entry = Entries.of(identity);
    var conditions =
        byType(
            Optional.ofNullable(identity.getStatus())
                .map(MachineIdentityStatus::conditions)
                .orElse(null));
    var shown = Entries.shown(identity);
    if (shown.isEmpty() || shown.get().conditions().isEmpty()) {
      return isNew(entry)
          ? Stream.empty()
          : Stream.of(row(entry, Urgency.NotReady, entry.ready(), conditions));
    }
    var problems = Problem.of(shown.get(), now).toList();
    var credentials =
        problems.stream()
            .flatMap(only(Problem.OfCredential.class))
            .collect(
                Collectors.groupingBy(
                    problem -> problem.type() + "/" + problem.credential(),
                    LinkedHashMap::new,
                    Collectors.toList()))
            .values()
            .stream()
            .map(faults -> credential(entry, faults, conditions))
            .toList();
    var ending = ending(entry, shown.get(), problems).toList();
    var own =
        conditions(entry, shown.get(), problems)
            // The credentials are listed instead, each by itself.
            .filter(found -> credentials.isEmpty() || !found.type().equals("CredentialsFresh"))
            .map(found -> row(entry, urgency(entry, found), found, conditions))
            .sorted(StatusRow.ORDER)
            .toList();
    return Stream.of(
            credentials.stream(),
            ending.stream(),
            own.stream().limit(1).map(worst -> worst.and(own.size() - 1)))
        .flatMap(found -> found);
  }

  /// The credentials that have no problem yet and expire within the time ahead.
  private Stream<StatusRow> ending(Entry entry, ShownStatus shown, List<Problem> problems) {
    var listed =
        problems.stream()
            .flatMap(only(Problem.OfCredential.class))
            .map(problem -> problem.type() + "/" + problem.credential())
            .collect(Collectors.toSet());
    return shown.credentials().stream()
        .filter(one -> shown.rotates(now) && one.runsOutWithin(ahead, now))
        .filter(one -> !listed.contains(one.kind() + "/" + one.name()))
        .map(
            one ->
                row(
                    entry,
                    Urgency.Reported,
                    one.kind(),
                    one.name(),
                    "ExpiresSoon",
                    Optional.empty()));
  }

  /// The conditions with a problem, and those that reports list in addition.
  private Stream<Entry.Condition> conditions(
      Entry entry, ShownStatus shown, List<Problem> problems) {
    var counting =
        problems.stream()
            .flatMap(only(Problem.OfIdentity.class))
            .filter(problem -> !isSummed(problem, problems))
            .map(Problem.OfIdentity::condition);
    var reported =
        entry.isOverForGood()
            ? Stream.<String>empty()
            : shown.conditions().stream()
                .filter(condition -> condition.weight() == Weight.Reported)
                .map(ShownStatus.Condition::type);
    return Stream.concat(counting, reported)
        .flatMap(type -> entry.condition(type).stream())
        .filter(condition -> !condition.reason().equals(PENDING) || !isNew(entry));
  }

  /// Stalled and Ready repeat the reason of another condition.
  private static boolean isSummed(Problem.OfIdentity problem, List<Problem> problems) {
    return problem.condition().equals("Stalled")
        && problems.stream()
            .flatMap(only(Problem.OfIdentity.class))
            .anyMatch(
                other ->
                    !other.condition().equals("Stalled")
                        && other.reason().equals(problem.reason()));
  }

  private static <T> Function<Problem, Stream<T>> only(Class<T> which) {
    return problem -> Stream.of(problem).filter(which::isInstance).map(which::cast);
  }

  private boolean isNew(Entry entry) {
    return entry.created().filter(at -> at.isAfter(now.minus(PATIENCE))).isPresent();
  }

  /// `faults`: of one credential, at least one.
  private StatusRow credential(
      Entry entry, List<Problem.OfCredential> faults, Map<String, Condition> conditions) {
    var worst = faults.stream().min(Comparator.comparingInt(Problem::rank)).orElseThrow();
    var credential = credential(entry, worst.type(), worst.credential());
    return row(
            entry,
            urgency(worst.fault()),
            worst.type(),
            worst.credential(),
            worst.fault().name(),
            credential.flatMap(one -> since(worst.fault(), one, conditions)))
        .and(faults.size() - 1);
  }

  private StatusRow row(
      Entry entry,
      Urgency urgency,
      String kind,
      String name,
      String reason,
      Optional<Instant> since) {
    var credential = credential(entry, kind, name);
    var end = credential.flatMap(Credential::ends).filter(at -> at.isAfter(now));
    var isEnding = urgency == Urgency.ExpiresWithinDay || reason.equals("ExpiresSoon");
    return new StatusRow(
        urgency,
        (kind.equals("Certificate") ? "Certificate " : "Secret ") + entry.namespace() + "/" + name,
        reason,
        since,
        (isEnding ? end.map(Problems::end).orElse("") : "")
            + credential
                .flatMap(Credential::message)
                .orElse("See kubectl describe mid " + entry.name() + " -n " + entry.namespace()),
        entry.owner().contact(),
        entry.owner().team());
  }

  private static String end(Instant at) {
    return "Expires at "
        + at.truncatedTo(ChronoUnit.SECONDS)
        + ", and no new value is planned before. ";
  }

  private static Optional<Credential> credential(Entry entry, String kind, String name) {
    return entry.credentials().stream()
        .filter(one -> one.name().equals(name) && one.kind().equals(kind))
        .findFirst();
  }

  private static Urgency urgency(Fault fault) {
    return switch (fault) {
      case Expired -> Urgency.Expired;
      case ExpiresWithinHour, ExpiresWithinDay -> Urgency.ExpiresWithinDay;
      case ConsumersLeftBehind -> Urgency.ConsumersLeftBehind;
      case RotationBlocked, ProbeFailed -> Urgency.Blocked;
      case DecommissionPending, CertificateFailing, ConsumersPending -> Urgency.NotReady;
      case RotationOverdue -> Urgency.RotationOverdue;
    };
  }

  private static Optional<Instant> since(
      Fault fault, Credential credential, Map<String, Condition> conditions) {
    return switch (fault) {
      case Expired -> credential.ends();
      case ExpiresWithinHour, ExpiresWithinDay -> Optional.empty();
      case RotationOverdue -> credential.next();
      case ConsumersPending -> credential.issued();
      case RotationBlocked,
          ProbeFailed,
          ConsumersLeftBehind,
          CertificateFailing,
          DecommissionPending ->
          conditionSince(credential, conditions);
    };
  }

  /// The status has the time of the condition, which is that of this credential where its message
  /// names it.
  private static Optional<Instant> conditionSince(
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
    return !entry.ready().is("True") && entry.ready().reason().equals(condition.reason())
        ? Urgency.NotReady
        : Urgency.Reported;
  }

  private static StatusRow row(
      Entry entry, Urgency urgency, Entry.Condition condition, Map<String, Condition> conditions) {
    return new StatusRow(
        urgency,
        "MachineIdentity " + entry.id(),
        condition.reason(),
        Optional.ofNullable(conditions.get(condition.type())).map(Condition::lastTransitionTime),
        condition.message(),
        entry.owner().contact(),
        entry.owner().team());
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
