// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postgresql.Driver;

/// The `psql` that scripts find. A folder with it goes to the front of their PATH.
public enum Psql {
  /// That of this machine.
  INSTALLED {
    @Override
    Optional<Path> find() {
      return Stream.of(System.getenv("PATH").split(File.pathSeparator))
          .map(Path::of)
          .filter(folder -> Files.isExecutable(folder.resolve("psql")))
          .findFirst()
          .filter(Psql::isNewEnough);
    }
  },

  STAND_IN {
    @Override
    Optional<Path> find() {
      try {
        var folder = Files.createDirectories(Path.of("target", "psql")).toAbsolutePath();
        var program = folder.resolve("psql");
        Files.writeString(
            program,
            """
            #!/bin/sh
            exec '%s/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp '%s:%s' %s "$@"
            """
                .formatted(
                    System.getProperty("java.home"),
                    placeOf(PsqlStandIn.class),
                    placeOf(Driver.class),
                    PsqlStandIn.class.getName()));
        program.toFile().setExecutable(true);
        return Optional.of(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  };

  private static final Pattern MAJOR = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  /// `\getenv` came with this one.
  private static final int OLDEST = 15;

  /// The folder it is in. Absent where this machine has none that is new enough.
  abstract Optional<Path> find();

  /// The real one wherever there is one.
  public static Path folder() {
    return INSTALLED.find().or(STAND_IN::find).orElseThrow();
  }

  /// Runs it to its end, which must be a good one.
  public static void run(Path folder, Map<String, String> environment, String... options) {
    var words = new ArrayList<>(List.of(folder.resolve("psql").toString()));
    words.addAll(List.of(options));
    var printed = output(words, environment);
    if (printed.exitCode() != 0) {
      throw new IllegalStateException("psql ended with " + printed);
    }
  }

  private static boolean isNewEnough(Path folder) {
    var printed = output(List.of(folder.resolve("psql").toString(), "--version"), Map.of());
    var major = MAJOR.matcher(printed.text());
    return major.find() && Integer.parseInt(major.group(1)) >= OLDEST;
  }

  private record Output(int exitCode, String text) {}

  private static Output output(List<String> words, Map<String, String> environment) {
    try {
      var builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().putAll(environment);
      builder.redirectInput(Path.of("/dev/null").toFile());
      var process = builder.start();
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while psql ran", e);
    }
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
