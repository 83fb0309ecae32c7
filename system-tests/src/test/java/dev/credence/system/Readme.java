// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// The commands of a page, run as a reader would run them in the top folder of the repository: each
/// block that is marked `bash`, in order. A block that is marked `text` and follows it is the
/// expected output. Blocks that are marked `sh` need more than the cluster of the tests and are not
/// run.
public record Readme(LocalCluster cluster, Path page) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Each try starts a shell and the programs of the page.
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(800);

  private static final String CLEAN_UP = "Clean up";

  /// The text between one block of commands and its output has no block of its own.
  private static final Pattern STEP =
      Pattern.compile(
          "(?ms)^```bash\\n(?<commands>.*?)^```$(?:(?:(?!^```).)*?^```text\\n(?<output>.*?)^```$)?");

  /// Commands that change nothing. They are repeated until their output is as expected.
  private static final Pattern READS =
      Pattern.compile(
          "(?s)(\\s*(kubectl (get|wait|auth|explain|rollout status|describe) [^\n]*|[^\n]* --dry-run=server [^\n]*)\n)+");

  public static Readme of(LocalCluster cluster, String page) {
    return new Readme(cluster, LocalCluster.TOP.resolve(page));
  }

  /// All steps but those of the section "Clean up".
  public void follow() {
    var steps =
        sections()
            .filter(section -> !isNamed(section, CLEAN_UP))
            .flatMap(section -> steps(section).stream())
            .toList();
    assertThat(steps).as("the commands of %s", page).isNotEmpty();
    steps.forEach(this::follow);
  }

  /// The steps of the section with this heading.
  public void follow(String heading) {
    var section = sections().filter(each -> isNamed(each, heading)).toList();
    assertThat(section).as("section %s of %s", heading, page).hasSize(1);
    steps(section.getFirst()).forEach(this::follow);
  }

  public void cleanUp() {
    follow(CLEAN_UP);
  }

  private record Step(String commands, @Nullable String output) {}

  private Stream<String> sections() {
    try {
      return Stream.of(Files.readString(page).split("(?m)^## "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNamed(String section, String heading) {
    return section.startsWith(heading + "\n");
  }

  private static List<Step> steps(String text) {
    var steps = new ArrayList<Step>();
    var matcher = STEP.matcher(text);
    while (matcher.find()) {
      steps.add(new Step(matcher.group("commands"), matcher.group("output")));
    }
    return steps;
  }

  private void follow(Step step) {
    var output = step.output();
    if (output == null) {
      var end = run(step);
      assertThat(end.code()).as("%s%s%s", step.commands(), end.out(), end.err()).isZero();
    } else if (READS.matcher(step.commands()).matches()) {
      repeat(step, expected(output));
    } else {
      assertThat(actual(step)).as(step.commands()).matches(expected(output));
    }
  }

  private void repeat(Step step, Pattern expected) {
    var last = new String[1];
    try {
      within(PATIENCE, step.commands())
          .pollInterval(BETWEEN_TRIES)
          .until(
              () -> {
                last[0] = actual(step);
                return expected.matcher(last[0]).matches();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s: %s printed%n%s%nand the page says%n%s"
              .formatted(page, step.commands(), last[0], step.output()),
          e);
    }
  }

  private Program.End run(Step step) {
    var path = Tools.path(".") + ":" + CommandLine.BIN + ":" + System.getenv("PATH");
    var script = "cd '%s'%n{ %s} 2>&1".formatted(LocalCluster.TOP, step.commands());
    return Program.run(
        Map.of(
            "KUBECONFIG",
            cluster.kubeconfig().toString(),
            "CREDENCE_JAVA_HOME",
            System.getProperty("java.home"),
            "GOGC",
            Tools.GOGC,
            "PATH",
            path),
        List.of("bash", "-c", script));
  }

  private String actual(Step step) {
    return normal(run(step).out());
  }

  /// An ellipsis stands for any text.
  private static Pattern expected(String output) {
    return Pattern.compile(
        Pattern.quote(normal(output)).replaceAll("\\s*… ?", "\\\\E.*\\\\Q"), Pattern.DOTALL);
  }

  /// Times, ages and the width of columns differ from run to run; warnings and the output of
  /// deletions depend on the version of kubectl and of the API server.
  private static String normal(String output) {
    return output
        .lines()
        .filter(line -> !line.startsWith("Warning: "))
        .map(line -> line.replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME"))
        .map(line -> line.replaceAll("\\b(\\d+[dhms])+\\b", "AGE"))
        .map(line -> line.replaceAll(" deleted from \\S+ namespace$", " deleted"))
        .map(line -> line.replaceAll(" +", " ").strip())
        .filter(line -> !line.isEmpty())
        .collect(joining("\n"));
  }
}
