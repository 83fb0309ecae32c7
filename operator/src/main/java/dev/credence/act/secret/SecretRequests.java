// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.act.request.Memory;
import dev.credence.act.request.WriteRefused;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Secrets with their bytes, on their way from the API server and to it. To a write it answers
/// with metadata alone, so that no value comes back; none comes back in a message either.
public final class SecretRequests {
  private final KubernetesClient client;
  private final KubernetesClient metadata;
  private final Memory memory;

  public SecretRequests(KubernetesClient client, KubernetesClient metadata, Memory memory) {
    this.client = client;
    this.metadata = metadata;
    this.memory = memory;
  }

  /// The Secret, if it still is the one that was judged.
  Secret expected(String namespace, ObjectRef subject, Preconditions preconditions) {
    var secret = read(namespace, subject);
    if (secret == null
        || !preconditions.uid().equals(secret.getMetadata().getUid())
        || !preconditions.resourceVersion().equals(secret.getMetadata().getResourceVersion())) {
      throw WriteRefused.raced(subject);
    }
    return secret;
  }

  @Nullable Secret read(String namespace, ObjectRef subject) {
    return WriteRefused.<@Nullable Secret>asked(
        subject,
        "read",
        () -> client.secrets().inNamespace(namespace).withName(subject.name()).get());
  }

  /// `material`: what the values were made of.
  void create(
      ObjectMetaBuilder meta,
      String type,
      Map<String, byte[]> values,
      ObjectRef subject,
      SecretContent material) {
    var secret =
        new SecretBuilder()
            .withMetadata(meta.build())
            .withType(type)
            .withData(Data.encoded(values))
            .build();
    remember(
        WriteRefused.asked(
            subject, "create", hidden(secret, material), () -> metadata.resource(secret).create()));
  }

  void update(Secret secret, ObjectRef subject, SecretContent material) {
    remember(
        WriteRefused.asked(
            subject, "update", hidden(secret, material), () -> metadata.resource(secret).update()));
  }

  /// The values that a message must not contain: all but those that the generator spec states.
  private static List<byte[]> hidden(Secret secret, SecretContent material) {
    var stated =
        material instanceof GeneratedContent(var keys)
            ? keys.stream().flatMap(key -> stated(key.generator())).collect(Collectors.toSet())
            : Set.<String>of();
    return Data.decoded(secret).values().stream()
        .filter(value -> !stated.contains(new String(value, StandardCharsets.UTF_8)))
        .toList();
  }

  private static Stream<String> stated(Generator generator) {
    return switch (generator) {
      case Generator.Fixed(var text) -> Stream.of(text);
      case Generator.Cycle(var texts) -> texts.stream();
      default -> Stream.of();
    };
  }

  private void remember(Secret answer) {
    answer.setData(Map.of());
    memory.wrote(answer);
  }
}
