// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import dev.credence.image.Image;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// Archives of the command line: one for the platform of this machine that needs no Java, and one
/// for all platforms that needs Java 25.
final class CommandLine {
  private final Path top;
  private final Path target;
  private final String version;

  CommandLine(Path top, String version) {
    this.top = top;
    this.version = version;
    target = top.resolve("operator/target");
  }

  /// `linux-amd64`, `darwin-arm64`: as Go, krew and Homebrew name them.
  static String platform() {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var kernel = system.startsWith("mac") ? "darwin" : system;
    var architecture = System.getProperty("os.arch");
    return kernel + "-" + (architecture.equals("aarch64") ? "arm64" : architecture);
  }

  /// Writes the archive with a Java runtime.
  Path withRuntime(Path folder, Path scratch) throws IOException {
    var name = "credence-" + version;
    var content = lay(scratch.resolve("with-runtime").resolve(name));
    Image.runtime(content.resolve("runtime"));
    return pack(content.getParent(), folder.resolve(name + "-" + platform() + ".tar.gz"));
  }

  /// Writes the archive without one.
  Path withoutRuntime(Path folder, Path scratch) throws IOException {
    var name = "credence-" + version;
    var content = lay(scratch.resolve("without-runtime").resolve(name));
    return pack(content.getParent(), folder.resolve(name + "-any.tar.gz"));
  }

  private Path lay(Path content) throws IOException {
    var libraries = Files.createDirectories(content.resolve("app/lib"));
    Files.copy(target.resolve("credence.jar"), content.resolve("app/credence.jar"));
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      for (var jar : jars.sorted().toList()) {
        Files.copy(jar, libraries.resolve(jar.getFileName()));
      }
    }
    var bin = Files.createDirectories(content.resolve("bin"));
    for (var name : new String[] {"credence", "kubectl-credence"}) {
      var script = Files.copy(top.resolve("tools/archive/credence"), bin.resolve(name));
      if (!script.toFile().setExecutable(true, false)) {
        throw new IOException("cannot make " + script + " executable");
      }
    }
    for (var name : new String[] {"LICENSE", "NOTICE"}) {
      Files.copy(top.resolve(name), content.resolve(name));
    }
    return content;
  }

  private static Path pack(Path folder, Path archive) throws IOException {
    try (var out =
        new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)), 1 << 16)) {
      Tar.write(folder, out);
    }
    return archive;
  }
}
