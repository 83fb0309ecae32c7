// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import java.time.Instant;

/// A hook that was started for a value, as it is recorded on the Secret that holds the value. Its
/// Job may be deleted by others at any time; the record stays. `generation` and `asked` as in
/// [HookJob].
public record HookRun(
    Step step,
    long version,
    int attempt,
    String job,
    long generation,
    String asked,
    Instant startedAt,
    Outcome outcome) {

  /// So many are recorded: more than the attempts that a policy may allow.
  public static final int MOST = 64;

  /// Whether both failed, and this one has the message of the container in addition.
  public boolean saysMoreThan(HookRun other) {
    return outcome instanceof Outcome.Failed(_, var why)
        && other.outcome instanceof Outcome.Failed(_, var shorter)
        && why.length() > shorter.length()
        && why.startsWith(shorter);
  }

  public boolean hasEnded() {
    return !(outcome instanceof Outcome.Running);
  }

  /// The same attempt with this end.
  public HookRun ended(Outcome end) {
    return new HookRun(step, version, attempt, job, generation, asked, startedAt, end);
  }

  /// Whether both are the same attempt of the same step for the same value.
  public boolean isOf(HookRun other) {
    return step == other.step && version == other.version && attempt == other.attempt;
  }
}
