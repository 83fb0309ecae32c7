// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

/// What was asked for cannot be had. The message is the one line that is told.
public final class Failed extends RuntimeException {
  public Failed(String message) {
    super(message);
  }
}
