// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports without a listener, below those that the kernel gives to outgoing connections: such a
/// connection could take one before its server listens.
final class Free {
  private static final int FIRST = 2_000;
  private static final int MANY = 8_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(MANY));

  static int port() {
    for (var tried = 0; tried < MANY; tried++) {
      var port = FIRST + Math.floorMod(NEXT.getAndIncrement(), MANY);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("No port is free.");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private Free() {}
}
