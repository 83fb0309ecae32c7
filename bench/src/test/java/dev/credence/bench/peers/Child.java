// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static dev.credence.testing.Eventually.within;

import dev.credence.bench.gauge.Vitals;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One of the tools as a process, with a kubeconfig of its own. Ready is when its log says so.
final class Child implements Running {
  private static final Path FOLDER = Path.of("target", "operators").toAbsolutePath();
  private static final Duration END = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;
  private final String ready;
  private final Thread ending;

  static Child start(String tool, String kubeconfig, List<String> flags, String ready)
      throws IOException {
    Files.createDirectories(FOLDER);
    var file = FOLDER.resolve(tool + ".kubeconfig");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, kubeconfig);
    var words = new ArrayList<String>();
    words.add(tool(tool).toString());
    words.addAll(flags);
    var log = FOLDER.resolve(tool + ".log");
    var builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(log.toFile());
    builder.environment().put("KUBECONFIG", file.toString());
    return new Child(builder.start(), log, ready);
  }

  /// Brings a tool's kinds into a cluster.
  static void kinds(LocalCluster cluster, String tool) {
    var file = tool(tool + ".crds.yaml").toString();
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
    cluster.kubectl("wait", "--for=condition=Established", "-f", file);
  }

  /// A program or a file of `.tools/bin`.
  private static Path tool(String name) {
    return LocalCluster.TOP.resolve(".tools/bin").resolve(name);
  }

  private Child(Process process, Path log, String ready) {
    this.process = process;
    this.log = log;
    this.ready = ready;
    ending = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ending);
  }

  @Override
  public Vitals vitals() {
    return new Vitals(process.pid());
  }

  @Override
  public void awaitReady(Duration deadline) {
    within(deadline, "it is ready; its log is " + log)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("it ended: " + log);
              }
              return Files.readString(log).contains(ready);
            });
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(ending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it ended", e);
    }
  }
}
