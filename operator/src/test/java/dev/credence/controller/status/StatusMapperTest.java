// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.ActorType;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Source;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.AccountElsewhere;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.metrics.Standings;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.TokenUse;
import dev.credence.plan.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusMapperTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00.5Z");
  private static final Instant NEW_YEAR_TO_THE_SECOND = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant A_DAY_LATER = Instant.parse("2027-01-02T00:00:00Z");

  private final MachineIdentity identity = new MachineIdentity();

  StatusMapperTest() {
    identity.setMetadata(
        new ObjectMetaBuilder().withName("payments-api").withGeneration(7L).build());
  }

  @Test
  void equal_standings_give_equal_statuses_however_much_later() {
    var first = StatusMapper.of(Standings.inOrder(everything()), identity, NEW_YEAR);
    identity.setStatus(first);
    assertThat(StatusMapper.of(Standings.inOrder(everything()), identity, A_DAY_LATER))
        .isEqualTo(first);
  }

  @Test
  void the_status_answers_to_the_generation_that_was_looked_at() {
    var status = StatusMapper.of(Standings.inOrder(), identity, NEW_YEAR);
    assertThat(status.observedGeneration()).isEqualTo(7);
    assertThat(status.conditions())
        .isNotEmpty()
        .allMatch(condition -> condition.observedGeneration() == null);
  }

  @Test
  void a_condition_keeps_its_time_while_its_truth_stays() {
    identity.setStatus(StatusMapper.of(Standings.ownerless(), identity, NEW_YEAR));
    var other =
        Standings.with(
            Standings.ownerless(),
            Standings.result(
                ConditionType.OwnerAssigned, ConditionStatus.False, Reason.OwnerInvalid));
    var after = condition(StatusMapper.of(other, identity, A_DAY_LATER), "OwnerAssigned");
    assertThat(after.reason()).isEqualTo("OwnerInvalid");
    assertThat(after.lastTransitionTime()).isEqualTo(NEW_YEAR_TO_THE_SECOND);
  }

  @Test
  void a_condition_that_turns_has_the_time_of_the_look() {
    identity.setStatus(StatusMapper.of(Standings.ownerless(), identity, NEW_YEAR));
    var after = StatusMapper.of(Standings.inOrder(), identity, A_DAY_LATER);
    assertThat(condition(after, "OwnerAssigned").lastTransitionTime()).isEqualTo(A_DAY_LATER);
    assertThat(condition(after, "Ready").lastTransitionTime()).isEqualTo(A_DAY_LATER);
  }

  @Test
  void a_condition_that_was_lost_is_new() {
    identity.setStatus(
        new MachineIdentityStatus(
            6L, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null));
    assertThat(condition(StatusMapper.of(Standings.inOrder(), identity, NEW_YEAR), "Ready"))
        .extracting(Condition::lastTransitionTime)
        .isEqualTo(NEW_YEAR_TO_THE_SECOND);
  }

  @Test
  void times_are_whole_seconds() {
    var status = StatusMapper.of(Standings.endingAt(NEW_YEAR, everything()), identity, NEW_YEAR);
    var credential = status.credentials().getFirst();
    assertThat(
            List.of(
                status.expirationTime(),
                status.conditions().getFirst().lastTransitionTime(),
                credential.issueTime(),
                credential.nextRotationTime(),
                credential.previousRetirementTime(),
                credential.expirationTime()))
        .containsOnly(NEW_YEAR_TO_THE_SECOND);
  }

  @Test
  void what_is_empty_is_left_out() {
    var status = StatusMapper.of(Standings.inOrder(), identity, NEW_YEAR);
    assertThat(status.credentials()).isNull();
    assertThat(status.handled()).isNull();
    assertThat(status.expirationTime()).isNull();
    assertThat(new KubernetesSerialization().asJson(status)).doesNotContain("null", "[]", "{}");
  }

  @Test
  void what_is_read_back_is_what_was_written() {
    var status = StatusMapper.of(Standings.endingAt(NEW_YEAR, everything()), identity, NEW_YEAR);
    assertThat(readBack(status)).isEqualTo(status);
    var least = StatusMapper.of(Standings.ownerless(), identity, NEW_YEAR);
    assertThat(readBack(least)).isEqualTo(least);
  }

  @Test
  void lists_and_messages_have_the_length_that_the_schema_allows() {
    var credentials =
        IntStream.range(0, 300)
            .mapToObj(number -> withMessage("secret-" + number, "x".repeat(2_000)))
            .toArray(Credential[]::new);
    var identityStatus =
        Standings.with(
            Standings.inOrder(credentials),
            new ConditionResult(
                ConditionType.MembersLinked,
                ConditionStatus.False,
                Reason.MemberMissing,
                "y".repeat(5_000),
                Impact.Waiting));
    var status = StatusMapper.of(identityStatus, identity, NEW_YEAR);
    assertThat(status.credentials()).hasSize(256);
    assertThat(status.credentials().getFirst().name()).isEqualTo("secret-0");
    assertThat(status.credentials().getFirst().message()).hasSize(1_024).endsWith("x…");
    assertThat(condition(status, "MembersLinked").message()).hasSize(4_096).endsWith("y…");
  }

  @Test
  void half_a_character_is_not_written() {
    var emoji = "😀".repeat(1_000);
    var status =
        StatusMapper.of(
            Standings.inOrder(withMessage("even", emoji), withMessage("odd", "x" + emoji)),
            identity,
            NEW_YEAR);
    assertThat(readBack(status)).isEqualTo(status);
  }

  @Test
  void every_word_of_a_standing_is_a_word_of_the_status() {
    assertThat(words(LifeState.values())).containsAll(words(IdentityStatus.State.values()));
    // An identity without an owner has none in its status.
    assertThat(words(Source.values()))
        .isEqualTo(
            words(
                EnumSet.complementOf(EnumSet.of(IdentityStatus.Source.None))
                    .toArray(IdentityStatus.Source[]::new)));
    assertThat(words(CredentialType.values())).containsAll(words(Credential.Kind.values()));
    assertThat(words(CredentialState.values())).containsAll(words(Credential.Phase.values()));
    assertThat(words(Condition.Truth.values())).containsAll(words(ConditionStatus.values()));
    assertThat(words(ActorType.values())).contains("Integration");
    assertThat(ConditionType.values()).hasSizeLessThanOrEqualTo(16);
  }

  private static Credential everything() {
    return new Credential(
        "payments-db",
        Credential.Kind.Generated,
        Credential.Phase.Overlapping,
        Optional.of(8L),
        Optional.of(NEW_YEAR),
        Optional.of(NEW_YEAR),
        Optional.of(NEW_YEAR),
        Optional.of(NEW_YEAR),
        Optional.of(new AccountElsewhere("Database", "db.payments", "payments")),
        Optional.of(new Users(3, 1)),
        Handled.inStatus(
            Optional.of("monday"),
            Optional.of("tuesday"),
            Optional.of("wednesday"),
            Optional.of("lost"),
            Optional.of("thursday"),
            Optional.of("friday")),
        Optional.of(2),
        Optional.of(7),
        Optional.of(
            new Credential.EffectiveRotation(
                Optional.of("720h"),
                Optional.of("0 2 1 * *"),
                Optional.of("UTC"),
                "24h",
                "Policy/production")),
        Optional.empty(),
        TokenUse.NONE,
        Optional.of("waiting"));
  }

  private static Credential withMessage(String name, String message) {
    return new Credential(
        name,
        Credential.Kind.Linked,
        Credential.Phase.Fresh,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Handled.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TokenUse.NONE,
        Optional.of(message));
  }

  private static Condition condition(MachineIdentityStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  /// Through the bytes that are sent.
  private static MachineIdentityStatus readBack(MachineIdentityStatus status) {
    var json = new KubernetesSerialization();
    var bytes = json.asJson(status).getBytes(StandardCharsets.UTF_8);
    return json.unmarshal(new String(bytes, StandardCharsets.UTF_8), MachineIdentityStatus.class);
  }

  private static Set<String> words(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).collect(toSet());
  }
}
