// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.object.Preconditions;

/// A write of a MachineIdentity that Credence wrote for an unclaimed account.
public sealed interface RegistrationStep {
  String namespace();

  /// The identity's.
  String name();

  /// Write an identity for this account.
  record Register(String namespace, String name, String account, String policy)
      implements RegistrationStep {}

  /// Delete one whose account is gone and that is as we wrote it.
  record Withdraw(String namespace, String name, Preconditions preconditions)
      implements RegistrationStep {}

  /// Removes the label from an identity that a user has adopted.
  record Acknowledge(String namespace, String name, Preconditions preconditions)
      implements RegistrationStep {}
}
