// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/// The part of a release for the platform of this machine: the archive of the command line and both
/// images. Building it costs 40 seconds of processor time, so that the classes that use it share
/// one: of several JVMs one builds it and the others wait. The classes only read its files.
public final class BuiltPart {
  private static final Path FOLDER = LocalCluster.TOP.resolve("system-tests/target/release-part");

  /// As old as the beginning of the build, so that it is older than a file that changed meanwhile.
  private static final Path BUILT = Path.of(FOLDER + ".built");

  /// What the part is made of.
  private static final List<Path> SOURCES =
      Stream.of(
              "operator/target/credence.jar",
              "operator/target/credence.cdx.json",
              "operator/target/lib",
              "hooks/target/credence-hooks.jar",
              "hooks/target/credence-hooks.cdx.json",
              "hooks/target/lib",
              "build/target/classes",
              "tools/archive",
              "LICENSE",
              "NOTICE",
              Path.of(System.getProperty("java.home"), "release").toString())
          .map(LocalCluster.TOP::resolve)
          .toList();

  /// Its folder.
  public static Path folder() {
    try {
      Files.createDirectories(FOLDER.getParent());
      try (var file = new RandomAccessFile(FOLDER + ".lock", "rw");
          var _ = file.getChannel().lock()) {
        if (!isUpToDate()) {
          build();
        }
      }
      return FOLDER;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The image of the operator, as [dev.credence.image.Image] writes it.
  public static Path image() {
    try (var files = Files.list(folder())) {
      return files
          .filter(file -> file.getFileName().toString().matches("credence-\\d.*-image-.*[.]tar"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void build() throws IOException {
    Files.deleteIfExists(BUILT);
    var beginning = FileTime.fromMillis(System.currentTimeMillis());
    Release.part(LocalCluster.TOP, FOLDER);
    Files.createFile(BUILT);
    Files.setLastModifiedTime(BUILT, beginning);
  }

  private static boolean isUpToDate() throws IOException {
    if (!Files.exists(BUILT)) {
      return false;
    }
    var built = Files.getLastModifiedTime(BUILT);
    for (var source : SOURCES) {
      if (newest(source).compareTo(built) >= 0) {
        return false;
      }
    }
    return true;
  }

  /// Of a file, or of a folder and all that is in it: a file that was removed changes its folder.
  private static FileTime newest(Path source) throws IOException {
    var newest = Files.getLastModifiedTime(source);
    try (Stream<Path> files = Files.walk(source)) {
      for (var file : files.toList()) {
        var time = Files.getLastModifiedTime(file);
        newest = time.compareTo(newest) > 0 ? time : newest;
      }
    }
    return newest;
  }

  private BuiltPart() {}
}
