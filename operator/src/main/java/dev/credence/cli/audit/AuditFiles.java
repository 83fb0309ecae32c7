// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.cli.Failed;
import dev.credence.observe.audit.AuditInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads files of an audit log one after the other, and reports the progress on standard
/// error where it takes long.
final class AuditFiles {
  private static final long EVERY = Duration.ofSeconds(5).toNanos();
  private static final double MIB = 1024.0 * 1024;

  private final List<String> names;
  private final AuditInput input;
  private long bytes;
  private long total;
  private long reported = System.nanoTime();

  AuditFiles(List<String> names, AuditInput input) {
    this.names = names;
    this.input = input;
  }

  void read() {
    var files = new ArrayList<Path>();
    var standardInput = false;
    for (var name : names) {
      if (name.equals("-")) {
        standardInput = true;
      } else {
        files.addAll(files(Path.of(name)));
      }
    }
    for (var file : files) {
      total += file.toFile().length();
    }
    for (var file : files) {
      read(file);
    }
    if (standardInput) {
      try {
        input.read(new Counting(System.in));
      } catch (IOException unreadable) {
        throw new Failed("Standard input cannot be read: " + unreadable.getMessage());
      }
    }
  }

  /// Of a folder all files, rotated and compressed ones included; not those of its
  /// subfolders.
  private static List<Path> files(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (!Files.isDirectory(path)) {
      throw new Failed(path + " does not exist or is no file and no folder.");
    }
    try (var files = Files.list(path)) {
      var found = files.filter(Files::isRegularFile).sorted().toList();
      if (found.isEmpty()) {
        throw new Failed("The folder " + path + " contains no files.");
      }
      return found;
    } catch (IOException unreadable) {
      throw new Failed(path + " cannot be read: " + unreadable.getMessage());
    }
  }

  private void read(Path file) {
    try (var in = new Counting(Files.newInputStream(file))) {
      input.read(in);
    } catch (IOException unreadable) {
      throw new Failed(file + " cannot be read: " + unreadable.getMessage());
    }
  }

  private void count(int read) {
    bytes += Math.max(0, read);
    var now = System.nanoTime();
    if (now - reported >= EVERY) {
      reported = now;
      System.err.println(
          String.format(
              Locale.ROOT,
              "credence: read %,.0f%s MiB, %,d events",
              bytes / MIB,
              total > 0 ? String.format(Locale.ROOT, " of %,.0f", total / MIB) : "",
              input.read()));
    }
  }

  private final class Counting extends FilterInputStream {
    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      var read = super.read(into, offset, length);
      count(read);
      return read;
    }
  }
}
