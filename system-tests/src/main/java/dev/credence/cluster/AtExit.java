// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import java.util.ArrayDeque;
import java.util.Deque;

/// Ends what tests started and did not end themselves, when the JVM ends: the last one first.
public final class AtExit {
  private static final Deque<Runnable> ENDINGS = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::endAll, "end-what-tests-started"));
  }

  public static synchronized void run(Runnable ending) {
    ENDINGS.push(ending);
  }

  public static synchronized void forget(Runnable ending) {
    ENDINGS.remove(ending);
  }

  private static synchronized void endAll() {
    while (!ENDINGS.isEmpty()) {
      try {
        ENDINGS.pop().run();
      } catch (RuntimeException e) {
        System.err.println(e.getMessage());
      }
    }
  }

  private AtExit() {}
}
