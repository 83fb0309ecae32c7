// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The end of a Job of a hook. `took`: since the Job was created, so that the time in which its pod
/// waits for a node counts.
public record HookEnd(Step step, boolean isSuccess, Duration took) {

  /// Empty for a change that does not end the Job, and for a Job that the operator did not start.
  public static Optional<HookEnd> of(@Nullable Job before, @Nullable Job after) {
    return hook(after)
        .filter(
            _ -> hook(before).filter(job -> job.outcome() instanceof Outcome.Running).isPresent())
        .flatMap(
            job ->
                switch (job.outcome()) {
                  case Outcome.Running() -> Optional.empty();
                  case Outcome.Succeeded(var at) -> Optional.of(end(job, true, at));
                  case Outcome.Failed(var at, _) -> Optional.of(end(job, false, at));
                });
  }

  private static HookEnd end(HookJob job, boolean isSuccess, Instant at) {
    var took = Duration.between(job.createdAt(), at);
    return new HookEnd(job.step(), isSuccess, took.isNegative() ? Duration.ZERO : took);
  }

  private static Optional<HookJob> hook(@Nullable Job job) {
    return Optional.ofNullable(job)
        .flatMap(
            found ->
                found.getMetadata().getOwnerReferences().stream()
                    .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                    .map(OwnerReference::getUid)
                    .findFirst()
                    .flatMap(uid -> HookJobReader.of(found, uid)));
  }
}
