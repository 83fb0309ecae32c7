// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.Generate;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.Rotation;
import dev.credence.api.SecretMember;
import dev.credence.decide.Decide;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.CertManager;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.UsageEvidence;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.MemberReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Times at the ends of time, on objects that anybody may annotate: there is a decision for each.
class ExtremeTimesTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final List<Rotation> ROTATIONS =
      List.of(
          new Rotation(null, null, null, null),
          new Rotation("10s", null, null, null),
          new Rotation("999999h9999999m999999999s", null, null, "999999h"),
          new Rotation(null, "0 0 29 2 *", "Europe/Berlin", "999999h"),
          new Rotation(null, "0 0 30 2 *", null, null));

  @Test
  void a_secret_issued_at_any_time_is_decided_about() {
    var decided = 0;
    for (var rotation : ROTATIONS) {
      for (var issuedAt : Garbage.TIMES) {
        for (var retiresAt : Garbage.TIMES) {
          for (var version : List.of("1", "1000000000000")) {
            decide(
                identity(rotation, NOW, null),
                secret(
                    Map.of(
                        Api.SECRET_VERSION, version,
                        Api.ISSUED_AT, issuedAt,
                        Api.PREVIOUS_RETIRES_AT, retiresAt)));
            decided++;
          }
        }
      }
    }
    assertThat(decided).isPositive();
  }

  @Test
  void an_identity_that_ends_at_any_time_is_decided_about() {
    for (var end : List.of(Instant.MIN, Instant.EPOCH, NOW, NOW.plusSeconds(1), Instant.MAX)) {
      decide(identity(ROTATIONS.get(1), NOW, end), secret(Map.of()));
    }
  }

  @Test
  void a_linked_secret_that_ends_at_any_time_is_decided_about() {
    for (var end : Garbage.TIMES) {
      decide(new MachineIdentity(), secret(Map.of(Api.EXPIRES_AT, end)));
    }
  }

  private static void decide(MachineIdentity identity, HasMetadata secret) {
    if (identity.getMetadata().getName() == null) {
      identity.setMetadata(identity(ROTATIONS.getFirst(), NOW, null).getMetadata());
      identity.setSpec(
          spec(new SecretMember("payments-db", null, null, null, null, null, null), null));
      secret.getMetadata().setOwnerReferences(new ArrayList<>());
    }
    try {
      var decision =
          Decide.next(
              new Snapshot(
                  NOW,
                  IdentityReader.identity(identity),
                  new NamespaceFacts(Map.of(), Optional.empty(), Optional.empty(), false),
                  List.of(),
                  List.of(MemberReader.of(secret, false, (_, _) -> false)),
                  Map.of(),
                  CertManager.ABSENT,
                  List.of(),
                  Optional.empty(),
                  UsageEvidence.NONE,
                  Grants.UNKNOWN,
                  SuspensionFacts.NONE,
                  List.of()));
      assertThat(decision.status()).isPresent();
    } catch (RuntimeException thrown) {
      throw new AssertionError(
          identity.getSpec() + " " + secret.getMetadata().getAnnotations(), thrown);
    }
  }

  private static MachineIdentity identity(Rotation rotation, Instant created, Instant end) {
    var identity = new MachineIdentity();
    identity.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("payments")
            .withName("payments-api")
            .withUid("uid-of-payments-api")
            .withCreationTimestamp(created.toString())
            .build());
    var key = new Generate.KeyRecipe("id", null, null, null, new Generate.Uuid(), null, null, null);
    identity.setSpec(
        spec(
            new SecretMember(
                "payments-db", null, null, new Generate(List.of(key)), rotation, null, null),
            end));
    return identity;
  }

  private static MachineIdentitySpec spec(SecretMember secret, Instant end) {
    return new MachineIdentitySpec(
        null, null, null, null, null, end, null, null, List.of(secret), null, null);
  }

  private static HasMetadata secret(Map<String, String> annotations) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName("payments-db")
        .withUid("uid-of-payments-db")
        .withResourceVersion("1")
        .withAnnotations(annotations)
        .addNewOwnerReference()
        .withApiVersion("credence.dev/v1alpha1")
        .withKind("MachineIdentity")
        .withName("payments-api")
        .withUid("uid-of-payments-api")
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .build();
  }
}
