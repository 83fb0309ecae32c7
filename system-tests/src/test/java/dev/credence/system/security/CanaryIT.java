// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.image.Image;
import dev.credence.report.Format;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.system.issued.IssuedTokens;
import dev.credence.system.issued.TwoKeyProvider;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An identity lives its whole life while everything that can be said is said; then every value
/// that it ever had is looked for everywhere but in the data of its Secrets.
@OnCluster
class CanaryIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final List<String> GENERATED =
      List.of("crm-ci", "crm-cloud", "crm-db", "crm-keys");

  /// Those of the image, but a dump may be asked for, and the HTTP client says all it can.
  private static final String FLAGS =
      Image.FLAGS.replace("-XX:+DisableAttachMechanism", "-Djdk.httpclient.HttpClient.log=all");

  /// Has a buffer for each connection, in which the JDK decrypts in place what arrives; it keeps
  /// that until something else arrives.
  private static final String TLS = "jdk.internal.net.http.common.SSLFlowDelegate$Reader";

  /// What is held is in every one of them; on a busy machine a request is under way in most.
  private static final int DUMPS = 10;

  @Test
  void no_value_is_anywhere_but_in_its_secret(
      LocalCluster cluster, TestNamespace namespace, @TempDir Path folder) throws Exception {
    var scene = Scene.in(namespace);
    try (var canaries = Canaries.in(cluster.client(), namespace.name());
        var provider = TwoKeyProvider.start();
        var issued = IssuedTokens.of(scene, provider, "crm-cloud");
        var operator =
            OperatorProcess.on(cluster)
                .with("CREDENCE_RESYNC_INTERVAL", "1s")
                .with("CREDENCE_LOG_LEVEL", "TRACE")
                .with("CREDENCE_IDENTITY_SERIES", "100")
                .with("CREDENCE_REPORTS", "true")
                .with("CREDENCE_JAVA_OPTS", FLAGS)
                .start()) {
      live(scene);
      assertThat(canaries.secrets())
          .contains("crm-db", "crm-db-pending", "crm-ci", "crm-keys", "crm-tls", "crm-smtp")
          .contains("crm-cloud", "crm-cloud-pending");
      assertThat(canaries.count()).as("values").isGreaterThan(40);

      var found = new LinkedHashMap<String, Map<String, Integer>>();
      found.put("the log", canaries.foundIn(operator.log()));
      found.put("metrics", canaries.foundIn(operator.metrics()));
      found.put("objects", canaries.foundIn(objects(cluster, namespace.name())));
      found.put("objects of its own", canaries.foundIn(objects(cluster, LocalCluster.NAMESPACE)));
      words(namespace.name())
          .forEach(
              words ->
                  found.put(String.join(" ", words), canaries.foundIn(stated(cluster, words))));
      found.put("its memory", held(operator, canaries, folder));
      found.values().removeIf(Map::isEmpty);
      assertThat(found).isEmpty();
      // And they would have been found.
      assertThat(
              canaries.foundIn(
                  cluster.kubectl("get", "secrets", "-n", namespace.name(), "-o", "json")))
          .containsKey("in Base64");
    }
  }

  /// Everything that the operator does with values, and everything that goes wrong with them.
  private static void live(Scene scene) {
    scene.createAccount("crm-sync");
    Stream.of("apply", "revoke").forEach(scene::createHook);
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}, stringData: {password: of-others-and-never-read-by-us}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: crm-tls}, stringData: {tls.crt: not-a-certificate-but-a-canary, tls.key: not-a-key-but-a-canary-too}}");
    scene.identity(
        "crm",
        OWNER
            + """
            , serviceAccounts: [{name: crm-sync}], secrets: [
              {name: crm-smtp}, {name: crm-tls},
              {name: crm-ci, token: {serviceAccountName: crm-sync, lifetime: 1h, kubeconfig: true}},
              {name: crm-db, generate: {keys: [{name: password, password: {length: 24}}]},
               hooks: {apply: {cronJobName: apply}, revoke: {cronJobName: revoke}}},
              {name: crm-keys, rotation: {interval: 24h, overlap: 10s}, generate: {keys: [
                {name: password, password: {length: 32, characters: Symbols}},
                {name: hex, bytes: {encoding: Hex}}, {name: raw, bytes: {encoding: Raw}},
                {name: base64, bytes: {encoding: Base64}}, {name: url64, bytes: {encoding: Base64Url}},
                {name: id, uuid: {}}, {name: key, keyPair: {algorithm: Ed25519, publicKey: key.pub}},
                {name: url, template: 'postgres://crm:{password}@db/crm'}]}},
            """
            + IssuedTokens.secret("crm-cloud", "overlap: 1s", "")
            + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    GENERATED.forEach(secret -> scene.awaitVersion(PATIENCE, secret, 2));
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    refuseQuoting(scene);
    scene.annotate(scene.secret("crm-keys"), Api.REVOKE, "leaked");
    scene.awaitVersion(PATIENCE, "crm-keys", 4);
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    scene.annotate(scene.identity("crm"), Api.SUSPEND, "INC-7");
    scene.await(PATIENCE, "crm", "Suspended", "True Requested");
    scene.patch(scene.identity("crm"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
    within(PATIENCE, "it has a token again").until(() -> scene.version("crm-ci") > 2);
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    scene.patch(scene.identity("crm"), "{spec: {state: Decommissioned}}");
    within(PATIENCE, "what was made is gone")
        .until(() -> GENERATED.stream().allMatch(secret -> scene.secret(secret).get() == null));
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
  }

  /// Two that refuse a rotation: one says to everybody what it has seen, the other is the API
  /// server's.
  private static void refuseQuoting(Scene scene) {
    var name = "quoting." + scene.namespace();
    scene.create(
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: %s},
         spec: {failurePolicy: Fail, matchConstraints: {resourceRules: [
           {apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}]},
         validations: [{expression: 'object.metadata.name != "crm-keys" || !("credence.dev/version" in object.metadata.annotations) || object.metadata.annotations["credence.dev/version"] == "2"',
           messageExpression: '"refused because of " + string(object.data["password"]) + string(object.data["url"]) + string(object.data["hex"])'}]}}
        """
            .formatted(name));
    scene.create(
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: %s},
         spec: {policyName: %s, validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}}}}
        """
            .formatted(name, name, scene.namespace()));
    try {
      within(PATIENCE, "the policy is in force")
          .until(() -> isRefused(scene, "{metadata: {annotations: {credence.dev/version: '1'}}}"));
      scene.annotate(scene.secret("crm-keys"), Api.ROTATE, "again");
      scene.await(PATIENCE, "crm", "CredentialsFresh", "False RotationBlocked");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("crm-keys", "(message withheld: it repeats a value)");
    } finally {
      var admission = scene.client().admissionRegistration().v1();
      admission.validatingAdmissionPolicyBindings().withName(name).delete();
      admission.validatingAdmissionPolicies().withName(name).delete();
    }
    scene.awaitVersion(PATIENCE, "crm-keys", 3);
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
  }

  private static boolean isRefused(Scene scene, String patch) {
    try {
      scene
          .secret("crm-keys")
          .dryRun()
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(Scene.read(patch, Map.class)));
      return false;
    } catch (KubernetesClientException refused) {
      return refused.getMessage().contains("refused because of");
    }
  }

  /// What is found in each of some dumps. A buffer of the HTTP client keeps what arrived last until
  /// something else arrives, which a sweep each second brings about: what is gone then was not
  /// held.
  private static Map<String, Integer> held(OperatorProcess operator, Canaries canaries, Path folder)
      throws IOException {
    Map<String, Integer> found = Map.of();
    for (var attempt = 0; attempt < DUMPS; attempt++) {
      var file = folder.resolve("heap-" + attempt + ".hprof");
      dump(operator, file);
      var heap = HeapDump.read(file);
      assertThat(heap.blank(TLS, "readBuf")).as("connections").isPositive();
      found = canaries.foundIn(heap);
      if (found.isEmpty()) {
        break;
      }
      var sweeps = operator.metric("credence_last_resync_timestamp_seconds");
      within(PATIENCE, "there was a sweep since")
          .until(() -> !operator.metric("credence_last_resync_timestamp_seconds").equals(sweeps));
    }
    return found;
  }

  /// A full collection first: what is left is what is still held.
  private static void dump(OperatorProcess operator, Path file) {
    Program.output(
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            String.valueOf(operator.pid()),
            "GC.heap_dump",
            file.toString()));
  }

  /// Every object of the namespace, of whatever kind, and of a Secret all but its data.
  private static String objects(LocalCluster cluster, String namespace) throws Exception {
    var kinds =
        cluster
            .kubectl("api-resources", "--verbs=list", "--namespaced", "-o", "name")
            .lines()
            .collect(Collectors.joining(","));
    var list = JSON.readTree(cluster.kubectl("get", kinds, "-n", namespace, "-o", "json"));
    assertThat(list.path("items")).hasSizeGreaterThan(3);
    list.path("items")
        .forEach(
            object -> {
              if (object.path("kind").asText().equals("Secret")) {
                ((ObjectNode) object).remove("data");
              }
            });
    return list.toString();
  }

  private static String stated(LocalCluster cluster, List<String> words) {
    var end = new CommandLine(cluster).inProcess(words.toArray(String[]::new));
    assertThat(end.code()).as(String.join(" ", words) + end.err()).isZero();
    assertThat(end.out()).isNotEmpty();
    return end.out() + end.err();
  }

  private static Stream<List<String>> words(String namespace) {
    return Stream.concat(
        Stream.of(Format.values())
            .map(format -> List.of("report", "-n", namespace, "-o", format.name())),
        Stream.of(
            List.of("explain", "crm", "-n", namespace),
            List.of("rotate", "crm", "-n", namespace, "--dry-run")));
  }
}
