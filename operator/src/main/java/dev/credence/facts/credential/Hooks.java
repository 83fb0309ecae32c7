// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The Jobs that obtain a new value from the system that issues it (`issue`), bring it to where it
/// is checked (`apply`), prove it (`verify`) and end the old one (`revoke`), those that lock its
/// account there (`suspend`) and unlock it (`resume`), and the one that proves the current value
/// again on an interval (`probe`).
public record Hooks(
    Optional<Hook> issue,
    Optional<Hook> apply,
    Optional<Hook> verify,
    Optional<Hook> revoke,
    Optional<Hook> suspend,
    Optional<Hook> resume,
    Optional<ProbeHook> probe) {
  public static final Hooks NONE = new Hooks(Optional.empty(), Optional.empty(), Optional.empty());

  /// Those of a rotation alone.
  public Hooks(Optional<Hook> apply, Optional<Hook> verify, Optional<Hook> revoke) {
    this(apply, verify, revoke, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// All but the one that obtains a value.
  public Hooks(
      Optional<Hook> apply,
      Optional<Hook> verify,
      Optional<Hook> revoke,
      Optional<Hook> suspend,
      Optional<Hook> resume,
      Optional<ProbeHook> probe) {
    this(Optional.empty(), apply, verify, revoke, suspend, resume, probe);
  }

  /// The ending of the key under which the value before the current one stays readable.
  public static final String PREVIOUS = ".previous";

  /// A CronJob of the identity's namespace, and how long a Job made from it may take. `agreed`:
  /// what it must run, where that was approved.
  public record Hook(String cronJob, Duration timeout, Optional<Agreed> agreed) {
    public Hook(String cronJob, Duration timeout) {
      this(cronJob, timeout, Optional.empty());
    }
  }

  /// A hook that runs each time that the interval is over.
  public record ProbeHook(Hook hook, Duration interval) {}

  /// The digest of the pod template that was approved.
  public record Agreed(String digest, String by) {}

  public enum Step {
    issue,
    apply,
    verify,
    revoke,
    suspend,
    resume,
    probe;

    /// Whether it locks or unlocks the account of a value, and leaves the value as it is.
    public boolean locks() {
      return this == suspend || this == resume;
    }
  }

  public Optional<Hook> of(Step step) {
    return switch (step) {
      case issue -> issue;
      case apply -> apply;
      case verify -> verify;
      case revoke -> revoke;
      case suspend -> suspend;
      case resume -> resume;
      case probe -> probe.map(ProbeHook::hook);
    };
  }

  public Stream<Hook> all() {
    return Stream.of(Step.values()).flatMap(step -> of(step).stream());
  }

  /// The same hooks, each changed in this way.
  public Hooks map(UnaryOperator<Hook> change) {
    return new Hooks(
        issue.map(change),
        apply.map(change),
        verify.map(change),
        revoke.map(change),
        suspend.map(change),
        resume.map(change),
        probe.map(found -> new ProbeHook(change.apply(found.hook()), found.interval())));
  }

  /// Whether a new value is tried before anyone sees it.
  public boolean stage() {
    return issue.isPresent() || apply.isPresent() || verify.isPresent();
  }
}
