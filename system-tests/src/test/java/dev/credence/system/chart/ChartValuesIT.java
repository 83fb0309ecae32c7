// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.ByToken;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each file in `helm/credence/ci` is a way to install the chart, and each `values-*.yaml` of the
/// chart is one for users: all are linted, each object of them is validated against the schemas of
/// the API server and sent to it as a dry run; some are installed.
@OnCluster
class ChartValuesIT {
  private static final Path CHART = LocalCluster.TOP.resolve("helm/credence");

  /// What other releases have as well, and what a second one must leave to them.
  private static final String SHARED = "crds.enabled=false,admission.enabled=false";

  private static final String IMAGE = "image.repository=registry.example.com/platform/credence";

  /// Objects that were validated and accepted. Most are the same with each set of values.
  private static final Set<String> ACCEPTED = new HashSet<>();

  @TempDir private static Path schemas;
  @TempDir private Path folder;

  @BeforeAll
  static void ask(LocalCluster cluster) throws IOException {
    MonitoringKinds.install(cluster);
    Schemas.write(cluster.client(), schemas);
  }

  @TestFactory
  Stream<DynamicTest> every_set_of_values_fits_the_api_server(LocalCluster cluster)
      throws IOException {
    return values().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(file.getFileName().toString(), () -> fits(cluster, file)));
  }

  private static List<Path> values() throws IOException {
    try (var ofTests = Files.list(CHART.resolve("ci"));
        var ofUsers = Files.list(CHART)) {
      return Stream.concat(ofTests.sorted(), ofUsers.filter(ChartValuesIT::isOfUsers).sorted())
          .toList();
    }
  }

  private static boolean isOfUsers(Path file) {
    return file.getFileName().toString().matches("values-.*[.]yaml");
  }

  /// Users name their own image, and files of tests have one.
  private static List<String> words(Path values, String... first) {
    var words = new ArrayList<>(List.of(first));
    words.addAll(List.of("--values", values.toString()));
    if (isOfUsers(values)) {
      words.addAll(List.of("--set", IMAGE));
    }
    return words;
  }

  private void fits(LocalCluster cluster, Path values) throws IOException {
    assertThat(helm(cluster, words(values, "lint", "--strict", CHART.toString())))
        .contains("0 chart(s) failed");
    var rendered =
        helm(
            cluster,
            words(
                values,
                "template",
                "trial",
                CHART.toString(),
                "--namespace",
                LocalCluster.NAMESPACE,
                "--api-versions",
                "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"));
    var objects =
        Stream.of(rendered.split("(?m)^---$"))
            .filter(document -> document.contains("\nkind: "))
            .toList();
    assertThat(objects).isNotEmpty();
    var others = objects.stream().filter(object -> !ACCEPTED.contains(object)).toList();
    if (!others.isEmpty()) {
      accepts(cluster, others);
      ACCEPTED.addAll(others);
    }
  }

  private void accepts(LocalCluster cluster, List<String> objects) throws IOException {
    var file = folder.resolve("rendered.yaml");
    Files.writeString(file, String.join("\n---\n", objects));
    var answer = conforms(file);
    assertThat(answer.code()).as(answer.out() + answer.err()).isZero();
    assertThat(answer.out())
        .contains("Valid: %d, Invalid: 0, Errors: 0, Skipped: 0".formatted(objects.size()));
    assertThat(
            cluster
                .kubectl(
                    "apply",
                    "--server-side",
                    "--dry-run=server",
                    "--force-conflicts",
                    "-f",
                    file.toString())
                .lines())
        .hasSize(objects.size());
  }

  private static String helm(LocalCluster cluster, List<String> words) {
    return cluster.helm(words.toArray(String[]::new));
  }

  private static Program.End conforms(Path file) {
    Tools.await("kubeconform");
    return Program.run(
        Map.of(),
        List.of(
            Tools.path("kubeconform").toString(),
            "-strict",
            "-summary",
            "-schema-location",
            schemas + "/{{ .ResourceKind }}{{ .KindSuffix }}.json",
            file.toString()));
  }

  @Test
  void a_misspelt_field_is_found(LocalCluster cluster) throws IOException {
    var good = cluster.helm("template", "trial", CHART.toString(), "--set", IMAGE);
    var wrong = folder.resolve("wrong.yaml");
    Files.writeString(wrong, good.replace("readOnlyRootFilesystem:", "readonlyRootFilesystem:"));
    var answer = conforms(wrong);
    assertThat(answer.code()).isNotZero();
    assertThat(answer.out()).contains("Deployment", "readonlyRootFilesystem");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default",
        "observe",
        "rotate",
        "minimal",
        "network-policy",
        "out-of-cluster",
        "everything"
      })
  void it_is_installed_and_goes_without_a_trace(String values, LocalCluster cluster) {
    try (var namespace = TestNamespace.create(cluster.client(), values, Map.of())) {
      var name = namespace.name();
      // Its pods are ready when kwok says so: an image of ours is not needed.
      cluster.helm(
          "install",
          name,
          CHART.toString(),
          "--namespace",
          name,
          "--values",
          CHART.resolve("ci/" + values + "-values.yaml").toString(),
          "--set",
          SHARED,
          "--wait",
          "--timeout",
          "90s");
      assertThat(of(cluster, name, List.of("roles", "deployments"))).isNotEmpty();
      cluster.helm("uninstall", name, "--namespace", name, "--wait", "--timeout", "90s");
      assertThat(of(cluster, name, kinds(cluster))).isEmpty();
    }
  }

  @Test
  void flow_control_gives_it_a_queue_of_its_own(LocalCluster cluster, TestNamespace namespace) {
    var name = namespace.name();
    cluster.helm(
        "install",
        name,
        CHART.toString(),
        "--namespace",
        name,
        "--set",
        SHARED + ",operator.enabled=false,flowControl.enabled=true,fullnameOverride=" + name);
    try {
      var schema = cluster.client().flowControl().v1().flowSchema().withName(name).get();
      var account = namespace.client().serviceAccounts().withName(name);
      var token =
          account
              .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
              .getStatus()
              .getToken();
      try (var operator = ByToken.client(cluster.client(), token)) {
        eventually("its requests are taken for what they are")
            .until(() -> decidedBy(operator).equals(List.of(schema.getMetadata().getUid())));
      }
    } finally {
      cluster.helm("uninstall", name, "--namespace", name);
    }
  }

  /// The UIDs of the FlowSchemas that an answer names.
  private static List<String> decidedBy(KubernetesClient client) throws Exception {
    var http = client.getHttpClient();
    var request =
        http.newHttpRequestBuilder()
            .uri(URI.create(client.getMasterUrl() + "api/v1/namespaces"))
            .build();
    return http.sendAsync(request, String.class).get().headers("X-Kubernetes-PF-FlowSchema-UID");
  }

  /// All kinds but those that controllers make of a release (ReplicaSets, Pods, EndpointSlices):
  /// their objects go a moment later.
  private static List<String> kinds(LocalCluster cluster) {
    return cluster
        .kubectl("api-resources", "--verbs=list,delete", "--output=name")
        .lines()
        .filter(
            kind -> !kind.matches("(pods|endpoints|replicasets.apps|endpointslices.*|events.*)"))
        .toList();
  }

  /// What of these kinds belongs to a release.
  private static List<String> of(LocalCluster cluster, String release, List<String> kinds) {
    return cluster
        .kubectl(
            "get",
            String.join(",", kinds),
            "--all-namespaces",
            "--selector",
            "app.kubernetes.io/instance=" + release,
            "--output=name",
            "--ignore-not-found")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }
}
