// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.kubelet;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/// A Secret as files, written as the kubelet does: each state is a folder of its own, and the link
/// `..data` goes from one to the next in one step. Who follows that link once sees one state.
public final class Mount {
  private static final String DATA = "..data";

  private final Path folder;
  private Map<String, String> written = Map.of();

  public Mount(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void write(Secret secret) {
    writeData(secret.getData() == null ? Map.of() : secret.getData());
  }

  /// The texts of a ConfigMap.
  public void write(Map<String, String> texts) {
    writeData(
        texts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    text ->
                        Base64.getEncoder()
                            .encodeToString(text.getValue().getBytes(StandardCharsets.UTF_8)))));
  }

  /// Does nothing when it is the same as before.
  private synchronized void writeData(Map<String, String> data) {
    if (data.equals(written)) {
      return;
    }
    try {
      var old = folder.resolve(DATA);
      var before = Files.exists(old) ? old.toRealPath() : null;
      var next = Files.createTempDirectory(folder, "..");
      for (var entry : data.entrySet()) {
        Files.write(next.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
      }
      var link = Files.createSymbolicLink(folder.resolve("..data_tmp"), next.getFileName());
      Files.move(link, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      for (var key : data.keySet()) {
        if (!written.containsKey(key)) {
          Files.createSymbolicLink(folder.resolve(key), Path.of(DATA, key));
        }
      }
      for (var key : written.keySet()) {
        if (!data.containsKey(key)) {
          Files.delete(folder.resolve(key));
        }
      }
      if (before != null) {
        delete(before);
      }
      written = Map.copyOf(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All files of one state. Empty before the first one.
  public Map<String, String> read() {
    while (true) {
      try {
        var state = folder.resolve(DATA).toRealPath();
        try (var files = Files.list(state)) {
          return files.collect(Collectors.toMap(f -> f.getFileName().toString(), Mount::text));
        }
      } catch (NoSuchFileException | UncheckedIOException e) {
        // That state went while it was read: the next one is there.
        if (!Files.exists(folder.resolve(DATA))) {
          return Map.of();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// With all files.
  public synchronized void delete() {
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
