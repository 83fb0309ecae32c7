// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.OperatorProcess;

/// `kill -STOP`, `kill -CONT`: what a machine that is suspended does to a process.
public final class Signals {
  public static void send(String signal, OperatorProcess operator) throws Exception {
    var kill = new ProcessBuilder("kill", signal, String.valueOf(operator.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private Signals() {}
}
