// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import dev.credence.api.Condition.Truth;
import dev.credence.api.Conditions;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.CredentialPolicyStatus.UnclaimedStatus;
import dev.credence.decide.discovery.Discovery;
import dev.credence.decide.discovery.Discovery.Tally;
import dev.credence.facts.policy.PolicySections;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.metrics.DiscoveryGauges.Progress;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.Sentences;
import dev.credence.plan.Unclaimed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The result of discovery in the status of a policy. Before the first discovery of this process
/// the status stays as it was.
public record DiscoveryStatus(Optional<UnclaimedStatus> unclaimed, Optional<Says> result) {
  public static final String COMPLETE = "DiscoveryComplete";
  private static final int MOST_NAMES = 32;
  private static final int LONGEST_NAME = 512;
  private static final int LONGEST_MESSAGE = 1024;

  public record Says(Truth status, String reason, String message) {}

  /// `seesAll` false: other operators search other namespaces, and none of them knows the whole.
  public static DiscoveryStatus of(
      CredentialPolicy policy,
      Optional<CredentialPolicyStatus> before,
      Optional<DiscoveryGauges.Result> discoveryGauges,
      boolean seesAll) {
    if (PolicyReader.of(policy)
        .sections()
        .discovery()
        .filter(mode -> mode != PolicySections.Discovery.Disabled)
        .isEmpty()) {
      return new DiscoveryStatus(Optional.empty(), Optional.empty());
    }
    if (!seesAll) {
      return new DiscoveryStatus(
          Optional.empty(),
          Optional.of(
              new Says(
                  Truth.False,
                  "SomeNamespacesOnly",
                  "The operator watches only some namespaces (settings.watchNamespaces). It reports the numbers in its metrics and not here.")));
    }
    var name = policy.getMetadata().getName();
    return discoveryGauges
        .flatMap(
            result ->
                Optional.ofNullable(result.discovery().tallies().get(name))
                    .map(tally -> of(name, result, tally)))
        .orElseGet(() -> as(before));
  }

  private static DiscoveryStatus as(Optional<CredentialPolicyStatus> before) {
    var known =
        Conditions.of(before.map(CredentialPolicyStatus::conditions).orElse(null))
            .byType()
            .get(COMPLETE);
    return new DiscoveryStatus(
        before.map(CredentialPolicyStatus::unclaimed),
        Optional.ofNullable(known)
            .map(says -> new Says(says.status(), says.reason(), says.message())));
  }

  private static DiscoveryStatus of(String policy, DiscoveryGauges.Result result, Tally tally) {
    var gaps = result.discovery().gaps();
    var progress = result.progress().getOrDefault(policy, Progress.NONE);
    return new DiscoveryStatus(
        Optional.of(
            new UnclaimedStatus(
                tally.of(Unclaimed.Kind.ServiceAccount),
                tally.of(Unclaimed.Kind.TokenSecret),
                tally.of(Unclaimed.Kind.Secret),
                tally.of(Unclaimed.Kind.Certificate),
                tally.attributed(),
                tally.excluded(),
                tally.discovered(),
                names(result.discovery(), policy),
                gaps.isEmpty()
                    ? null
                    : shortened(
                        gaps.stream().map(Sentences::sentence).collect(Collectors.joining(" "))))),
        Optional.of(says(gaps, progress)));
  }

  /// The reason is the one that a user can fix; the message contains all of them.
  private static Says says(List<String> gaps, Progress progress) {
    var matters = new ArrayList<String>();
    progress.problem().ifPresent(matters::add);
    if (progress.waiting() > 0) {
      matters.add(
          progress.waiting()
              + " more ServiceAccounts are waiting for registration, at most 60 a minute.");
    }
    gaps.stream().map(gap -> "There may be more unclaimed objects: " + gap).forEach(matters::add);
    if (matters.isEmpty()) {
      return new Says(Truth.True, "Complete", "Discovery read all objects.");
    }
    var reason =
        progress.problem().isPresent()
            ? "NotRegistered"
            : progress.waiting() > 0 ? "Registering" : "Partial";
    return new Says(
        Truth.False,
        reason,
        shortened(matters.stream().map(Sentences::sentence).collect(Collectors.joining(" "))));
  }

  private static @Nullable List<String> names(Discovery discovery, String policy) {
    var names =
        discovery.of(policy).stream()
            .limit(MOST_NAMES)
            .map(one -> StatusMapper.shortened(one + ": " + one.why(), LONGEST_NAME))
            .toList();
    return names.isEmpty() ? null : names;
  }

  private static String shortened(String text) {
    return StatusMapper.shortened(text, LONGEST_MESSAGE);
  }
}
