// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import dev.credence.world.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A base with every reference that an identity can have, built by the kustomize in kubectl with
/// the component of `crds/kustomize`. It needs no cluster.
class KustomizeIT {
  private static final Path KUBECTL = Tools.path("kubectl");
  private static final Path COMPONENT = LocalCluster.TOP.resolve("crds/kustomize");

  private static final String KUSTOMIZATION =
      """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      namespace: sales
      namePrefix: dev-
      resources: [base.yaml]
      components: [names]
      secretGenerator:
      - name: crm-smtp
        literals: [password=x]
      """;

  private static final String BASE =
      """
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: crm}}
      ---
      {apiVersion: batch/v1, kind: CronJob, metadata: {name: crm-apply}, spec: {suspend: true}}
      ---
      {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: crm-mtls}}
      ---
      {apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: corp}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: old, annotations: {credence.dev/adopt: crm}}}
      ---
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm}
      spec:
        serviceAccounts: [{name: crm}, {name: crm-made, provision: {}}]
        secrets:
        - {name: crm-smtp}
        - {name: crm-token, token: {serviceAccountName: crm}}
        - name: crm-db
          generate: {keys: [{name: password, password: {}}]}
          hooks: {apply: {cronJobName: crm-apply}, verify: {cronJobName: crm-apply}, revoke: {cronJobName: crm-apply}}
        certificates:
        - {name: crm-mtls}
        - {name: crm-client, issue: {issuerRef: {kind: Issuer, name: corp}, secretName: crm-client-tls}}
      """;

  @Test
  void what_is_named_is_renamed_with_its_object(@TempDir Path folder) throws IOException {
    Tools.require("kubernetes", "kubectl");
    var names = Files.createDirectory(folder.resolve("names"));
    for (var file : List.of("kustomization.yaml", "name-references.yaml")) {
      Files.copy(COMPONENT.resolve(file), names.resolve(file));
    }
    Files.writeString(folder.resolve("kustomization.yaml"), KUSTOMIZATION);
    Files.writeString(folder.resolve("base.yaml"), BASE);

    var built =
        Yaml.documents(
                Program.output(
                    Map.of(), List.of(KUBECTL.toString(), "kustomize", folder.toString())))
            .stream()
            .map(Yaml::node)
            .toList();

    var spec = named(built, "MachineIdentity", "dev-crm").path("spec");
    assertThat(spec.at("/serviceAccounts/0/name").asText()).isEqualTo("dev-crm");
    assertThat(spec.at("/serviceAccounts/1/name").asText()).isEqualTo("crm-made");
    assertThat(spec.at("/secrets/0/name").asText()).matches("dev-crm-smtp-[a-z0-9]{10}");
    assertThat(spec.at("/secrets/1/name").asText()).isEqualTo("crm-token");
    assertThat(spec.at("/secrets/1/token/serviceAccountName").asText()).isEqualTo("dev-crm");
    assertThat(spec.at("/secrets/2/name").asText()).isEqualTo("crm-db");
    for (var hook : List.of("apply", "verify", "revoke")) {
      assertThat(spec.at("/secrets/2/hooks/" + hook + "/cronJobName").asText())
          .isEqualTo("dev-crm-apply");
    }
    assertThat(spec.at("/certificates/0/name").asText()).isEqualTo("dev-crm-mtls");
    assertThat(spec.at("/certificates/1/name").asText()).isEqualTo("crm-client");
    assertThat(spec.at("/certificates/1/issue/issuerRef/name").asText()).isEqualTo("dev-corp");
    assertThat(named(built, "Secret", "dev-old").at("/metadata/annotations").toString())
        .contains("dev-crm");
  }

  private static JsonNode named(List<JsonNode> objects, String kind, String name) {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .filter(object -> object.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
