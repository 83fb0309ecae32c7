// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationProcedure.OnPending;
import dev.credence.facts.policy.RotationProcedure.Restart;
import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Window;
import dev.credence.facts.time.Windows;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the procedure by which a policy has rotations carried out.
final class RotationProcedureReader {
  private static final String UTC = "UTC";

  static RotationProcedure of(Optional<PolicyRotation> rotation) {
    return rotation.map(RotationProcedureReader::of).orElse(RotationProcedure.DEFAULT);
  }

  private static RotationProcedure of(PolicyRotation rotation) {
    return new RotationProcedure(
        windows(rotation),
        Optional.ofNullable(rotation.restart())
            .map(RotationProcedureReader::restart)
            .orElse(Restart.NONE),
        UntrustedText.duration(rotation.maxOverlap()),
        Objects.requireNonNullElse(rotation.maxAttempts(), RotationProcedure.DEFAULT.maxAttempts()),
        // A choice of a newer version keeps nothing longer than was agreed.
        rotation.onConsumersPending() == CredentialPolicySpec.OnConsumersPending.Keep
            ? OnPending.Keep
            : OnPending.Retire);
  }

  private static Restart restart(CredentialPolicySpec.Restart written) {
    return new Restart(
        // A strategy of a newer version restarts nothing.
        written.strategy() == null ? Strategy.None : Strategy.valueOf(written.strategy().name()),
        Math.max(1, Objects.requireNonNullElse(written.maxParallel(), 1)),
        UntrustedText.duration(written.timeout()).orElse(Restart.NONE.timeout()));
  }

  private static Windows windows(PolicyRotation rotation) {
    return written(rotation).findAny().isEmpty()
        ? Windows.ANY_TIME
        : new Windows(true, written(rotation).flatMap(RotationProcedureReader::window).toList());
  }

  private static Stream<CredentialPolicySpec.Window> written(PolicyRotation rotation) {
    return NullSafe.in(rotation.windows());
  }

  private static Stream<Window> window(CredentialPolicySpec.Window written) {
    var length = UntrustedText.duration(written.duration());
    return problem(written).isPresent() || length.isEmpty()
        ? Stream.of()
        : Stream.of(new Window(cron(written), length.get()));
  }

  private static Cron cron(CredentialPolicySpec.Window written) {
    return Cron.of(
        Objects.requireNonNullElse(written.schedule(), ""),
        Objects.requireNonNullElse(written.timeZone(), UTC));
  }

  /// Windows that cannot be read: they stay closed.
  static List<String> problems(Optional<PolicyRotation> rotation) {
    return rotation.stream()
        .flatMap(RotationProcedureReader::written)
        .flatMap(window -> problem(window).stream())
        .map(problem -> "`rotation.windows`: " + problem)
        .toList();
  }

  private static Optional<String> problem(CredentialPolicySpec.Window written) {
    try {
      cron(written);
      return UntrustedText.duration(written.duration()).isPresent()
          ? Optional.empty()
          : Optional.of("`duration` '" + written.duration() + "' is not a duration like 6h");
    } catch (IllegalArgumentException unreadable) {
      return Optional.of(
          Objects.requireNonNullElse(unreadable.getMessage(), "`schedule` cannot be read"));
    }
  }

  private RotationProcedureReader() {}
}
