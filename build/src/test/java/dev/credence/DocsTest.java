// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.metrics.Metric;
import dev.credence.metrics.ReceiverMetric;
import dev.credence.reference.AnnotationReference;
import dev.credence.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pages name exists: other pages and their headings, targets of make, settings, metrics,
/// annotations, Events. The map in docs/README.md leads to each page.
class DocsTest {
  private static final Path TOP = Path.of(System.getProperty("user.dir")).getParent();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern TARGET =
      Pattern.compile("(?:^|`)make ([a-z-]+)(?=`|\\s+#|\\s+[A-Z_]+=|\\s*$)", Pattern.MULTILINE);
  private static final Pattern VARIABLE = Pattern.compile("\\bCREDENCE_[A-Z_]+[A-Z]\\b");
  private static final Pattern METRIC =
      Pattern.compile("\\bcredence_[a-z_]+[a-z](?![a-z_]|…|\\*|:)");
  private static final Pattern KEY =
      Pattern.compile("(?<![.])\\bcredence\\.dev/([a-z][a-z-]*[a-z])\\b");

  /// Read by scripts, not by the operator.
  private static final Set<String> OF_SCRIPTS =
      Set.of(
          "CREDENCE_JAVA_HOME",
          "CREDENCE_JAVA_OPTS",
          "CREDENCE_TEST_KUBECONFIG",
          "CREDENCE_TEST_KUBERNETES");

  /// Variables of the pods of hooks.
  private static final Set<String> OF_HOOKS =
      Set.of(
          "CREDENCE_STEP",
          "CREDENCE_IDENTITY",
          "CREDENCE_IDENTITY_UID",
          "CREDENCE_ISSUED_ID_KEYS",
          "CREDENCE_ISSUED_KEYS",
          "CREDENCE_SECRET",
          "CREDENCE_VALUE_SECRET",
          "CREDENCE_KEY_SUFFIX",
          "CREDENCE_VERSION",
          "CREDENCE_ATTEMPT");

  private static final Path DOCS = TOP.resolve("docs");
  private static final Pattern EVENT =
      Pattern.compile("\\.(?:event|warning)\\(\\s*\"([A-Z]\\w+)\"");
  private static final Pattern EVENT_ROW = Pattern.compile("^\\| (`.*`) \\| (?:Normal|Warning) ");

  static Stream<Path> pages() throws IOException {
    try (var files = Files.walk(TOP, 6)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !TOP.relativize(file).toString().matches("(.*/)?(target|\\.[^/]+)/.*"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void its_links_lead_somewhere(Path page) throws IOException {
    for (var link : all(LINK, Files.readString(page))) {
      if (link.matches("[a-z]+:.*")) {
        continue;
      }
      var parts = link.split("#", 2);
      var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
      assertThat(file).as(link).exists();
      if (parts.length == 2) {
        assertThat(headings(file)).as(link).contains(parts[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void what_it_names_is_there(Path page) throws IOException {
    var text = present(page);
    assertThat(targets()).containsAll(all(TARGET, text));
    var variables =
        Stream.of(
                Stream.of(Setting.values()).map(Setting::variable),
                OF_SCRIPTS.stream(),
                OF_HOOKS.stream())
            .flatMap(names -> names)
            .collect(toSet());
    assertThat(variables).containsAll(all(VARIABLE, text));
    var metrics =
        Stream.concat(
                Stream.of(Metric.values()).map(Metric::page),
                Stream.of(ReceiverMetric.values()).map(ReceiverMetric::page))
            .flatMap(name -> Stream.of(name, name + "_bucket", name + "_count", name + "_sum"))
            .collect(toSet());
    assertThat(metrics).containsAll(all(METRIC, text));
    assertThat(keys()).containsAll(all(KEY, text));
  }

  @Test
  void the_map_leads_to_each_page() throws IOException {
    var reached = new TreeSet<Path>();
    var waiting = new ArrayDeque<>(List.of(DOCS.resolve("README.md")));
    while (!waiting.isEmpty()) {
      var page = waiting.remove();
      if (!reached.add(page)) {
        continue;
      }
      all(LINK, Files.readString(page)).stream()
          .filter(link -> !link.matches("[a-z]+:.*"))
          .map(link -> page.resolveSibling(link.replaceFirst("#.*", "")).normalize())
          .filter(linked -> linked.startsWith(DOCS) && linked.toString().endsWith(".md"))
          .forEach(waiting::add);
    }
    assertThat(pages().filter(page -> page.startsWith(DOCS))).isSubsetOf(reached);
  }

  @Test
  void the_page_of_events_lists_those_of_actions() throws IOException {
    var meanings = TOP.resolve("operator/src/main/java/dev/credence/plan/ActionMeaning.java");
    var listed =
        Files.readAllLines(DOCS.resolve("events.md")).stream()
            .map(EVENT_ROW::matcher)
            .filter(Matcher::find)
            .flatMap(row -> Stream.of(row.group(1).split(", ")))
            .map(name -> name.replace("`", ""));
    assertThat(listed).containsAll(all(EVENT, Files.readString(meanings)));
  }

  /// In the tables of docs/upgrade.md the first column has the names of before.
  private static String present(Path page) throws IOException {
    var text = Files.readString(page);
    return page.endsWith(Path.of("docs/upgrade.md"))
        ? text.replaceAll("(?m)^\\| [^|\n]*\\|", "|")
        : text;
  }

  private static Set<String> targets() throws IOException {
    return all(
        Pattern.compile("^([a-z-]+):", Pattern.MULTILINE),
        Files.readString(TOP.resolve("Makefile")));
  }

  private static Set<String> keys() {
    return Stream.concat(
            AnnotationReference.keys().stream().map(key -> key.substring(Api.GROUP.length() + 1)),
            // In `apiVersion` and in paths; a label that admission looks for on namespaces; the
            // component of Events.
            Stream.of(
                Api.VERSION,
                "enforce",
                "machineidentities",
                "credentialpolicies",
                "suspensionlists",
                "credence"))
        .collect(toSet());
  }

  /// As the sites that show Markdown make anchors of them.
  private static Set<String> headings(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", ""))
        .map(line -> line.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", ""))
        .map(line -> line.replace(' ', '-'))
        .collect(toSet());
  }

  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .collect(toCollection(TreeSet::new));
  }
}
