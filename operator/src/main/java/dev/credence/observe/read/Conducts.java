package dev.credence.observe.read;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.facts.policy.Conduct;
import dev.credence.facts.policy.Conduct.OnPending;
import dev.credence.facts.policy.Conduct.Restart;
import dev.credence.facts.policy.Conduct.Strategy;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Window;
import dev.credence.facts.time.Windows;
import dev.credence.raw.Each;
import dev.credence.raw.Texts;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// How a policy wants rotations to be carried out.
final class Conducts {
  private static final String UTC = "UTC";

  static Conduct of(Optional<PolicyRotation> rotation) {
    return rotation.map(Conducts::of).orElse(Conduct.DEFAULT);
  }

  private static Conduct of(PolicyRotation rotation) {
    return new Conduct(
        windows(rotation),
        Optional.ofNullable(rotation.restart()).map(Conducts::restart).orElse(Restart.NONE),
        Texts.duration(rotation.overlapAtMost()),
        Objects.requireNonNullElse(rotation.maxAttempts(), Conduct.DEFAULT.maxAttempts()),
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
        Texts.duration(written.waitFor()).orElse(Restart.NONE.waitFor()));
  }

  private static Windows windows(PolicyRotation rotation) {
    return written(rotation).findAny().isEmpty()
        ? Windows.ANY_TIME
        : new Windows(true, written(rotation).flatMap(Conducts::window).toList());
  }

  private static Stream<CredentialPolicySpec.Window> written(PolicyRotation rotation) {
    return Each.in(rotation.windows());
  }

  private static Stream<Window> window(CredentialPolicySpec.Window written) {
    var length = Texts.duration(written.duration());
    return problem(written).isPresent() || length.isEmpty()
        ? Stream.of()
        : Stream.of(new Window(cron(written), length.get()));
  }

  private static Cron cron(CredentialPolicySpec.Window written) {
    return Cron.of(
        Objects.requireNonNullElse(written.cron(), ""),
        Objects.requireNonNullElse(written.timeZone(), UTC));
  }

  /// What cannot be read in the windows: they stay shut.
  static List<String> problems(Optional<PolicyRotation> rotation) {
    return rotation.stream()
        .flatMap(Conducts::written)
        .flatMap(window -> problem(window).stream())
        .map(problem -> "`rotation.windows`: " + problem)
        .toList();
  }

  private static Optional<String> problem(CredentialPolicySpec.Window written) {
    try {
      cron(written);
      return Texts.duration(written.duration()).isPresent()
          ? Optional.empty()
          : Optional.of("`duration` '" + written.duration() + "' is no duration like 6h");
    } catch (IllegalArgumentException unreadable) {
      return Optional.of(
          Objects.requireNonNullElse(unreadable.getMessage(), "`cron` cannot be read")
              .replace("`schedule`", "`cron`"));
    }
  }

  private Conducts() {}
}
