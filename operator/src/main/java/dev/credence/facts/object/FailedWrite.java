// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.time.Instant;

/// An action that did not go through. It is tried again, not before `retryAt`.
public record FailedWrite(ObjectRef subject, Cause cause, String message, Instant retryAt) {

  public enum Cause {
    /// the object changed after it was read: it is read again without a message
    Raced,
    /// it waits for something that comes by itself, such as a PodDisruptionBudget
    Held,
    /// the operator does only so many writes for a namespace
    Limited,
    /// the API server failed at this request; shown when it goes on
    Unanswered,
    /// the API server said no (permissions, admission, quota, an immutable Secret), or it is not
    /// this operator's to do
    Refused
  }
}
