// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/// SHA-256 sums in the form that `sha256sum --check` reads.
final class Checksums {
  static final String FILE = "SHA256SUMS";

  /// Of one file, in hexadecimal digits.
  static String of(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var buffer = new byte[1 << 16];
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes those of all files of the folder into one more file.
  static void write(Path folder) throws IOException {
    var text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        var name = folder.relativize(file).toString();
        if (!name.equals(FILE)) {
          text.append(of(file)).append("  ").append(name).append('\n');
        }
      }
    }
    Files.writeString(folder.resolve(FILE), text);
  }

  private Checksums() {}
}
