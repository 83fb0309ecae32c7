// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import static dev.credence.testing.Eventually.eventually;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.Tools;
import dev.credence.image.Container;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A release that `tools/publish` pushes to a registry and signs: what its users verify, and the
/// commands of README.md on a cluster that never had Credence, with the image of the registry. Only
/// `make test-all` runs it, since its tools take minutes to build.
@OnCluster
@EnabledIfSystemProperty(named = "credence.long", matches = "true")
class PublishIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SOURCE = "https://git.example.com/platform/credence";
  private static final Map<String, String> PASSWORD = Map.of("COSIGN_PASSWORD", "of-a-test");

  @TempDir private static Path scratch;
  private static RegistryProcess registry;
  private static Path release;
  private static String version;
  private static String image;
  private static String hooksImage;
  private static String chart;
  private static String recipesChart;

  @BeforeAll
  static void publish() throws IOException {
    Tools.await("helm", "registry", "cosign");
    registry = new RegistryProcess(scratch);
    var repository = registry.host() + "/platform/credence";
    var part = BuiltPart.folder();
    version = version(part);
    release = scratch.resolve("release");
    Release.build(
        new Release.Order(
            LocalCluster.TOP,
            release,
            Tools.path("helm"),
            Optional.of(repository),
            Optional.of(SOURCE),
            List.of(part, OtherPlatform.of(part, version, scratch))));
    keys("release");
    keys("other");
    var printed =
        Program.output(
            Map.of(
                "RELEASE_DIR", release.toString(),
                "RELEASE_SOURCE", SOURCE,
                "PUBLISH_KEY", scratch.resolve("release.key").toString(),
                "PUBLISH_HTTP", "yes",
                "COSIGN_PASSWORD", PASSWORD.get("COSIGN_PASSWORD")),
            List.of(LocalCluster.TOP.resolve("tools/publish").toString(), version, repository));
    var images = lines(printed, "image ");
    image = images.getFirst();
    hooksImage = images.getLast();
    var charts = lines(printed, "chart ");
    chart = charts.getFirst();
    recipesChart = charts.getLast();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static String version(Path part) throws IOException {
    try (Stream<Path> files = Files.list(part)) {
      var end = "-" + CommandLine.platform() + ".tar.gz";
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(end))
          .map(name -> name.substring("credence-".length(), name.length() - end.length()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void keys(String name) {
    Program.output(
        PASSWORD,
        List.of(
            Tools.path("cosign").toString(),
            "generate-key-pair",
            "--output-key-prefix",
            scratch.resolve(name).toString()));
  }

  private static List<String> lines(String text, String start) {
    return text.lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .toList();
  }

  private static Program.End cosign(String... words) {
    var all = new ArrayList<>(List.of(Tools.path("cosign").toString()));
    all.addAll(List.of(words));
    return Program.run(Map.of(), all);
  }

  private static Program.End verify(String command, String key, String... words) {
    var all = new ArrayList<>(List.of(command, "--key", scratch.resolve(key + ".pub") + ""));
    all.addAll(List.of("--insecure-ignore-tlog", "--allow-http-registry"));
    all.addAll(List.of(words));
    return cosign(all.toArray(String[]::new));
  }

  private static String crane(String... words) {
    var all = new ArrayList<>(List.of(Tools.path("crane").toString()));
    all.addAll(List.of(words));
    all.add("--insecure");
    return Program.output(Map.of(), all);
  }

  @Test
  void the_registry_has_both_architectures_under_the_digest_of_the_release() throws IOException {
    for (var one : List.of(image, hooksImage)) {
      var name = one.replaceFirst("@.*", "").replaceFirst(".*/", "");
      var digest = release.resolve("%s-%s-image.digest".formatted(name, version));
      assertThat(one).endsWith("@" + Files.readString(digest).strip());
      assertThat(crane("digest", one.replaceFirst("@.*", ":" + version)).strip())
          .isEqualTo(one.replaceFirst(".*@", ""));
      assertThat(JSON.readTree(crane("manifest", one)).path("manifests").valueStream())
          .map(manifest -> manifest.at("/platform/architecture").asText())
          .containsExactly("amd64", "arm64");
    }
    assertThat(hooksImage).contains("/platform/credence-hooks@");
  }

  @Test
  void images_architectures_and_charts_are_signed_with_this_key_and_no_other() throws IOException {
    var signed = new ArrayList<>(List.of(chart, recipesChart));
    for (var whole : List.of(image, hooksImage)) {
      signed.add(whole);
      JSON.readTree(crane("manifest", whole))
          .path("manifests")
          .valueStream()
          .map(one -> whole.replaceFirst("@.*", "@" + one.path("digest").asText()))
          .forEach(signed::add);
    }
    assertThat(signed).hasSize(8);
    for (var one : signed) {
      var end = verify("verify", "release", one);
      assertThat(end.code()).as(one + end.err()).isZero();
      assertThat(verify("verify", "other", one).code()).as(one).isNotZero();
    }
  }

  @Test
  void the_provenance_names_the_commit_and_the_image() throws IOException {
    var commit =
        Program.output(Map.of(), List.of("git", "-C", LocalCluster.TOP + "", "rev-parse", "HEAD"));
    for (var one : List.of(image, hooksImage)) {
      var statement = attested("slsaprovenance1", one);
      assertThat(statement.at("/subject/0/digest/sha256").asText())
          .isEqualTo(one.replaceFirst(".*@sha256:", ""));
      var build = statement.at("/predicate/buildDefinition");
      assertThat(build.at("/resolvedDependencies/0/uri").asText()).isEqualTo("git+" + SOURCE);
      assertThat(build.at("/resolvedDependencies/0/digest/gitCommit").asText())
          .isEqualTo(commit.strip());
      assertThat(build.at("/externalParameters/version").asText()).isEqualTo(version);
      assertThat(build.at("/externalParameters/repository").asText())
          .isEqualTo(one.replaceFirst("@.*", ""));
    }
  }

  @Test
  void the_sboms_are_those_of_the_release() throws IOException {
    for (var one : List.of(image, hooksImage)) {
      var name = one.replaceFirst("@.*", "").replaceFirst(".*/", "");
      var file = release.resolve("%s-%s.cdx.json".formatted(name, version)).toFile();
      assertThat(attested("cyclonedx", one).at("/predicate/components"))
          .isEqualTo(JSON.readTree(file).path("components"));
    }
  }

  private static JsonNode attested(String type, String of) throws IOException {
    var end = verify("verify-attestation", "release", "--type", type, of);
    assertThat(end.code()).as(end.err()).isZero();
    assertThat(verify("verify-attestation", "other", "--type", type, of).code()).isNotZero();
    var envelope = JSON.readTree(end.out().lines().findFirst().orElseThrow());
    return JSON.readTree(Base64.getDecoder().decode(envelope.path("payload").asText()));
  }

  @Test
  void the_checksums_are_signed() throws IOException {
    var sums = release.resolve(Checksums.FILE);
    assertThat(checks(sums)).isZero();
    var changed =
        Files.writeString(scratch.resolve("changed"), Files.readString(sums) + "0  more.tgz\n");
    assertThat(checks(changed)).isNotZero();
  }

  private static int checks(Path sums) {
    var key = scratch.resolve("release.pub").toString();
    var signature = release.resolve(Checksums.FILE + ".sig").toString();
    return cosign(
            "verify-blob",
            "--key",
            key,
            "--insecure-ignore-tlog",
            "--signature",
            signature,
            sums.toString())
        .code();
  }

  @Test
  void the_commands_of_the_readme_rotate_a_key_with_the_image_of_the_registry() throws IOException {
    Container.assumeAllowed();
    try (var cluster = LocalCluster.fresh("publish")) {
      forget(cluster);
      var commands = new ArrayList<>(commandsOfTheReadme());
      assertThat(commands).hasSize(4);
      assertThat(commands.removeFirst())
          .isEqualTo("kind load image-archive credence-%s-image.tar".formatted(version));
      run(cluster, commands.removeFirst());
      cluster.awaitSchemas();
      try (var operator =
          Container.of(cluster, root(), config(), scratch.resolve("credentials"))
              .with("CREDENCE_TIER", "Rotate")
              .start()) {
        for (var command : commands) {
          run(cluster, command);
        }
        eventually("the key is rotated, and the old one is kept")
            .ignoreExceptions()
            .until(
                () ->
                    cluster
                        .client()
                        .secrets()
                        .inNamespace("webshop")
                        .withName("webshop-session")
                        .get()
                        .getData()
                        .containsKey("key.previous"));
      }
      installsFromTheRegistry(cluster);
    }
  }

  /// As if the chart had never been installed.
  private static void forget(LocalCluster cluster) {
    cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE, "--wait");
    for (var kind : List.of("machineidentities", "credentialpolicies", "suspensionlists")) {
      cluster.kubectl("delete", "crd", kind + ".credence.dev");
    }
  }

  private static List<String> commandsOfTheReadme() throws IOException {
    var text = Files.readString(LocalCluster.TOP.resolve("README.md"));
    return text.substring(text.indexOf("These four commands"))
        .lines()
        .dropWhile(line -> !line.equals("```sh"))
        .skip(1)
        .takeWhile(line -> !line.equals("```"))
        .collect(joining("\n"))
        .replace("\\\n", "")
        .lines()
        .toList();
  }

  private static void run(LocalCluster cluster, String command) {
    Program.output(
        Map.of(
            "KUBECONFIG",
            cluster.kubeconfig().toString(),
            "PATH",
            Tools.path(".") + ":" + System.getenv("PATH")),
        List.of("bash", "-c", "cd '%s' && %s".formatted(release, command)));
  }

  /// The file system of the image of this machine's architecture, by its digest.
  private static Path root() throws IOException {
    var root = Files.createDirectories(scratch.resolve("root"));
    var tar = scratch.resolve("root.tar").toString();
    crane("export", "--platform", CommandLine.platform().replace('-', '/'), image, tar);
    Program.output(Map.of(), List.of("tar", "-xf", tar, "-C", root.toString()));
    return root;
  }

  private static JsonNode config() throws IOException {
    var platform = CommandLine.platform().replace('-', '/');
    return JSON.readTree(crane("config", "--platform", platform, image));
  }

  private static void installsFromTheRegistry(LocalCluster cluster) {
    var digest = image.replaceFirst(".*@", "");
    cluster.helm(
        "upgrade",
        "credence",
        "oci://" + chart.replaceFirst("@.*", ""),
        "--version",
        version,
        "--plain-http",
        "--namespace",
        LocalCluster.NAMESPACE,
        "--reset-values",
        "--set",
        "image.digest=" + digest);
    var containers =
        cluster
            .client()
            .apps()
            .deployments()
            .inNamespace(LocalCluster.NAMESPACE)
            .withName("credence")
            .get()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers();
    assertThat(containers.getFirst().getImage()).isEqualTo(image);
  }
}
