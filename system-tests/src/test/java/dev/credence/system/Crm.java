// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;

import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.cluster.ByToken;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// An identity with an account that has rights, a token of it that somebody made by hand, and one
/// that we made: what the API server says to them.
public record Crm(Scene scene) {
  public static final String LEGACY = "crm-legacy";

  public static Crm in(TestNamespace namespace) {
    return of(Scene.in(namespace));
  }

  public static Crm of(Scene scene) {
    scene.createAccount("crm-sync");
    scene.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: crm-edits},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit},
         subjects: [{kind: ServiceAccount, name: crm-sync}]}
        """);
    scene.create(
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: crm-legacy, annotations: {kubernetes.io/service-account.name: crm-sync}}}
        """);
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-ci, token: {serviceAccountName: crm-sync}}]");
    eventually("the hand-made token is there")
        .until(() -> scene.value(LEGACY, "token").isPresent());
    return new Crm(scene);
  }

  /// What the API server says to a write with this token; empty where it does what is asked.
  public Optional<String> answer(String token) {
    try (var client = ByToken.client(scene.client(), token)) {
      var map =
          new ConfigMapBuilder().withNewMetadata().withGenerateName("crm-").endMetadata().build();
      client.configMaps().inNamespace(scene.namespace()).resource(map).create();
      return Optional.empty();
    } catch (KubernetesClientException refused) {
      return Optional.of(refused.getCode() + " " + refused.getMessage());
    }
  }

  public boolean isDenied(String token) {
    return answer(token).filter(stated -> stated.startsWith("403")).isPresent();
  }

  /// Whether a token is believed at all, whatever it may do.
  public boolean isKnown(String token) {
    try (var client = ByToken.client(scene.client(), token)) {
      return client.configMaps().inNamespace(scene.namespace()).list() != null;
    } catch (KubernetesClientException refused) {
      if (refused.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        return false;
      }
      throw refused;
    }
  }

  public String token(String secret) {
    return scene.value(secret, "token").orElseThrow();
  }

  public void requestToken() {
    scene
        .client()
        .serviceAccounts()
        .inNamespace(scene.namespace())
        .withName("crm-sync")
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build());
  }

  public void suspend() {
    scene.annotate(scene.identity("crm"), Api.SUSPEND, "INC-7");
  }

  public void resume() {
    scene.patch(scene.identity("crm"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
  }

  /// All that are suspended, as the API server is told.
  public Map<String, String> list() {
    return scene
        .client()
        .resources(SuspensionList.class)
        .inNamespace(LocalCluster.NAMESPACE)
        .list()
        .getItems()
        .stream()
        .flatMap(list -> list.getSpec().accounts().entrySet().stream())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  public boolean isListed() {
    return list().containsKey(scene.namespace() + ".crm-sync");
  }
}
