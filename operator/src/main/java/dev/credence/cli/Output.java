// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Where a report goes: to standard output, or whole and at once into a file that is its owner's
/// alone, since it says who may do what.
public final class Output {
  private static final int BUFFER = 1 << 16;

  public interface Writing {
    void to(Writer out) throws IOException;
  }

  public static void write(Optional<Path> file, PrintStream standard, Writing writing) {
    try {
      if (file.isPresent()) {
        intoFile(file.get().toAbsolutePath(), writing);
      } else {
        var out = new BufferedWriter(new OutputStreamWriter(standard, UTF_8), BUFFER);
        writing.to(out);
        out.flush();
      }
    } catch (FileSystemException refused) {
      throw new Failed(
          "Cannot write "
              + refused.getFile()
              + ": "
              + Optional.ofNullable(refused.getReason())
                  .orElse(refused.getClass().getSimpleName()));
    } catch (IOException failed) {
      throw new Failed("The report could not be written: " + failed.getMessage());
    }
  }

  /// A temporary file is made with permissions for its owner alone, and moved into place when it is
  /// whole and on the disk.
  private static void intoFile(Path file, Writing writing) throws IOException {
    var beside = Optional.ofNullable(file.getParent()).orElse(file);
    var temporary = Files.createTempFile(beside, ".credence-", ".part");
    try {
      try (var out = Files.newBufferedWriter(temporary, UTF_8)) {
        writing.to(out);
      }
      try (var disk = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        disk.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Output() {}
}
