// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.cli.Failed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Rewrites manifests of the versions before 0.3 with the names of now.
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    header = "Rewrite manifests of an earlier version with the current field names.",
    description = {
      "",
      "Reads YAML or JSON with MachineIdentities and CredentialPolicies and replaces the field names",
      "and annotations that changed. Comments, order and layout stay. Other kinds are not changed.",
      "Prints the result, or writes it back with --in-place. Lists each change on standard error.",
      "Needs no cluster. docs/upgrade.md lists the names."
    },
    footer = {
      "%nExamples:",
      "  credence migrate -f policy.yaml",
      "  credence migrate -f manifests/ --in-place",
      "  kubectl get mid -A -o yaml | credence migrate -f -"
    })
public final class Migrate implements Callable<Integer> {
  private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");
  private static final Path STANDARD_INPUT = Path.of("-");

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description =
          "A file, a directory (all .yaml, .yml and .json files in it), or - for standard input. Can be repeated.")
  private List<Path> files = List.of();

  @Option(names = "--in-place", description = "Write each changed file back instead of printing.")
  private boolean inPlace;

  @Override
  public Integer call() {
    for (var given : files) {
      if (given.equals(STANDARD_INPUT)) {
        if (inPlace) {
          throw new Failed("--in-place requires files: standard input cannot be written back.");
        }
        System.out.print(migrated("standard input", input()).text());
        continue;
      }
      for (var file : manifests(given)) {
        file(file);
      }
    }
    return 0;
  }

  private void file(Path file) {
    try {
      var migrated = migrated(file.toString(), Files.readString(file));
      if (!inPlace) {
        System.out.print(migrated.text());
      } else if (!migrated.changes().isEmpty()) {
        write(file, migrated.text());
      }
    } catch (IOException unreadable) {
      throw new Failed("Cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  /// Whole or not at all.
  private static void write(Path file, String text) throws IOException {
    var target = file.toRealPath();
    var temporary = target.resolveSibling("." + target.getFileName() + ".migrated");
    Files.copy(
        target, temporary, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(temporary, text);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Manifests.Migrated migrated(String source, String text) {
    try {
      var migrated = Manifests.of(text);
      migrated.changes().forEach(change -> System.err.println(source + ": " + change));
      return migrated;
    } catch (IllegalArgumentException broken) {
      throw new Failed(source + " is not valid YAML: " + broken.getMessage());
    }
  }

  private static List<Path> manifests(Path given) {
    if (!Files.isDirectory(given)) {
      return List.of(given);
    }
    var found = new ArrayList<Path>();
    try (Stream<Path> all = Files.walk(given)) {
      all.filter(Files::isRegularFile)
          .filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
          .sorted()
          .forEach(found::add);
    } catch (IOException | UncheckedIOException unreadable) {
      throw new Failed("Cannot read " + given + ": " + unreadable.getMessage());
    }
    return found;
  }

  private static String input() {
    try {
      return new String(System.in.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new Failed("Cannot read standard input: " + unreadable.getMessage());
    }
  }
}
