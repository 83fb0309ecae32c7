// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.api.MachineIdentity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Completes a command line: one candidate a line, and a last line for kubectl that says what else
/// to offer (`:4`: no files, `:0`: files). The last word is the one that is being written.
@Command(name = "__complete", hidden = true, description = "Completions for a command line.")
public final class Candidates implements Callable<Integer> {
  private static final String NO_FILES = ":4";
  private static final String FILES = ":0";
  private static final Set<String> NAMES = Set.of("IDENTITY", "OBJECT");
  private static final Set<String> OF_NAMESPACE = Set.of("-n", "--namespace");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..*")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    var written = words.isEmpty() ? "" : words.getLast();
    var before = words.isEmpty() ? List.<String>of() : words.subList(0, words.size() - 1);
    var last = before.isEmpty() ? "" : before.getLast();
    var out = spec.commandLine().getOut();
    if (isFile(before, last)) {
      out.println(FILES);
      return 0;
    }
    candidates(before, last, written)
        .filter(candidate -> candidate.startsWith(written))
        .sorted()
        .forEach(out::println);
    out.println(NO_FILES);
    return 0;
  }

  /// Whether the value of the option is a file: `--output` is one of some commands only.
  private boolean isFile(List<String> before, String last) {
    var command = before.isEmpty() ? null : spec.parent().subcommands().get(before.getFirst());
    return command != null
        && command.getCommandSpec().options().stream()
            .filter(option -> takesValue(option, last))
            .anyMatch(
                option ->
                    option.type() == Path.class
                        || List.of(option.auxiliaryTypes()).contains(Path.class));
  }

  private Stream<String> candidates(List<String> before, String last, String written) {
    var top = spec.parent();
    var command = before.isEmpty() ? null : top.subcommands().get(before.getFirst());
    if (command == null) {
      return top.subcommands().entrySet().stream()
          .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
          .map(entry -> entry.getKey());
    }
    var options = command.getCommandSpec().options();
    var open = options.stream().filter(option -> takesValue(option, last)).findFirst();
    if (open.isPresent()) {
      return OF_NAMESPACE.contains(last) ? namespaces() : values(open.get());
    }
    if (written.startsWith("-")) {
      return options.stream()
          .filter(option -> !option.hidden())
          .flatMap(option -> Stream.of(option.names()));
    }
    return Stream.concat(isNamed(command) ? identities(before) : Stream.of(), positional(command));
  }

  private static boolean takesValue(OptionSpec option, String name) {
    return option.arity().max() > 0 && List.of(option.names()).contains(name);
  }

  private static Stream<String> values(OptionSpec option) {
    var known = option.completionCandidates();
    return known == null ? Stream.of() : stream(known);
  }

  private static Stream<String> positional(CommandLine command) {
    return command.getCommandSpec().positionalParameters().stream()
        .filter(parameter -> parameter.completionCandidates() != null)
        .flatMap(parameter -> stream(parameter.completionCandidates()));
  }

  private static Stream<String> stream(Iterable<String> values) {
    var all = new ArrayList<String>();
    values.forEach(all::add);
    return all.stream();
  }

  private static boolean isNamed(CommandLine command) {
    return command.getCommandSpec().positionalParameters().stream()
        .anyMatch(parameter -> NAMES.contains(parameter.paramLabel()));
  }

  /// Of the namespace that is on the line already; none where the cluster does not answer.
  private static Stream<String> identities(List<String> before) {
    return asked(
        before,
        connection -> {
          var names = new ArrayList<String>();
          connection
              .metadata()
              .resources(MachineIdentity.class)
              .inNamespace(connection.namespace())
              .list()
              .getItems()
              .forEach(identity -> names.add(identity.getMetadata().getName()));
          return names;
        });
  }

  private Stream<String> namespaces() {
    return asked(
        words,
        connection ->
            connection.metadata().namespaces().list().getItems().stream()
                .map(namespace -> namespace.getMetadata().getName())
                .toList());
  }

  private interface Question {
    List<String> to(Connection connection);
  }

  private static Stream<String> asked(List<String> before, Question question) {
    var where = new KubeOptions();
    var names = new ArrayList<String>();
    try {
      new CommandLine(where)
          .setUnmatchedArgumentsAllowed(true)
          .setStopAtUnmatched(false)
          .parseArgs(before.toArray(String[]::new));
      where.in(
          connection -> {
            names.addAll(question.to(connection));
            return 0;
          });
    } catch (RuntimeException silent) {
      // No candidates are better than a message in the middle of the user's line.
      return Stream.of();
    }
    return names.stream();
  }
}
