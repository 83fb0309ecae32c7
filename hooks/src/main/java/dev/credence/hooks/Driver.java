// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Recipe.AccountType;
import java.util.List;

/// A kind of system. Each step may run several times for the same value, and may have been killed
/// before: it brings the system into one state, whatever state it finds.
///
/// `apply` never unlocks an account, and `revoke` never locks one: an account that a suspension
/// locked stays locked until `resume`.
///
/// A step returns the sentence that is printed when it succeeded. It throws [Failure] with a
/// sentence for the user; every other exception is reported by its type alone.
public interface Driver {

  /// The first argument of the command.
  String name();

  /// What people call the system.
  String title();

  Capabilities capabilities();

  /// The variables that the driver reads, apart from those of every driver.
  List<Setting> settings();

  /// What the recipe for this system writes.
  default Recipe recipe() {
    return capabilities().steps().contains(Step.issue)
        ? Recipe.ofIssuedToken(AccountType.API)
        : Recipe.ofTwoAccounts(AccountType.Other);
  }

  default String issue(Inputs inputs) throws Exception {
    throw unsupported(Step.issue);
  }

  default String apply(Inputs inputs) throws Exception {
    throw unsupported(Step.apply);
  }

  String verify(Inputs inputs) throws Exception;

  String revoke(Inputs inputs) throws Exception;

  default String suspend(Inputs inputs) throws Exception {
    throw unsupported(Step.suspend);
  }

  default String resume(Inputs inputs) throws Exception {
    throw unsupported(Step.resume);
  }

  /// Runs one step.
  default String run(Step step, Inputs inputs) throws Exception {
    return switch (step) {
      case issue -> issue(inputs);
      case apply -> apply(inputs);
      case verify, probe -> verify(inputs);
      case revoke -> revoke(inputs);
      case suspend -> suspend(inputs);
      case resume -> resume(inputs);
    };
  }

  private Failure unsupported(Step step) {
    return new Failure(
        Kind.Unsupported,
        "%s has no step %s. Remove hooks.%s from the identity.".formatted(title(), step, step));
  }
}
