// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of 127.0.0.1 for what a test starts: below those of local clusters (`tools/cluster`) and
/// those that the kernel gives to outgoing connections, which could take one before its server
/// listens.
public final class Ports {
  private static final int FIRST = 11_000;
  private static final int MANY = 9_000;

  /// Several JVMs begin at different places.
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(MANY));

  /// A port that is free at the moment. No other call in this JVM gets the same one soon.
  public static int free() {
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

  private Ports() {}
}
