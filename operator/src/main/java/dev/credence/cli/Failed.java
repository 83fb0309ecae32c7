// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

/// A command failed. The message is the one line that is printed.
public final class Failed extends RuntimeException {
  public Failed(String message) {
    super(message);
  }
}
