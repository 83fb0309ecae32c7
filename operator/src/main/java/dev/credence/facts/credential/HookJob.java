// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.text.Digests;
import java.time.Instant;
import java.util.Optional;

/// A Job that we started as a hook. `version` is that of the value that it applies, proves or ends;
/// `valueUid` the UID of the Secret with that value; `generation` that of the identity then, and
/// `asked` what its requests were; `active`: its pod exists and has not ended.
public record HookJob(
    ObjectRef subject,
    Preconditions preconditions,
    String secret,
    Step step,
    long version,
    int attempt,
    String valueUid,
    long generation,
    String asked,
    Instant createdAt,
    Outcome outcome,
    boolean leaving,
    boolean active) {

  public sealed interface Outcome {
    record Running() implements Outcome {}

    record Succeeded(Instant at) implements Outcome {}

    record Failed(Instant at, String why) implements Outcome {}
  }

  /// Between the condition of a Job that failed and the message of its container.
  private static final String REPORTS = " The hook reports: ";

  /// A Job's name is a label of its pods too, so it has at most 63 characters.
  private static final int LONGEST_NAME = 63;

  /// `crm-db-v8-apply-1`. The name of a long-named Secret is cut and followed by its digest.
  public static String name(String secret, long version, Step step, int attempt) {
    var ending = "-v" + version + "-" + step + "-" + attempt;
    var plain = secret.replace('.', '-');
    var isPlain = plain.equals(secret) && secret.length() + ending.length() <= LONGEST_NAME;
    if (isPlain) {
      return secret + ending;
    }
    var tail = "-" + Digests.of(secret).substring(0, 8) + ending;
    return plain.substring(0, Math.min(plain.length(), LONGEST_NAME - tail.length())) + tail;
  }

  /// The same, with the message of the container that failed.
  public HookJob withMessage(String message) {
    return outcome instanceof Outcome.Failed(var at, var why)
        ? new HookJob(
            subject,
            preconditions,
            secret,
            step,
            version,
            attempt,
            valueUid,
            generation,
            asked,
            createdAt,
            new Outcome.Failed(at, why + (why.endsWith(".") ? "" : ".") + REPORTS + message),
            leaving,
            active)
        : this;
  }

  /// The record of the Job.
  public HookRun run() {
    return new HookRun(
        step, version, attempt, subject.name(), generation, asked, createdAt, outcome);
  }

  /// When it came to its end.
  public Optional<Instant> endedAt() {
    return switch (outcome) {
      case Outcome.Running _ -> Optional.empty();
      case Outcome.Succeeded(var at) -> Optional.of(at);
      case Outcome.Failed(var at, _) -> Optional.of(at);
    };
  }
}
