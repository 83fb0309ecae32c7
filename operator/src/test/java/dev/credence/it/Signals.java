package dev.credence.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.OperatorProcess;

/// `kill -STOP`, `kill -CONT`: what a machine that is suspended does to a process.
final class Signals {
  static void send(String signal, OperatorProcess operator) throws Exception {
    var kill = new ProcessBuilder("kill", signal, String.valueOf(operator.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private Signals() {}
}
