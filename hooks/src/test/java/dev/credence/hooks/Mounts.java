// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/// The folders that a hook's pod has: the Secret, the Secret with the next value, and that of the
/// administrative account.
public final class Mounts implements AutoCloseable {
  private final Path folder;

  public Mounts() {
    try {
      folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "mounts-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path credential() {
    return folder.resolve("credential");
  }

  public Path admin() {
    return folder.resolve("admin");
  }

  public void write(Path to, Map<String, String> keys) {
    try {
      delete(to);
      Files.createDirectories(to);
      for (var key : keys.entrySet()) {
        Files.writeString(to.resolve(key.getKey()), key.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete(folder);
  }

  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
