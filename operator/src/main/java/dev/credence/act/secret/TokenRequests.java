// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.act.request.WriteRefused;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.read.MemberReader;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tokens of ServiceAccounts (TokenRequest), each bound to its anchor: with that it ends.
public final class TokenRequests {
  private static final String TOKEN = "token";
  private static final String KUBECONFIG = "kubeconfig";

  private final KubernetesClient client;
  private final SecretRequests secrets;
  private final KubeconfigServer apiServer;

  /// `end`: how long the API server lets the token live, which may be less than was asked. `id`: by
  /// which audit events name the token, where it has one.
  record Granted(Map<String, byte[]> values, Instant end, Optional<String> id) {}

  public TokenRequests(
      KubernetesClient client, SecretRequests secrets, KubeconfigServer apiServer) {
    this.client = client;
    this.secrets = secrets;
    this.apiServer = apiServer;
  }

  Granted request(
      MachineIdentity identity, TokenRecipe generatorSpec, ObjectRef secret, ObjectRef anchor) {
    var namespace = identity.getMetadata().getNamespace();
    var request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(generatorSpec.audiences())
            .withExpirationSeconds(generatorSpec.lifetime().toSeconds())
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Secret")
            .withName(anchor.name())
            .withUid(uidOf(identity, anchor))
            .endBoundObjectRef()
            .endSpec()
            .build();
    var answer =
        WriteRefused.asked(
            secret,
            "request a token of ServiceAccount " + generatorSpec.account() + " for",
            () ->
                client
                    .serviceAccounts()
                    .inNamespace(namespace)
                    .withName(generatorSpec.account())
                    .tokenRequest(request));
    return granted(answer, generatorSpec, namespace, secret);
  }

  private String uidOf(MachineIdentity identity, ObjectRef anchor) {
    var found = secrets.read(identity.getMetadata().getNamespace(), anchor);
    if (found == null
        || !MemberReader.isAnchorCreatedFor(identity.getMetadata().getUid(), anchor, found)) {
      throw WriteRefused.raced(anchor);
    }
    return found.getMetadata().getUid();
  }

  private Granted granted(
      @Nullable TokenRequest answer,
      TokenRecipe generatorSpec,
      String namespace,
      ObjectRef secret) {
    var status = answer == null ? null : answer.getStatus();
    if (status == null || status.getToken() == null || status.getExpirationTimestamp() == null) {
      throw WriteRefused.of(secret, "The API server granted no token");
    }
    var values = new HashMap<String, byte[]>();
    values.put(TOKEN, status.getToken().getBytes(UTF_8));
    if (generatorSpec.kubeconfig()) {
      var config = kubeconfig(status.getToken(), generatorSpec.account(), namespace);
      values.put(KUBECONFIG, config.getBytes(UTF_8));
    }
    return new Granted(
        values, end(status.getExpirationTimestamp(), secret), TokenId.of(status.getToken()));
  }

  /// The kubeconfig with the token that is among these values.
  Map<String, byte[]> kubeconfig(
      Map<String, byte[]> values, String account, String namespace, ObjectRef secret) {
    var token = values.get(TOKEN);
    if (token == null) {
      throw WriteRefused.of(
          secret,
          "The key `token` is missing, so the kubeconfig cannot be written. Set the annotation credence.dev/rotate to issue a new token.");
    }
    return Map.of(
        KUBECONFIG, kubeconfig(new String(token, UTF_8), account, namespace).getBytes(UTF_8));
  }

  private static Instant end(String text, ObjectRef secret) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw WriteRefused.of(
          secret, "The API server granted a token without a readable expiration time");
    }
  }

  private String kubeconfig(String token, String account, String namespace) {
    // One name in all: files of several clusters are merged by name.
    var cluster = place(apiServer.address());
    var name = namespace + "/" + account + "@" + cluster;
    var config =
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .addNewCluster()
            .withName(cluster)
            .withNewCluster()
            .withServer(apiServer.address())
            .withCertificateAuthorityData(authority())
            .endCluster()
            .endCluster()
            .addNewUser()
            .withName(name)
            .withNewUser()
            .withToken(token)
            .endUser()
            .endUser()
            .addNewContext()
            .withName(name)
            .withNewContext()
            .withCluster(cluster)
            .withUser(name)
            .withNamespace(namespace)
            .endContext()
            .endContext()
            .withCurrentContext(name)
            .build();
    return client.getKubernetesSerialization().asYaml(config);
  }

  /// The address without its scheme: the host, a port that is not 443, a path where several servers
  /// share a host.
  static String place(String address) {
    return address
        .replaceFirst("^[a-zA-Z][a-zA-Z0-9+.-]*://", "")
        .replaceFirst("^[^/@]*@", "")
        .replaceFirst("[?#].*$", "")
        .replaceFirst("/+$", "")
        .replaceFirst("^([^/]*):443(/|$)", "$1$2");
  }

  /// In Base64; null where the one of the machine is trusted.
  private @Nullable String authority() {
    if (apiServer.systemTrust()) {
      return null;
    }
    if (apiServer.authorities().isPresent()) {
      return Base64.getEncoder()
          .encodeToString(apiServer.authorities().get().getBytes(StandardCharsets.US_ASCII));
    }
    var config = client.getConfiguration();
    if (config.getCaCertData() != null) {
      return config.getCaCertData();
    }
    if (config.getCaCertFile() == null) {
      return null;
    }
    try {
      var bytes = Files.readAllBytes(Path.of(config.getCaCertFile()));
      return Base64.getEncoder().encodeToString(bytes);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
