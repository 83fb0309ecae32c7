// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.Api;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The annotation [Api#HOOK_RUNS] of a Secret: what is recorded of the hooks of its value. It names
/// the Secret by its UID, since people and backup tools copy annotations from one object to
/// another.
public final class HookRecords {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_ATTEMPTS = 1_000_000;
  private static final int LONGEST = 700;

  /// Nothing where it cannot be read: the Jobs that are there tell the same.
  static List<HookRun> of(ObjectMeta meta) {
    var text = Metadata.annotations(meta).get(Api.HOOK_RUNS);
    if (text == null) {
      return List.of();
    }
    try {
      var record = JSON.readTree(text);
      return record == null || !record.path("uid").asText().equals(meta.getUid())
          ? List.of()
          : StreamSupport.stream(record.path("runs").spliterator(), false)
              .flatMap(run -> run(run).stream())
              .limit(HookRun.MOST)
              .toList();
    } catch (JsonProcessingException unreadable) {
      return List.of();
    }
  }

  private static Optional<HookRun> run(JsonNode run) {
    var step =
        Stream.of(Step.values())
            .filter(known -> known.name().equals(run.path("step").asText()))
            .findFirst();
    var startedAt = UntrustedText.time(run.path("started").asText());
    var job = UntrustedText.line(run.path("job").asText());
    var version = run.path("version").asLong();
    var attempt = run.path("attempt").asInt();
    if (step.isEmpty()
        || startedAt.isEmpty()
        || job.isEmpty()
        || version < 1
        || attempt < 1
        || attempt > MOST_ATTEMPTS) {
      return Optional.empty();
    }
    return Optional.of(
        new HookRun(
            step.get(),
            version,
            attempt,
            job.get(),
            run.path("generation").asLong(),
            run.path("asked").asText(),
            startedAt.get(),
            outcome(run)));
  }

  private static Outcome outcome(JsonNode run) {
    var failed = run.path("failed");
    return UntrustedText.time(run.path("ended").asText())
        .<Outcome>map(
            at ->
                failed.isMissingNode()
                    ? new Outcome.Succeeded(at)
                    : new Outcome.Failed(at, why(failed.asText())))
        .orElseGet(Outcome.Running::new);
  }

  /// The condition of the Job, with the message of the hook.
  private static String why(String text) {
    return Truncation.truncate(InvisibleCharacters.replaced(text, "?"), LONGEST);
  }

  /// For the Secret of this UID.
  public static String text(String uid, List<HookRun> runs) {
    var record = JSON.createObjectNode();
    record.put("uid", uid);
    var list = record.putArray("runs");
    runs.forEach(
        run -> {
          var one = list.addObject();
          one.put("step", run.step().name());
          one.put("version", run.version());
          one.put("attempt", run.attempt());
          one.put("job", run.job());
          one.put("generation", run.generation());
          one.put("asked", run.asked());
          one.put("started", run.startedAt().toString());
          switch (run.outcome()) {
            case Outcome.Running _ -> {}
            case Outcome.Succeeded(var at) -> one.put("ended", at.toString());
            case Outcome.Failed(var at, var why) -> {
              one.put("ended", at.toString());
              one.put("failed", why);
            }
          }
        });
    return record.toString();
  }

  private HookRecords() {}
}
