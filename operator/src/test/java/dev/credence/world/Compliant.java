// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Counts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The conditions of an identity in order, as golden files would show them. They follow from the
/// owner, the state and the members, which golden files show too: a condition that is
/// left out can be restored from the file, word by word.
final class Compliant {

  static boolean is(ConditionResult condition, IdentityStatus status) {
    return usual(condition.type(), status).filter(reported(condition)::equals).isPresent();
  }

  static String reported(ConditionResult condition) {
    return condition.status() + " " + condition.reason() + ": " + condition.message();
  }

  /// Empty where an identity in order does not have the condition.
  private static Optional<String> usual(ConditionType type, IdentityStatus status) {
    return switch (type) {
      case Ready -> Optional.of("True Compliant: The identity complies with its policies.");
      case Reconciling, Stalled -> Optional.empty();
      case OwnerAssigned ->
          status.owner().contact().map(contact -> "True OwnerSet: The owner is " + contact + ".");
      case Approved, Expiring, Suspended, InUse, BehaviorChanged, Reviewed -> Optional.empty();
      case MembersLinked ->
          some("True Linked: All members exist and are linked.", hasMembers(status.members()));
      case CredentialsFresh ->
          some("True Current: All credentials are current.", !status.credentials().isEmpty());
      case LeastPrivilege ->
          some(
              "True NoFindings: No risk rule matches the permissions of the ServiceAccounts.",
              status.members().serviceAccounts() > 0);
    };
  }

  /// The conditions that an identity in order would have, and that this one has not.
  static List<ConditionType> absent(IdentityStatus status) {
    var there = status.results().stream().map(ConditionResult::type).toList();
    return Stream.of(ConditionType.values())
        .filter(type -> usual(type, status).isPresent() && !there.contains(type))
        .toList();
  }

  private static Optional<String> some(String text, boolean applies) {
    return applies ? Optional.of(text) : Optional.empty();
  }

  private static boolean hasMembers(Counts counts) {
    return counts.serviceAccounts() + counts.secrets() + counts.certificates() > 0;
  }

  private Compliant() {}
}
