// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The API server accepts what `credence migrate` writes, and knows every field of it.
@OnCluster
class MigrateIT {
  private static final Path FOLDERS = Path.of("../operator/src/test/resources/manifests-of-before");

  @Test
  void everyExampleOfBeforeIsAccepted(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    var accepted = new ArrayList<String>();
    for (var resource : migrated()) {
      if (!resource.getApiVersion().startsWith("credence.dev/")) {
        continue;
      }
      resource
          .getMetadata()
          .setNamespace(resource.getKind().equals("MachineIdentity") ? namespace.name() : null);
      resource.getMetadata().setUid(null);
      cluster.client().resource(resource).dryRun().fieldManager("migrate-test").serverSideApply();
      accepted.add(resource.getKind());
    }
    assertThat(accepted).contains("MachineIdentity", "CredentialPolicy").hasSizeGreaterThan(20);
  }

  private static List<GenericKubernetesResource> migrated() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDERS).sorted()) {
      return folders.flatMap(folder -> documents(folder.resolve("after.yaml"))).toList();
    }
  }

  private static Stream<GenericKubernetesResource> documents(Path file) {
    try {
      return Stream.of(Files.readString(file).split("(?m)^---$"))
          .filter(document -> document.contains("kind"))
          .map(MigrateIT::parsed)
          .filter(resource -> resource.getKind() != null && resource.getMetadata() != null);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// A document that begins with a brace is YAML as well, and JSON only by chance.
  private static GenericKubernetesResource parsed(String document) {
    try {
      return Serialization.yamlMapper().readValue(document, GenericKubernetesResource.class);
    } catch (JsonProcessingException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
