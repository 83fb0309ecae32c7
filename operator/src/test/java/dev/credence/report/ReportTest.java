// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.show.UnclaimedAccounts;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.report.Inventory.Origin;
import dev.credence.world.Golden;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each folder of `reports/` is a sentence about the report, with `given.yaml` (a document about
/// the look, then what was read) and what comes of it in each form. `make golden` writes them anew:
/// review the difference.
class ReportTest {
  private static final DefaultExclusions EXCLUDED =
      DefaultExclusions.of(List.of("kube-system", "*/default"), "credence-system");

  private static final Path FOLDER = Path.of("src/test/resources/reports");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> reports() throws IOException {
    try (var found = Files.list(FOLDER)) {
      return found.sorted().toList().stream()
          .flatMap(
              folder ->
                  Stream.of(Format.values())
                      .map(
                          format ->
                              DynamicTest.dynamicTest(
                                  folder.getFileName().toString().replace('-', ' ')
                                      + ", as "
                                      + format,
                                  () -> check(folder, format))));
    }
  }

  private static void check(Path folder, Format format) throws IOException {
    var actual = written(given(folder), format);
    var expected = folder.resolve("expect." + ending(format));
    Golden.check(expected, actual);
  }

  private static String ending(Format format) {
    return switch (format) {
      case table -> "txt";
      case json -> "json";
      case csv -> "csv";
      case html -> "html";
      case sarif -> "sarif.json";
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 120, 200})
  void a_table_fits_its_terminal(int width) throws IOException {
    try (var folders = Files.list(FOLDER)) {
      for (var folder : folders.toList()) {
        var out = new StringWriter();
        Format.table.write(given(folder), width, out);
        assertThat(out.toString().lines())
            .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
      }
    }
  }

  @Test
  void nothing_hostile_becomes_markup() throws IOException {
    var html = written(given(FOLDER.resolve("hostile-words-stay-words")), Format.html);
    assertThat(count(html, "<script")).isOne();
    assertThat(html)
        .doesNotContain("<img", "<iframe", "<svg onload", "<b>")
        .contains("&lt;iframe", "Content-Security-Policy");
    // Nothing is asked for from anywhere.
    assertThat(Pattern.compile("(?:src|href|action)=\"(?!#)").matcher(html).find()).isFalse();
    assertThat(html).doesNotContain("@import", "url(");
  }

  @Test
  void no_form_steers_a_terminal() throws IOException {
    for (var format : Format.values()) {
      assertThat(written(given(FOLDER.resolve("hostile-words-stay-words")), format))
          .doesNotContain("\u001b", "\u0007", "\u202e", "\u0000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"})
  void what_a_spreadsheet_takes_for_a_formula_is_text(String cell) {
    assertThat(Csv.withPreconditions(cell)).isEqualTo("'" + cell);
  }

  /// Where the list separator of a spreadsheet is another one than a comma.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "shop;=1+1 | shop;'=1+1",
        "shop; =1+1 | shop;' =1+1",
        "shop;\"=1+1\" | shop;'\"=1+1\"",
        "shop,@SUM(1) | shop,'@SUM(1)",
        "a;-1;+2 | a;'-1;'+2",
        "\uff1d1 | '\uff1d1"
      })
  void what_follows_a_separator_is_no_formula_either(String cell, String withPreconditions) {
    assertThat(Csv.withPreconditions(cell)).isEqualTo(withPreconditions);
  }

  @Test
  void every_cell_is_in_quotes() throws IOException {
    for (var line :
        written(given(FOLDER.resolve("hostile-words-stay-words")), Format.csv).split("\n")) {
      assertThat(line.strip()).matches("(\"([^\"]|\"\")*\"(,|$))+");
    }
  }

  @Test
  void no_text_of_a_tenant_is_a_link_in_sarif() throws IOException {
    var log =
        JSON.readTree(written(given(FOLDER.resolve("hostile-words-stay-words")), Format.sarif));
    var texts = new ArrayList<String>();
    log.findValues("text").forEach(text -> texts.add(text.asText()));
    assertThat(texts)
        .anyMatch(text -> text.contains("\\[update\\](https://elsewhere.example.com)"))
        .noneMatch(text -> Pattern.compile("(?<!\\\\)\\[[^\\]]*\\]\\(").matcher(text).find());
  }

  @Test
  void nothing_invisible_is_shown() throws IOException {
    for (var format : Format.values()) {
      assertThat(written(given(FOLDER.resolve("hostile-words-stay-words")), format).codePoints())
          .as(format.name())
          .noneMatch(point -> Character.getType(point) == Character.FORMAT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "crm", "1", "a=b", "a; b", "2026-11-22T12:00:00Z"})
  void other_cells_stay_as_they_are(String cell) {
    assertThat(Csv.withPreconditions(cell)).isEqualTo(cell);
  }

  /// What the schema of SARIF 2.1.0 asks for, as far as this log uses it.
  @TestFactory
  Stream<DynamicTest> sarif_is_as_its_readers_want_it() throws IOException {
    try (var found = Files.list(FOLDER)) {
      return found.sorted().toList().stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(
                      folder.getFileName().toString(),
                      () -> checkSarif(JSON.readTree(written(given(folder), Format.sarif)))));
    }
  }

  private static void checkSarif(JsonNode log) {
    assertThat(log.path("version").asText()).isEqualTo("2.1.0");
    assertThat(log.path("$schema").asText()).contains("sarif-2.1.0");
    assertThat(log.path("runs")).hasSize(1);
    var run = log.path("runs").get(0);
    var driver = run.path("tool").path("driver");
    assertThat(driver.path("name").asText()).isEqualTo("Credence");
    var ids = new ArrayList<String>();
    driver.path("rules").forEach(rule -> ids.add(rule.path("id").asText()));
    assertThat(ids).doesNotHaveDuplicates();
    driver
        .path("rules")
        .forEach(
            rule -> {
              assertThat(rule.path("shortDescription").path("text").asText()).isNotBlank();
              assertThat(rule.path("defaultConfiguration").path("level").asText())
                  .isIn("note", "warning", "error");
            });
    assertThat(run.path("results").isArray()).isTrue();
    var prints = new ArrayList<String>();
    for (var result : run.path("results")) {
      assertThat(ids.get(result.path("ruleIndex").asInt()))
          .isEqualTo(result.path("ruleId").asText());
      assertThat(result.path("level").asText()).isIn("none", "note", "warning", "error");
      assertThat(result.path("message").path("text").asText()).isNotBlank();
      var place = result.path("locations").get(0);
      var uri = place.path("physicalLocation").path("artifactLocation").path("uri").asText();
      assertThat(java.net.URI.create(uri).isAbsolute()).isFalse();
      assertThat(place.path("logicalLocations").get(0).path("fullyQualifiedName").asText())
          .contains("/");
      prints.add(result.path("partialFingerprints").path("credence/v1").asText());
    }
    assertThat(prints).doesNotHaveDuplicates().allMatch(print -> print.matches("[0-9a-f]{32}"));
    for (var invocation : run.path("invocations")) {
      assertThat(invocation.path("executionSuccessful").isBoolean()).isTrue();
    }
  }

  @Test
  void five_thousand_identities_are_written_within_seconds() throws IOException {
    var one = given(FOLDER.resolve("a-company-with-some-work-to-do"));
    var many = new ArrayList<Entry>();
    while (many.size() < 5_000) {
      many.addAll(one.identities());
    }
    var inventory = new Inventory(one.origin(), many, one.unclaimed(), List.of());
    for (var format : Format.values()) {
      var start = System.nanoTime();
      assertThat(written(inventory, format)).isNotEmpty();
      assertThat(System.nanoTime() - start).as(format.name()).isLessThan(8_000_000_000L);
    }
  }

  @TestFactory
  Stream<DynamicTest> a_saved_report_is_read_back_as_it_was() throws IOException {
    try (var folders = Files.list(FOLDER)) {
      return folders.sorted().toList().stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(
                      folder.getFileName().toString(),
                      () -> {
                        var inventory = given(folder);
                        var saved = SavedReport.read(written(inventory, Format.json));
                        for (var format : Format.values()) {
                          assertThat(written(saved, format)).isEqualTo(written(inventory, format));
                        }
                      }));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no", "[]", "{}", "{\"schemaVersion\": \"2\", \"identities\": []}"})
  void what_is_no_report_is_not_read_back(String text) {
    assertThatThrownBy(() -> SavedReport.read(text)).isInstanceOf(SavedReport.Unreadable.class);
  }

  @Test
  void a_report_about_several_clusters_names_the_cluster_of_each_object() throws Exception {
    var company = given(FOLDER.resolve("a-company-with-some-work-to-do"));
    var partial = given(FOLDER.resolve("what-could-not-be-read-is-said"));
    var clusters = new LinkedHashMap<String, Inventory>();
    clusters.put("production", company);
    clusters.put("staging", company);
    clusters.put("lab", partial);
    var all =
        Inventory.of(
            clusters, List.of("cluster edge could not be read: no answer"), company.origin());
    assertThat(all.identities())
        .hasSize(2 * company.identities().size() + partial.identities().size());
    assertThat(all.byTeam().stream().mapToInt(Inventory.Tally::identities).sum())
        .isEqualTo(all.identities().size());
    assertThat(all.gaps()).first().isEqualTo("cluster edge could not be read: no answer");
    assertThat(all.gaps()).anyMatch(gap -> gap.startsWith("cluster lab: "));
    assertThat(written(all, Format.csv).lines().toList())
        .first()
        .asString()
        .startsWith("\"cluster\",\"namespace\"");
    assertThat(written(all, Format.table)).contains("CLUSTER", "production  ", "staging  ");
    assertThat(written(all, Format.html)).contains("<td>staging</td>");
    assertThat(written(all, Format.sarif)).contains("machineidentities/staging/ci/deploy");
    var json = JSON.readTree(written(all, Format.json));
    assertThat(json.at("/identities/0/cluster").asText()).isEqualTo("lab");
    assertThat(json.path("complete").asBoolean()).isFalse();
    assertThat(written(SavedReport.read(json.toString()), Format.html))
        .isEqualTo(written(all, Format.html));
  }

  private static long count(String text, String part) {
    return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }

  private static String written(Inventory inventory, Format format) throws IOException {
    var out = new StringWriter();
    format.write(inventory, 120, out);
    return out.toString();
  }

  private static Inventory given(Path folder) throws IOException {
    var documents = Yaml.documents(Files.readString(folder.resolve("given.yaml")));
    var about = Yaml.node(documents.getFirst());
    var entries = new ArrayList<Entry>();
    var claims = new ArrayList<MachineIdentity>();
    var accounts = new ArrayList<HasMetadata>();
    var tokens = new ArrayList<HasMetadata>();
    for (var document : documents.subList(1, documents.size())) {
      switch (Yaml.object(Yaml.node(document))) {
        case MachineIdentity identity -> {
          entries.add(Entries.of(identity));
          claims.add(identity);
        }
        case ServiceAccount account -> accounts.add(account);
        case Secret secret -> tokens.add(secret);
        default -> throw new IllegalArgumentException("not read by a report: " + document);
      }
    }
    var gaps = new ArrayList<String>();
    about.path("gaps").forEach(gap -> gaps.add(gap.asText()));
    return new Inventory(
        new Origin(
            Instant.parse(about.path("at").asText()),
            "0.1.0",
            "production at https://api.example.com:6443/",
            about.path("scope").asText()),
        entries.stream().map(entry -> with(entry, about.path("permissions"))).toList(),
        gaps.isEmpty()
            ? Optional.of(UnclaimedAccounts.among(claims, accounts, tokens, EXCLUDED))
            : Optional.empty(),
        gaps);
  }

  /// What was read of the use of its permissions.
  private static Entry with(Entry entry, JsonNode permissions) {
    var node = permissions.path(entry.id());
    if (node.isMissingNode()) {
      return entry;
    }
    var bindings = new ArrayList<Entry.Granting>();
    node.path("bindings")
        .forEach(
            one ->
                bindings.add(
                    new Entry.Granting(
                        one.path("account").asText(),
                        one.path("binding").asText(),
                        one.path("advice").asText(),
                        one.path("used").asLong(),
                        one.path("unused").asLong(),
                        one.path("unknown").asLong())));
    return entry.with(
        new Entry.Rights(
            Optional.of(Instant.parse(node.path("since").asText())),
            node.path("used").asLong(),
            node.path("unused").asLong(),
            node.path("unknown").asLong(),
            bindings));
  }
}
