// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.io.OutputStream;
import kafka.Kafka;
import kafka.tools.StorageTool;

/// The program of the child process: formats the folder of a broker, and runs the broker. Ends with
/// the process that started it.
final class KafkaProcess {
  public static void main(String[] words) {
    Thread.ofPlatform().daemon().start(KafkaProcess::endWithTheTest);
    var status =
        StorageTool.execute(
            new String[] {"format", "--cluster-id", words[0], "--config", words[1]}, System.out);
    if (status != 0) {
      Runtime.getRuntime().halt(status);
    }
    Kafka.main(new String[] {words[1]});
  }

  private static void endWithTheTest() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The same as its end.
    }
    Runtime.getRuntime().halt(0);
  }

  private KafkaProcess() {}
}
