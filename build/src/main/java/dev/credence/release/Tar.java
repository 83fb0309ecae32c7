// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/// A tar archive (POSIX ustar) of a folder, the same bytes for the same files: names in their
/// order, no owners, one time. Links are written as copies, since krew extracts none.
final class Tar {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int PREFIX = 155;

  /// 1980-01-01, the first time that all archivers know.
  private static final long TIME = 315_532_800;

  private final OutputStream out;

  private Tar(OutputStream out) {
    this.out = out;
  }

  /// Writes the content of `folder`, with names from there, and closes nothing.
  static void write(Path folder, OutputStream out) throws IOException {
    var tar = new Tar(out);
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.sorted().toList()) {
        if (!file.equals(folder)) {
          tar.add(folder.relativize(file).toString().replace('\\', '/'), file);
        }
      }
    }
    out.write(new byte[2 * BLOCK]);
  }

  private void add(String name, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      out.write(header(name + "/", 0755, 0, '5'));
      return;
    }
    var size = Files.size(file);
    out.write(header(name, Files.isExecutable(file) ? 0755 : 0644, size, '0'));
    Files.copy(file, out);
    out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
  }

  private static byte[] header(String name, int mode, long size, char type) {
    var header = new byte[BLOCK];
    var split = split(name);
    put(header, 0, name.substring(split));
    put(header, NAME, "%07o".formatted(mode));
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, "%011o".formatted(size));
    put(header, 136, "%011o".formatted(TIME));
    Arrays.fill(header, 148, 156, (byte) ' ');
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 263, "00");
    put(header, 345, split == 0 ? "" : name.substring(0, split - 1));
    var sum = 0;
    for (var one : header) {
      sum += one & 0xff;
    }
    put(header, 148, "%06o".formatted(sum));
    header[154] = 0;
    return header;
  }

  /// Where the part begins that fits into the field of the name; 0 for a short name.
  private static int split(String name) {
    if (name.length() <= NAME) {
      return 0;
    }
    var split = name.indexOf('/', name.length() - NAME - 1) + 1;
    if (split == 0 || split == name.length() || split - 1 > PREFIX) {
      throw new IllegalArgumentException("The name is too long for a tar archive: " + name);
    }
    return split;
  }

  private static void put(byte[] header, int at, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
