// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An error in a method of an operator's process, which nobody expects there.
public final class PutError {
  private final String flag;
  private final Path now;

  /// What it needs is written into `folder`. `method` as
  /// `dev.credence.observe.wake.Enqueuer.changed`.
  public PutError(Path folder, String method) throws IOException {
    now = folder.resolve("now");
    var last = method.lastIndexOf('.');
    flag =
        "-javaagent:%s=%s,%s,%s"
            .formatted(
                Agents.jar(ErrorAgent.class, folder),
                now,
                method.substring(0, last).replace('.', '/'),
                method.substring(last + 1));
  }

  /// For the command that starts the JVM.
  public String flag() {
    return flag;
  }

  /// From the next call on.
  public void begin() throws IOException {
    Files.createFile(now);
  }
}
