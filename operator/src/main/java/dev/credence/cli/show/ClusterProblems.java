// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.KubeOptions;
import dev.credence.client.Pages;
import dev.credence.settings.EffectiveSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The problems of a cluster, or of some of its namespaces, now.
///
/// @param problems the most urgent first
/// @param suspended the number of suspended identities, which are no problem
/// @param gaps what could not be read
public record ClusterProblems(List<StatusRow> problems, int suspended, List<String> gaps) {
  public static final Duration A_DAY = Duration.ofDays(1);

  public ClusterProblems {
    problems = List.copyOf(problems);
    gaps = List.copyOf(gaps);
  }

  /// `namespaces`: all if there is none. `ahead`: credentials that expire within this time are
  /// listed, if no new value is planned before.
  public static ClusterProblems read(
      Connection connection, Collection<String> namespaces, Instant now, Duration ahead) {
    var gaps = new ArrayList<String>();
    var identities = new ArrayList<MachineIdentity>();
    for (var namespace : namespaces) {
      Pages.of(connection.client(), MachineIdentity.class, Optional.of(namespace))
          .forEach(identities::add);
    }
    if (namespaces.isEmpty()) {
      Pages.of(connection.client(), MachineIdentity.class, Optional.empty())
          .forEach(identities::add);
    }
    var suspended =
        identities.stream()
            .filter(
                identity ->
                    identity.getStatus() != null
                        && identity.getStatus().state() == LifeState.Suspended)
            .count();
    return new ClusterProblems(
        Problems.of(identities, policies(connection, gaps), lease(connection, gaps), now, ahead),
        (int) suspended,
        gaps);
  }

  private static List<CredentialPolicy> policies(Connection connection, List<String> gaps) {
    var policies = new ArrayList<CredentialPolicy>();
    try {
      Pages.of(connection.client(), CredentialPolicy.class, Optional.empty())
          .forEach(policies::add);
    } catch (KubernetesClientException answer) {
      if (!ApiErrors.isForbidden(answer)) {
        throw answer;
      }
      gaps.add(
          "CredentialPolicies could not be listed. No permission to list"
              + " credentialpolicies.credence.dev in the cluster.");
    }
    return policies;
  }

  /// The Lease of the leader.
  private static Optional<Lease> lease(Connection connection, List<String> gaps) {
    var namespace = KubeOptions.settings().namespace();
    var name = namespace + "/" + EffectiveSettings.LEASE;
    try {
      var lease =
          Optional.ofNullable(
              connection
                  .client()
                  .leases()
                  .inNamespace(namespace)
                  .withName(EffectiveSettings.LEASE)
                  .get());
      if (lease.isEmpty()) {
        gaps.add("It is unknown whether an operator runs. Lease " + name + " does not exist.");
      }
      return lease;
    } catch (KubernetesClientException answer) {
      if (!ApiErrors.isForbidden(answer)) {
        throw answer;
      }
      gaps.add("It is unknown whether an operator runs. No permission to get Lease " + name + ".");
      return Optional.empty();
    }
  }
}
