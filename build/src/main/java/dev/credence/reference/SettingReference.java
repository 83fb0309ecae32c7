// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The settings of the operator, and those of the script that starts it.
final class SettingReference {
  private static final Pattern OF_THE_SCRIPT = Pattern.compile("#   (CREDENCE_[A-Z_]+)  (.+)");

  static String markdown(Path script) throws IOException {
    var operator = new Table("Variable", "Default", "Allowed values", "Description");
    for (var setting : Setting.values()) {
      operator.row(
          "`" + setting.variable() + "`",
          setting.otherwise().isEmpty() ? "" : "`" + setting.otherwise() + "`",
          setting.wanted(),
          setting.about());
    }
    var starting = new Table("Variable", "Description");
    Files.readAllLines(script).stream()
        .map(OF_THE_SCRIPT::matcher)
        .filter(line -> line.matches())
        .forEach(line -> starting.row("`" + line.group(1) + "`", line.group(2)));
    return """
        <!-- Written by `make generate`. -->
        # Settings

        Environment variables configure the operator; the chart sets them from its `settings`. The operator reads them once,
        at the start. An invalid value ends the program with an error message and exit code 2.

        %s
        The operator connects to the cluster of the file in `KUBECONFIG`. In a pod it uses the ServiceAccount of the pod.

        ## The script

        `operator/bin/credence` starts the program outside a pod and reads two more:

        %s"""
        .formatted(operator, starting);
  }

  private SettingReference() {}
}
