// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.facts.policy.Section;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import java.util.Optional;

/// The section of a policy whose rule a condition shows as broken.
public final class RuleSection {

  /// Empty where no section has such a rule.
  public static Optional<Section> of(ConditionType type, Reason reason) {
    return switch (type) {
      case OwnerAssigned -> Optional.of(Section.Owner);
      case Approved -> Optional.of(Section.Approval);
      case Expiring -> Optional.of(Section.Lifetime);
      case InUse -> Optional.of(Section.Idle);
      case BehaviorChanged -> Optional.of(Section.Behavior);
      case LeastPrivilege -> Optional.of(Section.Privileges);
      case Reviewed -> Optional.of(Section.Review);
      case CredentialsFresh -> Optional.of(ofCredentials(reason));
      case Suspended -> ofSuspension(reason);
      case Ready, Reconciling, Stalled, MembersLinked -> Optional.empty();
    };
  }

  private static Section ofCredentials(Reason reason) {
    return switch (reason) {
      case IssuerNotAllowed, KeyTooWeak, CertificateTooLong, RenewalTooLate, CAOutdated ->
          Section.Certificates;
      case LegacyTokenUnused -> Section.Tokens;
      default -> Section.Rotation;
    };
  }

  private static Optional<Section> ofSuspension(Reason reason) {
    return switch (reason) {
      case Expired -> Optional.of(Section.Lifetime);
      case ReviewOverdue -> Optional.of(Section.Review);
      case Idle -> Optional.of(Section.Idle);
      case OddBehavior -> Optional.of(Section.Behavior);
      default -> Optional.empty();
    };
  }

  private RuleSection() {}
}
