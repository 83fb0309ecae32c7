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
    var operator = new Table("Variable", "Default", "May be", "What it is for");
    for (var setting : Setting.values()) {
      operator.row(
          "`" + setting.variable() + "`",
          setting.otherwise().isEmpty() ? "" : "`" + setting.otherwise() + "`",
          setting.wanted(),
          setting.about());
    }
    var starting = new Table("Variable", "What it is for");
    Files.readAllLines(script).stream()
        .map(OF_THE_SCRIPT::matcher)
        .filter(line -> line.matches())
        .forEach(line -> starting.row("`" + line.group(1) + "`", line.group(2)));
    return """
        <!-- Written by `make generate`. -->
        # Settings

        The operator is set by environment variables, which the chart writes from its `settings`. They are read once, at
        the start; a value that cannot be used ends the program with a sentence and exit code 2.

        %s
        Which cluster it works for is said by `KUBECONFIG`, a file; in a pod, by the pod's own ServiceAccount.

        ## The script

        `operator/bin/credence` starts the program outside a pod and reads two more:

        %s"""
        .formatted(operator, starting);
  }

  private SettingReference() {}
}
