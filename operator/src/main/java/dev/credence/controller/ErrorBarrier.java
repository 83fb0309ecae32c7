// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import java.util.function.Supplier;

/// One look, which the framework tries again whatever it fails of.
///
/// The framework does so for an Exception only. After an Error (a stack that overflows, a class
/// that is not there) it would wait for ever for the end of this look, and no other at the same
/// object would follow. An object that brings it about would, if the process ended instead, stop
/// all the others.
final class ErrorBarrier {
  static <T> T at(Object what, Supplier<T> look) {
    try {
      return look.get();
    } catch (Error fault) {
      throw new IllegalStateException("a look at %s failed: %s".formatted(what, fault), fault);
    }
  }

  private ErrorBarrier() {}
}
