// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.PolicySections.Owner;
import dev.credence.facts.text.ContactPattern.Usable;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IdentityStatus.Source;
import dev.credence.plan.Reason;
import java.util.Optional;

/// The owner of the identity: from its spec, else from the annotations of its namespace. A team
/// without a contact is no owner.
public final class OwnerAssigned {

  public static OwnerFound of(Snapshot s) {
    var declared = s.identity().owner();
    var team = declared.team().or(s.namespaceFacts()::team);
    if (declared.contact().isPresent()) {
      return new OwnerFound(declared.contact(), team, Source.Spec);
    }
    return new OwnerFound(
        s.namespaceFacts().owner(),
        team,
        s.namespaceFacts().owner().isPresent() ? Source.Namespace : Source.None);
  }

  public static ConditionResult result(Snapshot s, OwnerFound owner, EffectivePolicy policy) {
    if (owner.contact().isEmpty()) {
      return ownerMissing(policy);
    }
    var contact = owner.contact().get();
    return policy
        .owner()
        .flatMap(chosen -> complaint(chosen, contact, s.identity().owner().backup()))
        .orElseGet(() -> assigned(contact, owner.source()));
  }

  private static ConditionResult ownerMissing(EffectivePolicy policy) {
    return new ConditionResult(
        ConditionType.OwnerAssigned,
        ConditionStatus.False,
        Reason.OwnerMissing,
        "No owner. Set `spec.owner.contact`, or annotate the namespace with credence.dev/owner.",
        policy.owner().filter(chosen -> chosen.section().required()).isPresent()
            ? Impact.Violation
            : Impact.None);
  }

  private static Optional<ConditionResult> complaint(
      FromPolicy<Owner> policy, String contact, Optional<String> backup) {
    return invalid(policy, "contact", contact)
        .or(
            () ->
                backup
                    .map(name -> invalid(policy, "backup", name))
                    .orElseGet(() -> withoutBackup(policy)));
  }

  /// Nobody is refused by a pattern that is broken: the policy's own condition says that it is.
  private static Optional<ConditionResult> invalid(
      FromPolicy<Owner> policy, String what, String contact) {
    return policy
        .section()
        .pattern()
        .filter(Usable.class::isInstance)
        .map(Usable.class::cast)
        .filter(pattern -> !pattern.accepts(contact))
        .map(
            pattern ->
                violation(
                    Reason.OwnerInvalid,
                    "The %s '%s' does not match the pattern `%s` of policy %s."
                        .formatted(what, contact, pattern.text(), policy.policy())));
  }

  private static Optional<ConditionResult> withoutBackup(FromPolicy<Owner> policy) {
    return policy.section().backupRequired()
        ? Optional.of(
            violation(
                Reason.BackupMissing,
                "Policy "
                    + policy.policy()
                    + " requires a backup contact. Set `spec.owner.backup`."))
        : Optional.empty();
  }

  private static ConditionResult violation(Reason reason, String message) {
    return new ConditionResult(
        ConditionType.OwnerAssigned, ConditionStatus.False, reason, message, Impact.Violation);
  }

  private static ConditionResult assigned(String contact, Source source) {
    return ConditionResult.fine(
        ConditionType.OwnerAssigned,
        ConditionStatus.True,
        Reason.OwnerSet,
        "The owner is "
            + contact
            + (source == Source.Namespace ? " (annotation of the namespace)." : "."));
  }

  private OwnerAssigned() {}
}
