// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.policy.Tier;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.observe.Snapshots;
import dev.credence.world.Audited;
import dev.credence.world.Golden;
import dev.credence.world.Readable;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each folder below `decisions/<subject>` is a sentence about what the operator decides, with
/// `given.yaml` (a document about the reconcile, then the objects of the cluster) and `expect.yaml`
/// (the decision). `README.md` there lists the subjects. `make golden` rewrites what is expected:
/// review the difference.
public class DecisionTest {
  private static final Path FOLDER = Path.of("src/test/resources/decisions");
  private static final Path MAIN = Path.of("src/main/java/dev/credence");

  /// A row of `README.md`: the subject, what it is about, its package.
  private static final Pattern SUBJECT =
      Pattern.compile("^\\| `([a-z]+)` \\| .+ \\| `([a-z/]+)` \\|$", Pattern.MULTILINE);

  /// `-Dcredence.decisions=window`: only the folders whose sentence or subject contains this.
  @TestFactory
  Stream<DynamicTest> decisions() throws IOException {
    var wanted = System.getProperty("credence.decisions", "");
    return folders().stream()
        .filter(folder -> FOLDER.relativize(folder).toString().contains(wanted))
        .map(
            folder ->
                DynamicTest.dynamicTest(sentence(folder).replace('-', ' '), () -> check(folder)));
  }

  /// The folders of all decisions, in the order of their sentences.
  public static List<Path> folders() throws IOException {
    try (var found = Files.walk(FOLDER)) {
      return found
          .filter(file -> file.endsWith("given.yaml"))
          .map(Path::getParent)
          .sorted(Comparator.comparing(DecisionTest::sentence))
          .toList();
    }
  }

  /// What the folder of this sentence gives.
  public static String given(String sentence) {
    try {
      for (var folder : folders()) {
        if (sentence(folder).equals(sentence)) {
          return Files.readString(folder.resolve("given.yaml"));
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    throw new IllegalArgumentException("no decision is called " + sentence);
  }

  private static String sentence(Path folder) {
    return folder.getFileName().toString();
  }

  private static void check(Path folder) throws IOException {
    var given = Files.readString(folder.resolve("given.yaml"));
    var snapshot = snapshot(given);
    var decision = Decide.next(snapshot, tier(given));
    var actual =
        everything(given)
            ? Readable.everything(decision)
            : Readable.decision(decision, snapshot.identity().owner());
    var expected = folder.resolve("expect.yaml");
    Golden.check(expected, actual);
  }

  public static Tier tier(String given) {
    var about = Yaml.node(Yaml.documents(given).getFirst());
    return Tier.valueOf(about.path("tier").asText(Tier.Enforce.name()));
  }

  /// Whether `expect.yaml` prints what an identity in order has, too.
  private static boolean everything(String given) {
    return Yaml.node(Yaml.documents(given).getFirst()).path("everything").asBoolean(false);
  }

  public static Snapshot snapshot(String given) {
    var documents = Yaml.documents(given);
    var about = Yaml.node(documents.getFirst());
    assertThat(about.properties())
        .as("what the first document may say")
        .extracting(entry -> entry.getKey())
        .isSubsetOf(
            "now",
            "identity",
            "setbacks",
            "certManager",
            "mayReadRoles",
            "server",
            "riskExclude",
            "admission",
            "unconfirmed",
            "asked",
            "mostSuspended",
            "installed",
            "neverSuspended",
            "kubeconfigServer",
            "recent",
            "unlisted",
            "tokensTrackedSince",
            "tier",
            "audit",
            "everything");
    var world = new World(Instant.parse(about.path("now").asText()));
    world.certManager(about.path("certManager").asBoolean(true));
    world.mayReadRoles(about.path("mayReadRoles").asBoolean(true));
    if (about.has("server")) {
      var version = about.path("server").asText().split("\\.");
      world.server(ServerVersion.of(version[0], version[1]));
    }
    world.riskExclude(texts(about.path("riskExclude")).collect(Collectors.toSet()));
    if (about.has("admission")) {
      world.admissions(
          texts(about.path("admission")).map(Admission::valueOf).collect(Collectors.toSet()));
    }
    world.unconfirmed(
        texts(about.path("unconfirmed")).map(Admission::valueOf).collect(Collectors.toSet()));
    if (about.has("asked")) {
      world.asked(about.path("asked").asText());
    }
    world.mostSuspended(about.path("mostSuspended").asInt(SuspensionFacts.MOST_SUSPENDED));
    if (about.has("installed")) {
      var installed = about.path("installed");
      world.installed(
          installed.path("mark").asText(), Instant.parse(installed.path("since").asText()));
    }
    world.neverSuspended(texts(about.path("neverSuspended")).collect(Collectors.toSet()));
    if (about.has("kubeconfigServer")) {
      world.kubeconfigServer(about.path("kubeconfigServer").asText());
    }
    world.unlisted(texts(about.path("unlisted")).collect(Collectors.toSet()));
    if (about.has("audit")) {
      world.audited(Audited.of(about.path("audit")));
    }
    if (about.has("tokensTrackedSince")) {
      world.tracking(tracking(about.path("tokensTrackedSince").asText()));
    }
    documents.stream().skip(1).forEach(document -> world.put(Yaml.object(Yaml.node(document))));
    var identity =
        (MachineIdentity)
            world.truth("MachineIdentity", "sales", about.path("identity").asText()).orElseThrow();
    return new Snapshots(world)
        .of(
            identity,
            world.now(),
            failedWrites(about.path("setbacks")),
            recent(about.path("recent")));
  }

  private static Tracking tracking(String since) {
    return since.equals("unknown")
        ? new Tracking.Unknown("the API server does not note when tokens are used")
        : new Tracking.Since(LocalDate.parse(since));
  }

  private static Stream<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
  }

  private static Map<String, List<Instant>> recent(JsonNode written) {
    return written.properties().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                policy -> texts(policy.getValue()).map(Instant::parse).toList()));
  }

  /// `{Secret: crm-db, cause: Refused, message: …, retryAt: …}`
  private static List<FailedWrite> failedWrites(JsonNode written) {
    var failedWrites = new ArrayList<FailedWrite>();
    for (var failedWrite : written) {
      var kind =
          Stream.of(Kind.values()).filter(k -> failedWrite.has(k.name())).findFirst().orElseThrow();
      failedWrites.add(
          new FailedWrite(
              new ObjectRef(kind, failedWrite.path(kind.name()).asText()),
              Cause.valueOf(failedWrite.path("cause").asText()),
              failedWrite.path("message").asText(),
              Instant.parse(failedWrite.path("retryAt").asText())));
    }
    return failedWrites;
  }

  private static Map<String, String> subjects() throws IOException {
    return SUBJECT
        .matcher(Files.readString(FOLDER.resolve("README.md")))
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
  }

  @Test
  void every_subject_is_in_the_table_and_has_a_package() throws IOException {
    try (var found = Files.list(FOLDER)) {
      assertThat(found.filter(Files::isDirectory).map(DecisionTest::sentence))
          .containsExactlyInAnyOrderElementsOf(subjects().keySet());
    }
    assertThat(subjects().values())
        .allSatisfy(name -> assertThat(MAIN.resolve(name)).isDirectory());
  }

  @Test
  void every_sentence_is_told_once() throws IOException {
    assertThat(folders()).extracting(DecisionTest::sentence).doesNotHaveDuplicates();
  }

  @Test
  void every_folder_of_a_subject_is_a_sentence_with_two_files() throws IOException {
    var all = new ArrayList<Path>();
    for (var subject : subjects().keySet()) {
      try (var found = Files.list(FOLDER.resolve(subject))) {
        all.addAll(found.toList());
      }
    }
    assertThat(folders()).containsExactlyInAnyOrderElementsOf(all);
    for (var folder : all) {
      assertThat(sentence(folder)).matches("[a-z0-9]+(-[a-z0-9]+)+");
      try (var files = Files.list(folder)) {
        assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
            .as(folder.toString())
            .contains("given.yaml")
            .isSubsetOf("given.yaml", "expect.yaml");
      }
    }
  }
}
