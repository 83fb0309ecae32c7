// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import dev.credence.InProcess;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The built program, as somebody types it, with all rights unless it says `--as`.
public record CommandLine(LocalCluster cluster) {
  public static final Path BIN = LocalCluster.TOP.resolve("operator/bin");

  public Program.End credence(String... words) {
    var command = new ArrayList<String>();
    command.add(BIN.resolve("credence").toString());
    command.addAll(List.of(words));
    return Program.run(environment(), command);
  }

  /// The same without the start of a process.
  public Program.End inProcess(String... words) {
    return InProcess.run(cluster.kubeconfig(), words);
  }

  /// Through kubectl, which finds the program on the PATH.
  public Program.End kubectl(String... words) {
    var command = new ArrayList<String>();
    command.add(Tools.path("kubectl").toString());
    command.addAll(List.of(words));
    return Program.run(environment(), command);
  }

  private Map<String, String> environment() {
    return Map.of(
        "KUBECONFIG",
        cluster.kubeconfig().toString(),
        "CREDENCE_JAVA_HOME",
        System.getProperty("java.home"),
        "GOGC",
        Tools.GOGC,
        "PATH",
        BIN + ":" + System.getenv("PATH"));
  }
}
