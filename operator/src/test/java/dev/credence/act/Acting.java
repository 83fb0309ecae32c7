// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.act.request.WriteRefused;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Tier;
import dev.credence.generate.Maker;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;

/// [Act] in front of an API server that the test plays.
public final class Acting implements AutoCloseable {
  public static final String API_SERVER = "https://api.example.com:6443";

  public final FakeApi api = FakeApi.start();
  public final Remembered memory = new Remembered();
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

  /// Fails where the action asks for something that the chart does not grant to an operator of the
  /// tier which carries such actions out.
  public void perform(Action action) {
    perform(action, Payments.identity());
  }

  public void perform(Action action, MachineIdentity identity) {
    var before = api.asked().size();
    try {
      act.perform(action, identity);
    } finally {
      var tier = tier(action);
      assertThat(api.missingAt(tier, before)).as("not granted to the tier " + tier).isEmpty();
    }
  }

  /// As the decision has it.
  private static Tier tier(Action action) {
    return switch (action) {
      case Action.DenyWrites _, Action.AllowWrites _, Action.Invalidate _, Action.Revalidate _ ->
          Tier.Enforce;
      case Action _ when action.subject().kind() == Kind.ServiceAccount -> Tier.Enforce;
      case Action.Remove remove when remove.subject().kind() == Kind.Certificate -> Tier.Enforce;
      case Action _ -> Tier.Rotate;
    };
  }

  public WriteRefused refused(Action action) {
    return catchThrowableOfType(WriteRefused.class, () -> perform(action));
  }

  /// What the only request sent.
  public com.fasterxml.jackson.databind.JsonNode sent() {
    return api.last().json();
  }

  @Override
  public void close() {
    client.close();
    metadata.close();
    api.close();
  }
}
