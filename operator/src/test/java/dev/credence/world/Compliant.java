// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Counts;
import dev.credence.plan.IdentityStatus.State;
import java.util.Optional;

/// The conditions of an identity in order, as golden files would show them. They follow from the
/// owner, the state and the members, which golden files show too: a condition that is
/// left out can be restored from the file, word by word.
final class Compliant {

  static boolean is(ConditionResult condition, IdentityStatus status) {
    return usual(condition.aspect(), status).filter(told(condition)::equals).isPresent();
  }

  static String told(ConditionResult condition) {
    return condition.truth() + " " + condition.reason() + ": " + condition.message();
  }

  /// Empty where an identity in order does not have the condition.
  private static Optional<String> usual(ConditionType type, IdentityStatus status) {
    return switch (type) {
      case Ready -> Optional.of("True Compliant: the identity is as it should be");
      case Reconciling, Stalled -> Optional.empty();
      case OwnerAssigned ->
          status
              .owner()
              .contact()
              .map(contact -> "True OwnerSet: " + contact + " answers for this identity");
      case Approved -> Optional.of("True NotRequired: no policy asks for an approval");
      case MembersLinked ->
          Optional.of(
              "True Linked: "
                  + (hasMembers(status.members())
                      ? "every member is there and linked"
                      : "no members"));
      case CredentialsFresh ->
          Optional.of(
              "True Current: "
                  + (status.credentials().isEmpty()
                      ? "no credentials"
                      : "every credential is current"));
      case Expiring -> Optional.of("False NoExpiry: this identity has no end");
      case Suspended -> Optional.of("False InService: the identity is in service");
      case InUse ->
          Optional.of(
              "Unknown NoEvidence: nothing shows whether it "
                  + (isOutOfService(status.state())
                      ? "was in use; it is out of service, and nothing can use it"
                      : "is in use"));
      case LeastPrivilege ->
          Optional.of(
              "True NoFindings: "
                  + (status.members().serviceAccounts() == 0
                      ? "it has no ServiceAccounts that could be given rights"
                      : "its ServiceAccounts may do nothing that a rule warns of"));
      case Reviewed -> Optional.of("True NotRequired: no policy asks for a review");
    };
  }

  private static boolean hasMembers(Counts counts) {
    return counts.serviceAccounts() + counts.secrets() + counts.certificates() > 0;
  }

  private static boolean isOutOfService(State state) {
    return state == State.Suspended || state == State.Decommissioned;
  }

  private Compliant() {}
}
