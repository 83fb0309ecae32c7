// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.MachineIdentity;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.release.BuiltPart;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The image of a release, which `make image` writes as well: what is in it, and that the operator
/// runs from it and from nothing else.
@OnCluster
class ImageIT {
  private static final Path TARGET = LocalCluster.TOP.resolve("operator/target");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LEARNT = 4;

  @TempDir private static Path scratch;
  private static Unpacked first;

  @BeforeAll
  static void build() throws IOException {
    first = Unpacked.of(BuiltPart.image(), scratch.resolve("first"));
  }

  /// But for the last one, which is learnt from a run: the second image is built without it.
  @Test
  void the_same_sources_make_the_same_layers() throws IOException {
    var operator = Application.OPERATOR;
    var notLearnt =
        new Application(
            operator.name(),
            operator.title(),
            operator.modules(),
            operator.environment(),
            operator.flags(),
            false);
    var again =
        Unpacked.of(
            Image.build(notLearnt, TARGET, scratch.resolve("again")), scratch.resolve("second"));
    assertThat(again.layers().subList(0, LEARNT)).isEqualTo(first.layers().subList(0, LEARNT));
    assertThat(first.layers()).hasSize(LEARNT + 1);
  }

  @Test
  void it_says_what_it_is() throws IOException {
    var config = first.config();
    assertThat(config.at("/config/User").asText()).isEqualTo("65532:65532");
    assertThat(Unpacked.words(config.at("/config/Entrypoint"))).isEqualTo(Image.ENTRYPOINT);
    assertThat(config.at("/os").asText()).isEqualTo("linux");
    assertThat(config.at("/created").asText()).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void everything_in_it_is_listed() throws IOException {
    var root = first.root(scratch.resolve("listed"));
    var list = JSON.readTree(root.resolve("usr/share/sbom/credence.cdx.json").toFile());
    var listed = list.findValuesAsText("name");
    assertThat(listed).contains("OpenJDK runtime", "glibc");
    try (var jars = Files.list(root.resolve("app/lib"))) {
      assertThat(jars.toList())
          .isNotEmpty()
          .allSatisfy(
              jar -> {
                var name = jar.getFileName().toString().replaceFirst("-[0-9].*", "");
                assertThat(listed).contains(name);
              });
    }
    assertThat(root.resolve("bin/sh")).doesNotExist();
  }

  @Test
  void it_runs_from_its_own_file_system(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    Container.assumeAllowed();
    var root = first.root(scratch.resolve("root"));
    try (var operator =
        Container.of(cluster, root, first.config(), scratch.resolve("credentials"))
            .in(namespace)
            .start()) {
      var process = Path.of("/proc/" + operator.pid());
      assertThat(Files.readString(process.resolve("status")))
          .containsPattern("Uid:\\s+65532\\s+65532");
      assertThat(Files.readSymbolicLink(process.resolve("root"))).isEqualTo(root);
      assertThat(Files.readString(process.resolve("maps"))).doesNotContain("/usr/lib/jvm");

      namespace
          .client()
          .resource(
              Serialization.unmarshal(
                  """
                  ---
                  apiVersion: credence.dev/v1alpha1
                  kind: MachineIdentity
                  metadata: {name: crm}
                  spec:
                    owner: {contact: alice@example.com}
                    secrets:
                    - name: crm-key
                      generate:
                        keys:
                        - {name: id, keyPair: {algorithm: Ed25519, format: OpenSSH, publicKey: id.pub}}
                        - {name: signer, keyPair: {algorithm: ECDSA, format: PKCS8}}
                  """,
                  MachineIdentity.class))
          .create();
      eventually("it makes what it is asked for")
          .until(() -> namespace.client().secrets().withName("crm-key").get() != null);
      assertThat(operator.terminate().exitCode()).isIn(0, 143);
    }
  }
}
