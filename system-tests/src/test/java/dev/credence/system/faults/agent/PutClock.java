// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/// The clock of an operator's process.
public final class PutClock {
  private final Path agent;
  private final Path ahead;

  /// What it needs is written into `folder`.
  public PutClock(Path folder) throws IOException {
    agent = Agents.jar(ClockAgent.class, folder);
    ahead = folder.resolve("ahead");
    aheadBy(Duration.ZERO);
  }

  /// For the command that starts the JVM.
  public String flag() {
    return "-javaagent:" + agent + "=" + ahead;
  }

  /// Negative: it is behind. The process follows within a moment.
  public void aheadBy(Duration time) throws IOException {
    var next = ahead.resolveSibling("ahead.next");
    Files.writeString(next, String.valueOf(time.toSeconds()));
    Files.move(next, ahead, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
