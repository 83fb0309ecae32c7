// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.api.CredentialPolicySpec.Enforcement;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus.Passage;
import dev.credence.api.MachineIdentityStatus.PolicyRef;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.policy.Section;
import dev.credence.plan.Reason;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Limits how many identities a policy suspends in an hour. Suspensions before this process began
/// are read from the histories of the identities, once; its own are counted before they are carried
/// out.
public final class SuspensionBudget {
  /// Reasons that a user never gives, and the section that suspends for each.
  private static final Map<String, Section> BY_POLICY =
      Map.of(
          Reason.Expired.name(),
          Section.Lifetime,
          Reason.ReviewOverdue.name(),
          Section.Review,
          Reason.Idle.name(),
          Section.Idle,
          Reason.OddBehavior.name(),
          Section.Behavior);

  private final Supplier<Stream<MachineIdentity>> identities;
  private final Map<String, Claim> claims = new HashMap<>();
  private boolean hasRead;

  private record Claim(String policy, Instant at) {}

  public SuspensionBudget(Supplier<Stream<MachineIdentity>> identities) {
    this.identities = identities;
  }

  /// The times, by the name of the policy.
  public synchronized Map<String, List<Instant>> recent(Instant now) {
    read();
    claims.values().removeIf(claim -> !claim.at().isAfter(now.minus(SuspensionFacts.WINDOW)));
    return claims.values().stream()
        .collect(
            Collectors.groupingBy(
                Claim::policy, Collectors.mapping(Claim::at, Collectors.toList())));
  }

  /// Whether the policy may suspend this identity as well; if so, it is counted.
  synchronized boolean claim(String uid, String policy, int most, Instant now) {
    if (recent(now).getOrDefault(policy, List.of()).size() >= most) {
      return false;
    }
    claims.put(uid, new Claim(policy, now));
    return true;
  }

  private void read() {
    if (!hasRead) {
      hasRead = true;
      identities.get().forEach(this::read);
    }
  }

  private void read(MachineIdentity identity) {
    var status = identity.getStatus();
    if (status == null || status.policies() == null || status.history() == null) {
      return;
    }
    status.history().stream()
        .filter(SuspensionBudget::isAutomatic)
        .max(Comparator.comparing(Passage::time))
        .ifPresent(
            passage ->
                budget(status.policies(), passage.reason())
                    .ifPresent(
                        policy ->
                            claims.put(
                                identity.getMetadata().getUid(),
                                new Claim(policy, passage.time()))));
  }

  /// The policy whose budget counted it: that of the section `safety`, else of the one that
  /// suspends.
  private static Optional<String> budget(List<PolicyRef> policies, String reason) {
    return decides(policies, Section.Safety)
        .or(
            () ->
                Optional.ofNullable(BY_POLICY.get(reason))
                    .flatMap(section -> decides(policies, section)));
  }

  private static Optional<String> decides(List<PolicyRef> policies, Section section) {
    return policies.stream()
        .filter(policy -> policy.enforcement() == Enforcement.Enforce)
        .filter(
            policy -> policy.sections() != null && policy.sections().contains(section.toString()))
        .map(PolicyRef::name)
        .findFirst();
  }

  private static boolean isAutomatic(Passage passage) {
    return switch (passage.to()) {
      case Suspended -> BY_POLICY.containsKey(passage.reason());
      case null, default -> false;
    };
  }
}
