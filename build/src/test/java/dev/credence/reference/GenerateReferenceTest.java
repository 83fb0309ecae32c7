// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.credence.api.Api;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import dev.credence.reference.ReasonReference.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tables in `docs/reference` are what the code says. That of the fields is in
/// [GenerateTest].
class GenerateReferenceTest {
  private static final Path DECISIONS =
      GenerateTest.TOP.resolve("operator/src/test/resources/decisions");

  private static final Path SOURCES = GenerateTest.TOP.resolve("operator/src/main/java");

  private record Shown(ConditionType type, ConditionStatus status, Reason reason) {}

  @Test
  void the_reference_of_metrics_is_that_of_the_code() throws IOException {
    check("metrics.md", MetricReference.markdown());
  }

  @Test
  void the_reference_of_settings_is_that_of_the_code() throws IOException {
    check(
        "settings.md",
        SettingReference.markdown(GenerateTest.TOP.resolve("operator/bin/credence")));
  }

  @Test
  void the_reference_of_reasons_is_that_of_the_code() throws IOException {
    check("reasons.md", ReasonReference.markdown());
  }

  @Test
  void the_reference_of_risks_is_that_of_the_code() throws IOException {
    check("risks.md", RiskReference.markdown());
  }

  @Test
  void the_reference_of_types_is_that_of_the_code() throws IOException {
    check("types.md", TypeReference.markdown());
  }

  @Test
  void the_reference_of_annotations_is_that_of_the_code() throws IOException {
    check("annotations.md", AnnotationReference.markdown());
  }

  @Test
  void the_reference_of_logs_is_that_of_the_code() throws IOException {
    check("logs.md", LogReference.markdown(SOURCES));
  }

  @Test
  void every_action_and_every_field_of_the_log_is_told() {
    assertThat(LogReference.actions(SOURCES).stream().map(LogReference.Logged::name))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Action.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
    var lines = LogReference.lines(SOURCES);
    assertThat(lines).hasSizeGreaterThan(50);
    assertThat(lines.stream().flatMap(line -> line.fields().stream()).collect(toSet()))
        .isEqualTo(LogReference.fields());
    // Each file with a logger has a line; a statement that is written in another way is found here.
    assertThat(lines.stream().map(LogReference.Line::logger).collect(toSet()))
        .containsAll(loggers());
  }

  private static Set<String> loggers() {
    try (var files = Files.walk(SOURCES)) {
      return files
          .filter(path -> path.toString().endsWith(".java"))
          .filter(path -> read(path).contains("Logger LOG ="))
          .map(path -> path.getFileName().toString().replace(".java", ""))
          .collect(toSet());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void every_label_and_annotation_is_told() throws IllegalAccessException {
    var written = new TreeSet<String>(Set.of("credence.dev/requested-by"));
    for (var field : Api.class.getFields()) {
      var value = (String) field.get(null);
      if (value.startsWith(Api.GROUP + "/")) {
        written.add(value);
      }
    }
    assertThat(AnnotationReference.keys()).isEqualTo(written);
  }

  @Test
  void the_reference_of_values_is_that_of_the_chart() throws IOException {
    for (var name : List.of("credence", "credence-recipes")) {
      var chart = GenerateTest.TOP.resolve("helm").resolve(name);
      GenerateTest.check(chart.resolve("README.md"), ChartReference.markdown(chart));
    }
  }

  /// The command `recipe` has the defaults of the chart.
  @Test
  void the_values_of_recipes_are_those_of_the_chart() throws IOException {
    GenerateTest.check(
        GenerateTest.TOP.resolve("operator/src/main/resources/dev/credence/cli/recipe/values.yaml"),
        Files.readString(GenerateTest.TOP.resolve("helm/credence-recipes/values.yaml")));
  }

  /// The same rules and dashboards as those of the chart, and no file that the chart does not have.
  @Test
  void the_mixin_is_that_of_the_chart() throws IOException {
    var folder = GenerateTest.TOP.resolve("mixin");
    var wanted = Mixin.files(GenerateTest.TOP.resolve("helm/credence"));
    for (var file : wanted.entrySet()) {
      GenerateTest.check(folder.resolve(file.getKey()), file.getValue());
    }
    try (var files = Files.walk(folder)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> folder.relativize(file).toString())
                  .filter(file -> !file.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(wanted.keySet());
    }
  }

  @Test
  void every_reason_has_its_condition() {
    assertThat(ReasonReference.ANSWERS.values().stream().flatMap(List::stream).collect(toSet()))
        // No decision says these: they are said where there is none.
        .isEqualTo(EnumSet.complementOf(EnumSet.of(Reason.EvaluationFailed, Reason.TooLarge)));
    assertThat(ReasonReference.ANSWERS.keySet().stream().map(Answer::type).collect(toSet()))
        .containsAll(
            Stream.of(ConditionType.values()).filter(a -> !ReasonReference.isSum(a)).toList());
  }

  @Test
  void the_decisions_show_every_answer_and_no_other() throws IOException {
    var promised =
        ReasonReference.ANSWERS.entrySet().stream()
            .flatMap(
                answer ->
                    answer.getValue().stream()
                        .map(
                            reason ->
                                new Shown(
                                    answer.getKey().type(), answer.getKey().status(), reason)))
            .collect(toSet());
    var own =
        shown().stream()
            .filter(answer -> !ReasonReference.isSum(answer.type()) || isInOrder(answer))
            .collect(toSet());
    assertThat(own).isEqualTo(promised);
  }

  private static boolean isInOrder(Shown answer) {
    return answer.type() == ConditionType.Ready && answer.status() == ConditionStatus.True;
  }

  /// What `expect.yaml` says: `Ready: "True Compliant: The identity complies with its policies."`.
  private static Set<Shown> shown() throws IOException {
    var yaml = new ObjectMapper(new YAMLFactory());
    var shown = new HashSet<Shown>();
    try (var files = Files.walk(DECISIONS)) {
      for (var file : files.filter(path -> path.endsWith("expect.yaml")).toList()) {
        JsonNode conditions = yaml.readTree(file.toFile()).at("/standing/conditions");
        conditions.properties().stream()
            .filter(condition -> !condition.getValue().asText().equals("absent"))
            .forEach(
                condition -> {
                  var words = condition.getValue().asText().split("[ :]", 3);
                  shown.add(
                      new Shown(
                          ConditionType.valueOf(condition.getKey()),
                          ConditionStatus.valueOf(words[0]),
                          Reason.valueOf(words[1])));
                });
      }
    }
    return shown;
  }

  private static void check(String name, String wanted) throws IOException {
    GenerateTest.check(GenerateTest.REFERENCE.resolve(name), wanted);
  }
}
