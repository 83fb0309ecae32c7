// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Jobs that we started as hooks. What does not say so in every word is none.
public final class HookJobReader {
  private static final long MOST_ATTEMPTS = 1_000_000;

  /// Whether the operator goes by it: the watch shows it, and it says in every word what it is for.
  public static boolean isKnown(Job job, String identityUid) {
    return Metadata.labels(job.getMetadata()).containsKey(Api.IDENTITY)
        && of(job, identityUid).isPresent();
  }

  /// Empty for a Job that is not of this identity, or that we did not start.
  public static Optional<HookJob> of(Job job, String identityUid) {
    var meta = job.getMetadata();
    var annotations = Metadata.annotations(meta);
    var secret = UntrustedText.line(annotations.get(Api.HOOK_FOR));
    var step = UntrustedText.line(annotations.get(Api.STEP)).flatMap(HookJobReader::step);
    var version = UntrustedText.version(annotations.get(Api.SECRET_VERSION));
    var attempt =
        UntrustedText.version(annotations.get(Api.ATTEMPT))
            .filter(number -> number <= MOST_ATTEMPTS);
    var value = UntrustedText.line(annotations.get(Api.VALUE_UID));
    if (!MemberReader.isCreatedFor(identityUid, job)
        || secret.isEmpty()
        || step.isEmpty()
        || version.isEmpty()
        || attempt.isEmpty()
        || value.isEmpty()) {
      return Optional.empty();
    }
    var createdAt = UntrustedText.time(meta.getCreationTimestamp()).orElse(Instant.EPOCH);
    return Optional.of(
        new HookJob(
            ObjectRef.job(meta.getName()),
            Metadata.preconditions(meta),
            secret.get(),
            step.get(),
            version.get(),
            attempt.get().intValue(),
            value.get(),
            UntrustedText.version(annotations.get(Api.GENERATION)).orElse(0L),
            UntrustedText.line(annotations.get(Api.ASKED)).orElse(""),
            createdAt,
            outcome(Optional.ofNullable(job.getStatus()), meta, createdAt),
            meta.getDeletionTimestamp() != null,
            isActive(job.getStatus())));
  }

  private static boolean isActive(@Nullable JobStatus status) {
    return status != null && status.getActive() != null && status.getActive() > 0;
  }

  private static Optional<Step> step(String text) {
    return Stream.of(Step.values()).filter(step -> step.name().equals(text)).findFirst();
  }

  /// A condition ends it, and nothing else: a pod that failed may be tried again.
  private static Outcome outcome(Optional<JobStatus> status, ObjectMeta meta, Instant createdAt) {
    var ended =
        status.map(JobStatus::getConditions).stream()
            .flatMap(NullSafe::in)
            .filter(condition -> "True".equals(condition.getStatus()))
            .filter(
                condition ->
                    "Complete".equals(condition.getType()) || "Failed".equals(condition.getType()))
            .findFirst();
    if (ended.isEmpty()) {
      return new Outcome.Running();
    }
    var at = UntrustedText.time(ended.get().getLastTransitionTime()).orElse(createdAt);
    return "Complete".equals(ended.get().getType())
        ? new Outcome.Succeeded(at)
        : new Outcome.Failed(at, why(ended.get()));
  }

  private static String why(JobCondition condition) {
    return UntrustedText.oneLine(
        Stream.of(condition.getReason(), condition.getMessage())
            .filter(text -> text != null && !text.isBlank())
            .reduce((reason, message) -> reason + ": " + message)
            .orElse("failed"));
  }

  private HookJobReader() {}
}
