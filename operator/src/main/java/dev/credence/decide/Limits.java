// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.Snapshot;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import java.util.Optional;

/// Says that writes wait, since the operator does only so many for a namespace. What is worse stays
/// what is said.
final class Limits {

  static ConditionResult over(ConditionResult freshness, Snapshot s) {
    return freshness.impact() == Impact.Broken ? freshness : limited(s).orElse(freshness);
  }

  private static Optional<ConditionResult> limited(Snapshot s) {
    return s.failedWrites().stream()
        .filter(
            failedWrite ->
                failedWrite.cause() == Cause.Limited && failedWrite.retryAt().isAfter(s.now()))
        .findFirst()
        .map(FailedWrite::message)
        .map(
            message ->
                new ConditionResult(
                    ConditionType.CredentialsFresh,
                    ConditionStatus.False,
                    Reason.RateLimited,
                    message,
                    Impact.Waiting));
  }

  private Limits() {}
}
