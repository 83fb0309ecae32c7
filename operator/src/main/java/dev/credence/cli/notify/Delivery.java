// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

/// Sends notices.
interface Delivery extends AutoCloseable {

  void deliver(Notice notice) throws Undelivered;

  /// Such as `mail server mail.example.com`.
  String server();

  @Override
  default void close() {}

  /// A notice was not sent.
  final class Undelivered extends Exception {
    private final boolean unreachable;

    /// `unreachable`: the server would not accept other notices either.
    Undelivered(String message, boolean unreachable) {
      super(message);
      this.unreachable = unreachable;
    }

    boolean isUnreachable() {
      return unreachable;
    }
  }
}
