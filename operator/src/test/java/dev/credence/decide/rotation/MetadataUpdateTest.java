// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.StoredMetadata;
import dev.credence.facts.credential.StoredMetadata.Field;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectFacts.Adoption;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.OwnershipMarks;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.text.Digests;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataUpdateTest {
  private static final Instant NOW = Instant.parse("2026-02-10T00:00:00Z");

  @Test
  void two_writers_take_turns_every_ten_seconds() {
    var justNow = MetadataUpdate.of(NOW, wanted(), changedAt(NOW.minusSeconds(2)));
    assertThat(justNow.action()).isEmpty();
    assertThat(justNow.next()).contains(NOW.plusSeconds(8));
    var earlier = MetadataUpdate.of(NOW, wanted(), changedAt(NOW.minusSeconds(10)));
    assertThat(earlier.action()).isPresent();
    assertThat(earlier.next()).isEmpty();
  }

  @Test
  void a_time_that_is_to_come_delays_nothing() {
    assertThat(MetadataUpdate.of(NOW, wanted(), changedAt(NOW.plusSeconds(3600))).action())
        .isPresent();
  }

  @Test
  void a_secret_that_is_given_back_loses_all_of_it() {
    assertThat(MetadataUpdate.removal(changedAt(NOW))).isPresent();
    assertThat(MetadataUpdate.removal(stored(StoredMetadata.NONE))).isEmpty();
  }

  private static StoredSecret changedAt(Instant time) {
    return stored(
        new StoredMetadata(
            Map.of(
                "team",
                new Field(Optional.of("theirs"), Digests.of("crm"), false, Optional.of(time))),
            Map.of()));
  }

  private static SecretWanted wanted() {
    return new SecretWanted(
        "crm-db",
        Optional.empty(),
        "Opaque",
        Optional.empty(),
        RotationRule.SILENT,
        Hooks.NONE,
        SecretMetadata.of(Map.of("team", "crm"), Map.of()),
        Optional.empty());
  }

  private static StoredSecret stored(StoredMetadata metadata) {
    return new StoredSecret(
        new ObjectFacts(
            ObjectRef.secret("crm-db"),
            new Preconditions("1", "1"),
            false,
            true,
            new OwnershipMarks(Optional.empty(), Optional.empty(), Optional.empty()),
            Optional.empty(),
            Adoption.NONE,
            false),
        Optional.empty(),
        Requests.NONE,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        metadata);
  }
}
