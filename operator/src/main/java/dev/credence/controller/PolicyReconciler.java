// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.Condition.Truth;
import dev.credence.api.Conditions;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.CredentialPolicyStatus.SectionStatus;
import dev.credence.controller.status.DiscoveryStatus;
import dev.credence.controller.status.StatusWriter;
import dev.credence.controller.status.UndeclaredFields;
import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.metrics.IdentityGauges;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.Reason;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a policy is kept: whether each rule of it can be applied, how many identities it decides
/// about and how many of them break a rule. The numbers follow within seconds, so that a thousand
/// new identities are not a thousand writes here.
@ControllerConfiguration(name = "policies", fieldManager = Api.MANAGER)
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 15_000)
public final class PolicyReconciler implements Reconciler<CredentialPolicy> {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyReconciler.class);
  private static final int MOST_NAMES = 8;
  private static final Duration COUNT_AGAIN_AFTER = Duration.ofSeconds(3);

  /// What the numbers of a policy were counted from: its generation, and the changes of the fleet.
  private record Counted(@Nullable Long generation, long changes, long found) {}

  private final Map<String, Counted> lastCounted = new ConcurrentHashMap<>();
  private final StatusWriter<CredentialPolicy> statuses;
  private final IdentityGauges gauges;
  private final DiscoveryGauges discoveryGauges;
  private final LongSupplier identities;
  private final boolean seesAll;
  private final Clock clock;
  private volatile boolean whole;
  private volatile UndeclaredFields undeclared = new UndeclaredFields();

  /// `identities`: the number of identities; after the start the reconciler writes the numbers only
  /// when all identities are evaluated.
  /// `seesAll`: this operator watches all namespaces. Otherwise it leaves the numbers out, since
  /// other operators count too.
  /// `metadata`: a client that is answered with metadata alone.
  public PolicyReconciler(
      KubernetesClient metadata,
      IdentityGauges gauges,
      DiscoveryGauges discoveryGauges,
      LongSupplier identities,
      boolean seesAll,
      Clock clock) {
    this.statuses = new StatusWriter<>(metadata, CredentialPolicy::new);
    this.gauges = gauges;
    this.discoveryGauges = discoveryGauges;
    this.identities = identities;
    this.seesAll = seesAll;
    this.clock = clock;
  }

  /// `undeclared`: the fields that the installed CRDs do not declare.
  public void leaveOut(UndeclaredFields undeclared) {
    this.undeclared = undeclared;
  }

  @Override
  public UpdateControl<CredentialPolicy> reconcile(
      CredentialPolicy cached, Context<CredentialPolicy> context) {
    var resource = statuses.newest(cached);
    var again = UpdateControl.<CredentialPolicy>noUpdate().rescheduleAfter(COUNT_AGAIN_AFTER);
    var counted =
        new Counted(
            resource.getMetadata().getGeneration(), gauges.changes(), discoveryGauges.changes());
    if (counted.equals(lastCounted.get(resource.getMetadata().getUid()))) {
      return again;
    }
    var status =
        undeclared.leftOut(
            CredentialPolicy.class.getSimpleName(),
            ErrorBarrier.at(resource.getMetadata().getName(), () -> evaluated(resource)),
            CredentialPolicyStatus.class);
    if (!status.equals(resource.getStatus())) {
      var fresh = new CredentialPolicy();
      fresh.setStatus(status);
      statuses.write(fresh, resource);
    }
    // Without numbers of its own there is nothing to wait for.
    if (!seesAll || isWhole()) {
      lastCounted.put(resource.getMetadata().getUid(), counted);
    }
    return again;
  }

  /// Stays true once it is true: a new identity, or one whose reconcile takes long, does not delay
  /// the numbers of the others.
  private boolean isWhole() {
    if (!whole && gauges.size() >= identities.getAsLong()) {
      whole = true;
    }
    return seesAll && whole;
  }

  /// One place for every exception that nobody expected: it becomes a condition of this policy.
  private CredentialPolicyStatus evaluated(CredentialPolicy resource) {
    try {
      return status(resource);
    } catch (RuntimeException | StackOverflowError fault) {
      var message = "The operator failed to evaluate the policy: " + FaultBarrier.line(fault);
      LOG.atWarn()
          .setCause(fault)
          .log("CredentialPolicy {}: {}", resource.getMetadata().getName(), message);
      var generation = resource.getMetadata().getGeneration();
      var before = Optional.ofNullable(resource.getStatus());
      var reason = Reason.EvaluationFailed.name();
      return new CredentialPolicyStatus(
          generation,
          before.map(CredentialPolicyStatus::identities).orElse(null),
          before.map(CredentialPolicyStatus::violations).orElse(null),
          before.map(CredentialPolicyStatus::sections).orElse(null),
          before.map(CredentialPolicyStatus::unclaimed).orElse(null),
          List.of(
              condition("Ready", Truth.False, reason, message, generation, before),
              condition("Stalled", Truth.True, reason, message, generation, before)));
    }
  }

  private CredentialPolicyStatus status(CredentialPolicy resource) {
    var generation = resource.getMetadata().getGeneration();
    var before = Optional.ofNullable(resource.getStatus());
    var counted =
        isWhole()
            ? Optional.of(gauges.tally(resource.getMetadata().getName()))
            : Optional.<IdentityGauges.Tally>empty();
    var findings = DiscoveryStatus.of(resource, before, discoveryGauges.last(), seesAll);
    return new CredentialPolicyStatus(
        generation,
        counted
            .map(IdentityGauges.Tally::identities)
            .or(() -> before.map(CredentialPolicyStatus::identities))
            .orElse(null),
        counted
            .map(IdentityGauges.Tally::violations)
            .or(() -> before.map(CredentialPolicyStatus::violations))
            .orElse(null),
        counted
            .map(PolicyReconciler::sections)
            .or(() -> before.map(CredentialPolicyStatus::sections))
            .orElse(null),
        findings.unclaimed().orElse(null),
        conditions(resource, generation, before, counted, findings));
  }

  private List<Condition> conditions(
      CredentialPolicy resource,
      @Nullable Long generation,
      Optional<CredentialPolicyStatus> before,
      Optional<IdentityGauges.Tally> counted,
      DiscoveryStatus findings) {
    var problems = MatchingPolicies.problems(PolicyReader.of(resource));
    var conditions = new ArrayList<Condition>();
    if (problems.isEmpty()) {
      conditions.add(
          condition("Ready", Truth.True, "Applied", applied(before, counted), generation, before));
    } else {
      var message =
          "The operator cannot apply these rules, and applies all others: "
              + String.join("; ", problems)
              + ".";
      conditions.add(condition("Ready", Truth.False, "Invalid", message, generation, before));
      conditions.add(condition("Stalled", Truth.True, "Invalid", message, generation, before));
    }
    findings
        .result()
        .ifPresent(
            says ->
                conditions.add(
                    condition(
                        DiscoveryStatus.COMPLETE,
                        says.status(),
                        says.reason(),
                        says.message(),
                        generation,
                        before)));
    return conditions;
  }

  private static List<SectionStatus> sections(IdentityGauges.Tally tally) {
    return tally.sections().stream()
        .map(
            section ->
                new SectionStatus(
                    section.section().toString(),
                    section.identities(),
                    section.hidden() == 0 ? null : section.hidden(),
                    section.hiddenBy().stream().limit(MOST_NAMES).toList()))
        .toList();
  }

  /// Tells as well which sections another policy decides, for some identities or all.
  private static String applied(
      Optional<CredentialPolicyStatus> before, Optional<IdentityGauges.Tally> counted) {
    var hidden =
        NullSafe.in(
                counted
                    .map(PolicyReconciler::sections)
                    .or(() -> before.map(CredentialPolicyStatus::sections))
                    .orElse(null))
            .filter(section -> section.hidden() != null)
            .map(PolicyReconciler::hidden)
            .toList();
    return "The operator applies every rule."
        + (hidden.isEmpty()
            ? ""
            : " Other policies have precedence for " + String.join(", ", hidden) + ".");
  }

  private static String hidden(SectionStatus section) {
    return "`"
        + section.name()
        + "` of "
        + section.hidden()
        + (section.hidden() == 1 ? " identity by " : " identities by ")
        + NullSafe.in(section.hiddenBy()).collect(Collectors.joining(", "));
  }

  private Condition condition(
      String type,
      Truth status,
      String reason,
      String message,
      @Nullable Long generation,
      Optional<CredentialPolicyStatus> before) {
    var since =
        Conditions.of(before.map(CredentialPolicyStatus::conditions).orElse(null))
            .since(type, status, clock.instant());
    return new Condition(type, status, generation, since, reason, message);
  }
}
