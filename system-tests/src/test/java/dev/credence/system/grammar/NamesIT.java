// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.grammar;

import static dev.credence.system.Scene.OWNER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A name that an identity may contain is one that the API server accepts for the object itself,
/// and the other way round. The names are made by seed and asked about by dry runs.
@OnCluster
class NamesIT {
  private static final int UNPROCESSABLE = 422;
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_KEY = 200;

  private static final List<String> PARTS =
      List.of("a", "b-1", "0", "-", ".", "..", "_", "A", "crm", "é", " ", "x".repeat(62), "/");

  private static final List<String> ODD =
      List.of(
          "a".repeat(63),
          "a".repeat(64),
          ("a".repeat(63) + ".").repeat(3) + "b".repeat(61),
          ("a".repeat(63) + ".").repeat(3) + "b".repeat(62),
          "a.b",
          "a..b",
          "a.-b",
          "a-.b",
          "127.0.0.1",
          "a\n",
          "xn--80ak6aa92e",
          "..data",
          "...",
          "K8S",
          "\u200bcrm",
          "ﬁ");

  private static Stream<String> names(long seed) {
    var random = new Random(seed);
    return Stream.concat(
            ODD.stream(),
            IntStream.range(0, 80)
                .mapToObj(
                    _ ->
                        IntStream.rangeClosed(0, random.nextInt(4))
                            .mapToObj(_ -> PARTS.get(random.nextInt(PARTS.size())))
                            .reduce("", String::concat)))
        .distinct();
  }

  @Test
  void of_accounts(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    compare(
        names(1),
        name ->
            accepts(
                () ->
                    scene
                        .client()
                        .resource(
                            new ServiceAccountBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(scene.namespace())
                                .endMetadata()
                                .build())
                        .dryRun(true)
                        .create()),
        name -> acceptsIdentity(scene, "serviceAccounts", Map.of("name", name)),
        LONGEST_NAME);
  }

  @Test
  void of_secrets(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    compare(
        names(2),
        name -> acceptsSecret(scene, name, "password"),
        name -> acceptsIdentity(scene, "secrets", Map.of("name", name)),
        LONGEST_NAME);
  }

  /// Of a key a rotation keeps the value before, `<key>.previous`, so that it has to be shorter.
  @Test
  void of_keys(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    compare(
        names(3),
        key -> acceptsSecret(scene, "crm", key),
        key ->
            acceptsIdentity(
                scene,
                "secrets",
                Map.of(
                    "name",
                    "crm",
                    "generate",
                    Map.of("keys", List.of(Map.of("name", key, "password", Map.of()))))),
        LONGEST_KEY);
  }

  private static void compare(
      Stream<String> names, Predicate<String> theirs, Predicate<String> ours, int longest) {
    var accepted = 0;
    for (var name : names.toList()) {
      var right = theirs.test(name) && name.length() <= longest;
      accepted += right ? 1 : 0;
      assertThat(ours.test(name))
          .as("'%s', which the API server %s", name, right ? "accepts" : "rejects")
          .isEqualTo(right);
    }
    assertThat(accepted).as("right names").isGreaterThan(10);
  }

  private static boolean acceptsSecret(Scene scene, String name, String key) {
    return accepts(
        () ->
            scene
                .client()
                .resource(
                    new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(scene.namespace())
                        .endMetadata()
                        .withData(Map.of(key, Base64.getEncoder().encodeToString(new byte[1])))
                        .build())
                .dryRun(true)
                .create());
  }

  private static boolean acceptsIdentity(Scene scene, String list, Map<String, Object> item) {
    var identity = Scene.read("{metadata: {name: crm}, spec: {" + OWNER + "}}", Map.class);
    @SuppressWarnings("unchecked")
    var spec = (Map<String, Object>) identity.get("spec");
    spec.put(list, List.of(item));
    var object =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("credence.dev/v1alpha1")
            .withKind("MachineIdentity")
            .withNewMetadata()
            .withName("crm")
            .withNamespace(scene.namespace())
            .endMetadata()
            .addToAdditionalProperties("spec", spec)
            .build();
    return accepts(() -> scene.client().resource(object).dryRun(true).create());
  }

  private static boolean accepts(Runnable create) {
    try {
      create.run();
      return true;
    } catch (KubernetesClientException refused) {
      assertThat(refused.getCode())
          .as(refused.getMessage())
          .isIn(UNPROCESSABLE, HttpURLConnection.HTTP_BAD_REQUEST);
      return false;
    }
  }
}
