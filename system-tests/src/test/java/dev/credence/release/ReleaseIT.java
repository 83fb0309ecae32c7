// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import dev.credence.world.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files that `make release` writes, used as their readers use them: with `helm`, `kubectl`,
/// `kubeconform` and a shell, and without a JDK.
@OnCluster
class ReleaseIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = YAMLMapper.builder().build();
  private static final String IMAGE = "registry.example.com/platform/credence";
  private static final String SOURCE = "https://git.example.com/platform/credence";
  private static final String PLATFORM = CommandLine.platform();

  @TempDir private static Path scratch;
  private static Path part;

  /// As someone builds it who publishes nothing.
  private static Path local;

  /// As a project builds it, with a part of another machine.
  private static Path published;

  private static String version;
  private static String digest;

  @BeforeAll
  static void build() throws IOException {
    Tools.await("helm", "kubeconform");
    part = BuiltPart.folder();
    version = nameOf(part, "-" + PLATFORM + ".tar.gz").replaceFirst("^credence-", "");
    local = scratch.resolve("local");
    Release.build(order(local, Optional.empty(), Optional.empty(), List.of(part)));
    published = scratch.resolve("published");
    digest =
        Release.build(
            order(
                published,
                Optional.of(IMAGE),
                Optional.of(SOURCE),
                List.of(part, OtherPlatform.of(part, version, scratch))));
  }

  private static Release.Order order(
      Path folder, Optional<String> image, Optional<String> source, List<Path> parts) {
    return new Release.Order(LocalCluster.TOP, folder, Tools.path("helm"), image, source, parts);
  }

  private static String nameOf(Path folder, String end) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(end))
          .map(name -> name.substring(0, name.length() - end.length()))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void every_file_has_its_checksum() throws IOException {
    for (var folder : List.of(local, published)) {
      var end =
          Program.run(
              Map.of(),
              List.of(
                  "sh",
                  "-c",
                  "cd \"$1\" && sha256sum --check --strict SHA256SUMS",
                  "sh",
                  "" + folder));
      assertThat(end.code()).as(end.out() + end.err()).isZero();
      try (var files = Files.walk(folder)) {
        assertThat(end.out().lines().map(line -> line.replace(": OK", "")))
            .containsExactlyInAnyOrderElementsOf(
                files
                    .filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.equals("SHA256SUMS"))
                    .toList());
      }
    }
    assertThat(local.resolve("SHA256SUMS"))
        .content()
        .contains(
            "  credence-%s.tgz\n".formatted(version),
            "  credence-%s-image.tar\n".formatted(version),
            "  credence-%s-%s.tar.gz\n".formatted(version, PLATFORM),
            "  credence-%s-any.tar.gz\n".formatted(version),
            "  credence-%s.cdx.json\n".formatted(version),
            "  credence-hooks-%s-image.tar\n".formatted(version),
            "  credence-hooks-%s.cdx.json\n".formatted(version),
            "  credence-recipes-%s.tgz\n".formatted(version),
            "  credence-%s-examples.tar.gz\n".formatted(version),
            "  getting-started.yaml\n",
            "  index.yaml\n",
            "  install.yaml\n",
            "  schemas/machineidentity_v1alpha1.json\n");
  }

  @Test
  void the_command_line_needs_no_java() throws IOException {
    var home = unpacked(PLATFORM, "with-runtime");
    var end = Program.run(bare(Map.of()), List.of(home.resolve("bin/credence") + "", "--version"));
    assertThat(end.code()).as(end.err()).isZero();
    assertThat(end.out()).contains(version);

    var link = Files.createSymbolicLink(scratch.resolve("kubectl-credence"), relative(home));
    var help =
        Program.run(bare(Map.of("PATH", "/usr/bin:/bin")), List.of(link + "", "report", "--help"));
    assertThat(help.code()).as(help.err()).isZero();
    assertThat(help.out()).contains("kubectl credence report");
    assertThat(home.resolve("LICENSE")).exists();
  }

  /// As krew and Homebrew link it.
  private static Path relative(Path home) {
    return scratch.relativize(home.resolve("bin/kubectl-credence"));
  }

  @Test
  void the_archive_for_all_platforms_takes_the_java_that_is_there() throws IOException {
    var program = unpacked("any", "without-runtime").resolve("bin/credence").toString();
    var java = System.getProperty("java.home");
    var end = Program.run(bare(Map.of("JAVA_HOME", java)), List.of(program, "--version"));
    assertThat(end.code()).as(end.err()).isZero();
    assertThat(end.out()).contains(version);

    var without = Program.run(bare(Map.of()), List.of(program, "--version"));
    assertThat(without.code()).isEqualTo(1);
    assertThat(without.err()).contains("credence requires Java 25 or later. Set JAVA_HOME");
  }

  private static Path unpacked(String platform, String into) throws IOException {
    var folder = Files.createDirectories(scratch.resolve(into));
    var archive = local.resolve("credence-%s-%s.tar.gz".formatted(version, platform));
    Program.output(Map.of(), List.of("tar", "-xzf", archive.toString(), "-C", folder.toString()));
    return folder.resolve("credence-" + version);
  }

  /// An environment in which no Java can be found.
  private static Map<String, String> bare(Map<String, String> more) {
    var environment = new HashMap<>(Map.of("PATH", "", "JAVA_HOME", "", "CREDENCE_JAVA_HOME", ""));
    environment.putAll(more);
    return environment;
  }

  @Test
  void the_chart_is_indexed_and_renders_the_image_by_its_digest(LocalCluster cluster)
      throws IOException {
    var chart = published.resolve("credence-%s.tgz".formatted(version));
    assertThat(cluster.helm("lint", "--strict", chart.toString())).contains("0 chart(s) failed");
    assertThat(cluster.helm("template", chart.toString(), "--set", "image.digest=" + digest))
        .contains("image: \"%s@%s\"".formatted(IMAGE, digest));
    var about = YAML.readTree(cluster.helm("show", "chart", chart.toString()));
    assertThat(about.path("version").asText()).isEqualTo(version);
    assertThat(about.path("appVersion").asText()).isEqualTo(version);
    assertThat(about.path("home").asText()).isEqualTo(SOURCE);
    assertThat(annotation(about, "images").at("/0/image").asText())
        .isEqualTo(IMAGE + ":" + version);
    assertThat(annotation(about, "links")).hasSize(2);
    assertThat(annotation(about, "crds")).hasSize(3);
    assertThat(annotation(about, "crdsExamples")).hasSize(2);

    var entry = YAML.readTree(published.resolve("index.yaml").toFile()).at("/entries/credence/0");
    assertThat(entry.path("digest").asText()).isEqualTo(Checksums.of(chart));
    assertThat(entry.at("/urls/0").asText())
        .isEqualTo("%s/releases/download/v%s/credence-%2$s.tgz".formatted(SOURCE, version));
  }

  @Test
  void the_chart_of_recipes_has_the_image_of_the_hooks(LocalCluster cluster) throws IOException {
    var chart = published.resolve("credence-recipes-%s.tgz".formatted(version)).toString();
    var words = "system=postgresql,host=db,account.name=crm,admin.existingSecret=crm-db-admin";
    assertThat(cluster.helm("template", "crm-db", chart, "--set", words))
        .contains("image: %s-hooks:%s\n".formatted(IMAGE, version));
    var about = YAML.readTree(cluster.helm("show", "chart", chart));
    assertThat(annotation(about, "images").at("/0/image").asText())
        .isEqualTo(IMAGE + "-hooks:" + version);
    assertThat(YAML.readTree(published.resolve("index.yaml").toFile()).path("entries").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder("credence", "credence-recipes");
    var ofNobody = local.resolve("credence-recipes-%s.tgz".formatted(version)).toString();
    assertThat(cluster.tryHelm("template", "crm-db", ofNobody, "--set", words).err())
        .contains("Set image.repository to the image of the hooks");
  }

  /// What Artifact Hub shows: YAML in an annotation.
  private static JsonNode annotation(JsonNode chart, String name) throws IOException {
    return YAML.readTree(chart.at("/annotations/artifacthub.io~1" + name).asText());
  }

  @Test
  void a_chart_without_a_published_image_asks_for_one(LocalCluster cluster) {
    var chart = local.resolve("credence-%s.tgz".formatted(version)).toString();
    assertThat(cluster.tryHelm("template", chart).err()).contains("Set image.repository");
    assertThat(cluster.helm("template", chart, "--set", "image.repository=credence"))
        .contains("image: \"credence:%s\"".formatted(version));
  }

  @Test
  void the_api_server_accepts_the_manifests(LocalCluster cluster) throws IOException {
    for (var folder : List.of(local, published)) {
      for (var name : List.of("install.yaml", "install-kubernetes-1.36.yaml")) {
        assertThat(
                cluster.kubectl(
                    "apply",
                    "--server-side",
                    "--validate=strict",
                    "--dry-run=server",
                    "--force-conflicts",
                    "-f",
                    folder.resolve(name).toString()))
            .contains(
                "customresourcedefinition.apiextensions.k8s.io/machineidentities.credence.dev",
                "namespace/credence-system",
                "deployment.apps/credence serverside-applied (server dry run)");
      }
    }
    var kinds = kinds(local.resolve("install.yaml"));
    assertThat(kinds).contains("ValidatingAdmissionPolicy").doesNotContain("Job");
    assertThat(kinds).noneMatch(kind -> kind.startsWith("MutatingAdmissionPolicy"));
    assertThat(kinds(local.resolve("install-kubernetes-1.36.yaml")))
        .contains("MutatingAdmissionPolicy");
    assertThat(published.resolve("install.yaml")).content().contains(IMAGE + "@" + digest);
    assertThat(local.resolve("install.yaml")).content().contains("\"credence:" + version + "\"");
  }

  private static List<String> kinds(Path manifest) throws IOException {
    return Yaml.documents(Files.readString(manifest)).stream()
        .map(document -> Yaml.node(document).path("kind").asText())
        .toList();
  }

  @Test
  void the_examples_fit_the_schemas_and_a_misspelt_field_does_not() throws IOException {
    var examples = new ArrayList<String>();
    try (var files = Files.walk(LocalCluster.TOP.resolve("examples"))) {
      for (var file : files.filter(file -> file.toString().endsWith(".yaml")).toList()) {
        if (Files.readString(file).contains("apiVersion: credence.dev/v1alpha1")) {
          examples.add(file.toString());
        }
      }
    }
    assertThat(examples).hasSizeGreaterThan(8);
    var end = conforms(examples);
    assertThat(end.code()).as(end.out() + end.err()).isZero();
    var summary = JSON.readTree(end.out()).path("summary");
    assertThat(summary.path("valid").asInt()).isGreaterThan(12);
    assertThat(summary.path("invalid").asInt()).isZero();

    var wrong =
        Files.writeString(
            scratch.resolve("wrong.yaml"),
            """
            apiVersion: credence.dev/v1alpha1
            kind: MachineIdentity
            metadata: {name: crm}
            spec: {secrets: [{name: crm-db, rotation: {every: 720h}}]}
            """);
    var refused = conforms(List.of(wrong.toString()));
    assertThat(refused.code()).isNotZero();
    assertThat(refused.out()).contains("every");
  }

  private static Program.End conforms(List<String> files) {
    var words =
        new ArrayList<>(
            List.of(
                Tools.path("kubeconform").toString(),
                "-strict",
                "-summary",
                "-output=json",
                "-ignore-missing-schemas",
                "-schema-location",
                local.resolve("schemas") + "/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json"));
    words.addAll(files);
    return Program.run(Map.of(), words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"credence", "credence-hooks"})
  void the_image_is_whole_and_has_the_digest_that_is_told(String name) throws IOException {
    var layout = layout(published, name);
    var digest =
        Files.readString(published.resolve("%s-%s-image.digest".formatted(name, version))).strip();
    assertThat(digest.equals(ReleaseIT.digest)).isEqualTo(name.equals("credence"));
    assertThat(blob(layout, digest)).exists();
    var index = JSON.readTree(blob(layout, digest).toFile());
    assertThat(JSON.readTree(layout.resolve("index.json").toFile()).at("/manifests/0/digest"))
        .hasToString('"' + digest + '"');
    assertThat(index.path("manifests").valueStream().map(one -> one.at("/platform/architecture")))
        .map(JsonNode::asText)
        .containsExactly("amd64", "arm64");
    for (var one : index.path("manifests")) {
      var manifest = JSON.readTree(blob(layout, one.path("digest").asText()).toFile());
      var described =
          Stream.concat(
              Stream.of(one, manifest.path("config")), manifest.path("layers").valueStream());
      for (var each : described.toList()) {
        var file = blob(layout, each.path("digest").asText());
        assertThat(Files.size(file)).isEqualTo(each.path("size").asLong());
        assertThat("sha256:" + Checksums.of(file)).isEqualTo(each.path("digest").asText());
      }
      var config = JSON.readTree(blob(layout, manifest.at("/config/digest").asText()).toFile());
      assertThat(config.path("architecture")).isEqualTo(one.at("/platform/architecture"));
      assertThat(config.at("/rootfs/diff_ids")).hasSameSizeAs(manifest.path("layers"));
    }
  }

  /// `docker load` of an older version.
  @Test
  void the_image_can_be_loaded_without_a_registry() throws IOException {
    var layout = layout(local, "credence");
    var loads = JSON.readTree(layout.resolve("manifest.json").toFile());
    assertThat(loads).hasSize(1);
    assertThat(loads.at("/0/RepoTags/0").asText()).isEqualTo("credence:" + version);
    assertThat(layout.resolve(loads.at("/0/Config").asText())).exists();
    assertThat(loads.at("/0/Layers"))
        .hasSize(5)
        .allSatisfy(layer -> assertThat(layout.resolve(layer.asText())).exists());
  }

  private static Path layout(Path release, String name) throws IOException {
    var folder =
        Files.createDirectories(
            scratch.resolve("layout-%s-%s".formatted(release.getFileName(), name)));
    var archive = release.resolve("%s-%s-image.tar".formatted(name, version));
    Program.output(Map.of(), List.of("tar", "-xf", archive.toString(), "-C", folder.toString()));
    return folder;
  }

  private static Path blob(Path layout, String named) {
    return layout.resolve("blobs").resolve(named.replace(':', '/'));
  }

  @Test
  void packages_have_the_addresses_and_checksums_of_the_archives() throws IOException {
    var archive = "credence-%s-%s.tar.gz".formatted(version, PLATFORM);
    var sum = Checksums.of(published.resolve(archive));
    var address = "%s/releases/download/v%s/%s".formatted(SOURCE, version, archive);
    var krew = YAML.readTree(published.resolve("credence.krew.yaml").toFile());
    assertThat(krew.at("/spec/version").asText()).isEqualTo("v" + version);
    assertThat(krew.at("/spec/platforms"))
        .hasSize(2)
        .anySatisfy(
            one -> {
              assertThat(one.path("uri").asText()).isEqualTo(address);
              assertThat(one.path("sha256").asText()).isEqualTo(sum);
              assertThat(one.at("/selector/matchLabels/os").asText()).isEqualTo("linux");
            });
    assertThat(published.resolve("credence.rb"))
        .content()
        .contains(
            "  on_macos do\n    on_arm do\n",
            "  on_linux do\n",
            "url \"%s\"\n      sha256 \"%s\"".formatted(address, sum));
    assertThat(local.resolve("credence.krew.yaml")).content().contains("file://" + local);
  }

  @Test
  void the_same_sources_make_the_same_archives() throws IOException {
    var again =
        new CommandLine(LocalCluster.TOP, version)
            .withoutRuntime(
                Files.createDirectories(scratch.resolve("again")),
                Files.createDirectories(scratch.resolve("again-scratch")));
    assertThat(Checksums.of(again)).isEqualTo(Checksums.of(local.resolve(again.getFileName())));
  }
}
