// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/// Runs each driver once against a port where nobody listens. The build of the image records which
/// classes that loads, so that a hook starts faster.
public final class Rehearsal {

  public static void main(String[] words) throws IOException {
    Main.quiet();
    var folder = Files.createTempDirectory("rehearsal");
    Files.writeString(folder.resolve("username"), "cn=rehearsal");
    Files.writeString(folder.resolve("password"), "rehearsal");
    Files.writeString(folder.resolve("known_hosts"), "");
    var settings =
        Map.of(
            "HOOK_HOST", "127.0.0.1",
            "HOOK_PORT", "1",
            "HOOK_TIMEOUT", "1",
            "HOOK_BASE_DN", "dc=example",
            "HOOK_KNOWN_HOSTS", folder.resolve("known_hosts").toString(),
            "HOOK_CREDENTIAL_DIR", folder.toString(),
            "HOOK_ADMIN_DIR", folder.toString());
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    for (var driver : Systems.all()) {
      for (var step : Step.values()) {
        Main.run(new String[] {driver.name(), step.name()}, settings, nowhere, nowhere);
      }
    }
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Rehearsal() {}
}
