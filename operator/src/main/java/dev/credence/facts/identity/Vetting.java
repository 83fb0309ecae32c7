// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The checks of approvals and reviews, and what an approval covers in addition to the spec.
///
/// `installed`: the installations of the admission policies that are active; `hooks`: what the
/// CronJobs of the identity's hooks run, by name. They are read only where a policy requires an
/// approval.
public record Vetting(Map<Admission, Installation> installed, Map<String, HookTemplate> hooks) {
  public static final Vetting NONE = new Vetting(Map.of(), Map.of());

  public Vetting {
    installed = Map.copyOf(installed);
    hooks = Map.copyOf(hooks);
  }

  /// One installation of an admission policy. After a new installation `mark` is another one:
  /// eight hexadecimal digits from the UIDs of the policy and its binding. `since`: when the later
  /// of the two was created.
  public record Installation(String mark, Instant since) {}

  public Optional<Installation> installed(Admission admission) {
    return Optional.ofNullable(installed.get(admission));
  }
}
