package dev.credence.act;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.decide.Action;
import dev.credence.make.Maker;
import dev.credence.observe.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;

/// [Act] in front of an API server that the test plays.
final class Acting implements AutoCloseable {
  static final String API_SERVER = "https://api.example.com:6443";

  final FakeApi api = FakeApi.start();
  final Remembered memory = new Remembered();
  private final KubernetesClient client = api.client();
  private final KubernetesClient metadata = api.metadataClient();
  private final Act act =
      new Act(
          client,
          metadata,
          new Maker(new SecureRandom()),
          API_SERVER,
          "credence-system",
          memory,
          InstantSource.fixed(Instant.EPOCH));

  void perform(Action action) {
    act.perform(action, Payments.identity());
  }

  Refusal refused(Action action) {
    return catchThrowableOfType(Refusal.class, () -> perform(action));
  }

  /// What the only request sent.
  com.fasterxml.jackson.databind.JsonNode sent() {
    return api.last().json();
  }

  @Override
  public void close() {
    client.close();
    metadata.close();
    api.close();
  }
}
