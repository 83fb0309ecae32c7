// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import java.util.function.Supplier;

/// Turns an Error of a reconcile into an Exception, so that the framework retries it.
///
/// The framework retries after an Exception only. After an Error (a stack overflow, a missing
/// class) it would wait forever for the end of this reconcile, and would not reconcile the object
/// again. If the process ended instead, one such object would stop the reconciles of all others.
final class ErrorBarrier {
  static <T> T at(Object what, Supplier<T> work) {
    try {
      return work.get();
    } catch (Error fault) {
      throw new IllegalStateException(
          "The reconcile of %s failed: %s".formatted(what, fault), fault);
    }
  }

  private ErrorBarrier() {}
}
