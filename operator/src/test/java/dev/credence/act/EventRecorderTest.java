// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.Condition;
import dev.credence.api.Condition.Truth;
import dev.credence.api.CredentialPolicySpec.BehaviorFinding;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.BehaviorStatus;
import dev.credence.api.MachineIdentityStatus.Consumers;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.OddFinding;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventRecorderTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00.123Z");

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final EventRecorder recorder =
      new EventRecorder(client, Clock.fixed(NOW, ZoneOffset.UTC), "credence-0-1234abcd");

  @Test
  void an_event_has_what_the_api_server_asks_for() throws InterruptedException {
    announce(Payments.issue());
    var event = reported().getFirst();
    assertThat(api.lines())
        .containsExactly("POST /apis/events.k8s.io/v1/namespaces/payments/events");
    assertThat(event.at("/metadata/name").asText()).matches("payments-api\\.[0-9a-f]+");
    assertThat(event.path("eventTime").asText()).isEqualTo("2027-01-01T00:00:00.123000Z");
    assertThat(event.path("reportingController").asText()).isEqualTo("credence.dev/credence");
    assertThat(event.path("reportingInstance").asText()).isEqualTo("credence-0-1234abcd");
    assertThat(event.path("type").asText()).isEqualTo("Normal");
    assertThat(event.path("reason").asText()).isEqualTo("Issued");
    assertThat(event.path("action").asText()).isEqualTo("Issue");
    assertThat(event.path("note").asText()).isEqualTo("Secret payments-db: Version 1 issued.");
    assertThat(event.path("regarding"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity",
                 "namespace": "payments", "name": "payments-api", "uid": "uid-of-payments-api"}
                """));
  }

  @Test
  void every_event_has_a_name_of_its_own() throws InterruptedException {
    announce(Payments.issue(), Payments.issue());
    assertThat(reported())
        .extracting(event -> event.at("/metadata/name").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void a_new_value_says_why_and_how_long_the_old_one_stays() throws InterruptedException {
    var onSchedule =
        new Action.Rotate(
            Payments.DB,
            Payments.JUDGED,
            Payments.RECIPE,
            Payments.versionInfo(3, Optional.empty()),
            new Action.Why.OnSchedule(NOW));
    announce(Payments.rotate(), onSchedule);
    assertThat(notes())
        .containsExactlyInAnyOrder(
            "Rotated Secret payments-db: Version 2 issued on request. The previous value stays valid until 2027-01-02T00:00:00Z.",
            "Rotated Secret payments-db: Version 3 issued on schedule.");
  }

  @Test
  void what_was_done_for_a_rotation_is_told() throws InterruptedException {
    announce(
        Payments.promote(Payments.RECIPE),
        new Action.Rollback(
            Payments.DB, Payments.JUDGED, Payments.versionInfo(3, Payments.A_DAY_LATER)),
        new Action.RunHook(
            ObjectRef.job("payments-db-v2-apply-1"),
            Payments.DB,
            Step.apply,
            new Hook("alter-db-user", Duration.ofMinutes(5)),
            2,
            1,
            new Action.Value("payments-db-pending", "uid-of-the-pending-one", ""),
            ""),
        new Action.Restart(
            new ObjectRef(Kind.Deployment, "payments"), Payments.JUDGED, "payments-db-v2"),
        new Action.Evict(ObjectRef.pod("payments-1"), Payments.JUDGED, Optional.empty()),
        new Action.Renew(
            ObjectRef.certificate("payments-tls"), Payments.JUDGED, 1, Instant.EPOCH, false),
        new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, false),
        new Action.UpdateCertificate(
            Payments.TLS,
            Payments.JUDGED,
            Payments.ISSUANCE,
            List.of(Field.DnsNames, Field.Duration),
            Set.of(Field.DnsNames, Field.Duration)),
        new Action.Remove(Payments.TLS, Payments.JUDGED, "it is no longer listed"),
        new Action.Adopt(Payments.DB, Payments.JUDGED, Optional.empty()),
        new Action.Release(Payments.DB, Payments.JUDGED, Payments.NO_MARKS),
        new Action.Acknowledge(
            Payments.DB, Payments.JUDGED, Handled.NONE, Optional.empty(), "nothing is pending"));
    assertThat(notes())
        .containsExactlyInAnyOrder(
            "Rotated Secret payments-db: Version 2 issued on request, after its hooks succeeded. The previous value stays valid until 2027-01-02T00:00:00Z.",
            "RolledBack Secret payments-db: Rolled back. The previous value is now version 3.",
            "HookStarted Secret payments-db: Job payments-db-v2-apply-1 started from CronJob alter-db-user.",
            "Restarted Deployment payments was restarted for the new version payments-db-v2.",
            "Evicted Pod payments-1 was evicted to read a new value.",
            "RenewalAsked Certificate payments-tls: Renewal requested from cert-manager.",
            "Ordered Certificate payments-tls was created. ClusterIssuer corp issues it into Secret payments-tls.",
            "Amended Certificate payments-tls: Updated from the spec: dnsNames, duration.",
            "Removed Certificate payments-tls was deleted, since it is no longer listed. cert-manager no longer renews it. Its Secret stays.",
            "Adopted Secret payments-db was adopted.",
            "Released Secret payments-db was released to its owner.",
            "Answered Secret payments-db: nothing is pending");
  }

  @Test
  void what_the_status_shows_anyway_is_no_event() throws InterruptedException {
    announce(
        new Action.Retire(Payments.DB, Payments.JUDGED),
        Payments.stage(Payments.RECIPE),
        new Action.Anchor(
            ObjectRef.anchorOf("payments-db", 2),
            Payments.DB,
            2,
            Optional.of("uid-of-the-account"),
            Payments.ADA),
        new Action.Remove(Payments.PENDING, Payments.STAGED, "proven"),
        new Action.SetOwner(Payments.DB, Payments.JUDGED, true),
        new Action.UpdateServiceAccount(ObjectRef.account("payments-api"), Payments.JUDGED, false),
        new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA),
        new Action.Relabel(Payments.DB, Payments.JUDGED, Payments.ADA),
        new Action.Unmark(Payments.DB, Payments.JUDGED));
    assertThat(notes()).isEmpty();
  }

  @Test
  void a_condition_that_turns_bad_is_told_once() throws InterruptedException {
    var missing = status(condition("OwnerAssigned", Truth.False, "OwnerMissing", "nobody"));
    recorder.changes(Payments.identity(), null, missing);
    recorder.changes(Payments.identity(), missing, missing);
    assertThat(notes()).containsExactly("OwnerMissing nobody");
    assertThat(reported().getFirst().path("type").asText()).isEqualTo("Warning");
  }

  @Test
  void consumers_that_are_left_behind_are_told_once_for_each_credential()
      throws InterruptedException {
    var hidden = condition("CredentialsFresh", Truth.False, "RotationBlocked", "of another");
    var shown = condition("CredentialsFresh", Truth.False, "ConsumersLeftBehind", "of this one");
    recorder.changes(Payments.identity(), status(hidden), left(hidden));
    recorder.changes(Payments.identity(), left(hidden), left(shown));
    assertThat(reported())
        .extracting(event -> event.path("reason").asText() + ": " + event.path("note").asText())
        .containsExactly(
            "ConsumersLeftBehind: Secret payments-db: still used by Deployment payments/web");
  }

  private static MachineIdentityStatus left(Condition condition) {
    var credential =
        new CredentialStatus(
            "payments-db",
            CredentialType.Generated,
            CredentialState.Restarting,
            2L,
            NOW,
            null,
            null,
            null,
            null,
            new Consumers(2, 1, 1),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "still used by Deployment payments/web");
    return new MachineIdentityStatus(
        3L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(credential),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(condition));
  }

  @Test
  void another_message_for_the_same_reason_is_no_news() throws InterruptedException {
    recorder.changes(
        Payments.identity(),
        status(condition("MembersLinked", Truth.False, "MemberMissing", "Secret a does not exist")),
        status(
            condition("MembersLinked", Truth.False, "MemberMissing", "Secret b does not exist")));
    assertThat(notes()).isEmpty();
  }

  @Test
  void another_reason_is_news() throws InterruptedException {
    recorder.changes(
        Payments.identity(),
        status(condition("OwnerAssigned", Truth.False, "OwnerMissing", "nobody")),
        status(condition("OwnerAssigned", Truth.False, "OwnerInvalid", "not at example.com")));
    assertThat(notes()).containsExactly("OwnerInvalid not at example.com");
  }

  @Test
  void each_warning_of_the_end_is_told() throws InterruptedException {
    var month = status(condition("Expiring", Truth.True, "ExpiresSoon", "in less than 720h"));
    var week = status(condition("Expiring", Truth.True, "ExpiresSoon", "in less than 168h"));
    recorder.changes(Payments.identity(), null, month);
    recorder.changes(Payments.identity(), month, month);
    recorder.changes(Payments.identity(), month, week);
    assertThat(notes())
        .containsExactlyInAnyOrder(
            "ExpiresSoon in less than 720h", "ExpiresSoon in less than 168h");
  }

  @Test
  void a_condition_that_is_good_or_only_waits_a_second_is_not_told() throws InterruptedException {
    recorder.changes(
        Payments.identity(),
        null,
        status(
            condition("Ready", Truth.False, "RotationDue", "m"),
            condition("Reconciling", Truth.True, "RotationDue", "m"),
            condition("OwnerAssigned", Truth.True, "OwnerSet", "m"),
            condition("CredentialsFresh", Truth.False, "RotationDue", "m"),
            condition("Expiring", Truth.False, "FarAway", "m")));
    assertThat(notes()).isEmpty();
  }

  @Test
  void the_way_back_is_told() throws InterruptedException {
    var bad = status(condition("Ready", Truth.False, "MemberMissing", "m"));
    var good = status(condition("Ready", Truth.True, "Compliant", "m"));
    recorder.changes(Payments.identity(), null, good);
    recorder.changes(Payments.identity(), bad, good);
    recorder.changes(Payments.identity(), good, good);
    assertThat(notes()).containsExactly("Ready The identity is Ready again.");
  }

  @Test
  void a_note_has_at_most_the_bytes_that_the_api_server_takes() throws InterruptedException {
    recorder.changes(
        Payments.identity(),
        null,
        status(condition("OwnerAssigned", Truth.False, "OwnerInvalid", "x" + "日本😀".repeat(400))));
    var note = reported().getFirst().path("note").asText();
    assertThat(note).startsWith("x日本").endsWith("…").doesNotContain("\uFFFD", "?");
    assertThat(note.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(900, 1024);
  }

  @Test
  void a_refused_event_stops_nothing() throws InterruptedException {
    api.refuses(403, "no events for you").echoes();
    announce(Payments.issue(), Payments.rotate());
    recorder.close();
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  @Timeout(120)
  void a_slow_api_server_holds_nothing_up_and_the_newest_are_dropped() throws InterruptedException {
    var mayAnswer = new CountDownLatch(1);
    IntStream.range(0, 2)
        .forEach(
            one ->
                api.then(
                    request -> {
                      awaited(mayAnswer);
                      return new FakeApi.Answer(201, request.body());
                    }));
    for (var event = 0; event < 2; event++) {
      announce(Payments.issue());
    }
    eventually("both writers are busy").until(() -> api.asked().size() == 2);

    for (var event = 0; event < 25_000; event++) {
      announce(Payments.issue());
    }
    assertThat(api.asked()).hasSize(2);
    // A namespace has 5,000 that wait; those of another one are not dropped for them.
    assertThat(recorder.dropped()).isEqualTo(20_000);
    var other = Payments.identity();
    other.getMetadata().setNamespace("shop");
    recorder.done(Payments.issue(), other);
    assertThat(recorder.dropped()).isEqualTo(20_000);
    mayAnswer.countDown();
  }

  private void announce(Action... done) {
    for (var action : done) {
      recorder.done(action, Payments.identity());
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /// What was told, once all of it was written.
  private List<JsonNode> reported() throws InterruptedException {
    recorder.close();
    return api.asked().stream().map(FakeApi.Asked::json).toList();
  }

  @Test
  void each_finding_about_behavior_is_one_event() throws InterruptedException {
    var first = finding(BehaviorFinding.NewPlace, NOW, null);
    var more = finding(BehaviorFinding.NewPlace, NOW, 2);
    var other = finding(BehaviorFinding.SecretsListed, NOW, null);
    var condition = condition("BehaviorChanged", Truth.True, "OddBehavior", "1 finding");
    recorder.changes(Payments.identity(), status(), behaved(condition, first));
    recorder.changes(Payments.identity(), behaved(condition, first), behaved(condition, first));
    recorder.changes(
        Payments.identity(), behaved(condition, first), behaved(condition, more, other));
    assertThat(notes())
        .containsExactlyInAnyOrder(
            "OddBehavior NewPlace of ServiceAccount payments-api at " + NOW + ". First request.",
            "OddBehavior NewPlace of ServiceAccount payments-api at " + NOW + ". First request.",
            "OddBehavior SecretsListed of ServiceAccount payments-api at "
                + NOW
                + ". First request.");
  }

  @Test
  void a_finding_after_a_review_is_another_event() throws InterruptedException {
    var condition = condition("BehaviorChanged", Truth.True, "OddBehavior", "1 finding");
    recorder.changes(
        Payments.identity(),
        behaved(condition, finding(BehaviorFinding.NewPlace, NOW, 3)),
        behaved(condition, finding(BehaviorFinding.NewPlace, NOW.plusSeconds(60), null)));
    assertThat(notes()).hasSize(1);
  }

  @Test
  void a_finding_that_goes_on_is_no_other_event() throws InterruptedException {
    var condition = condition("BehaviorChanged", Truth.True, "OddBehavior", "1 finding");
    var before = finding(BehaviorFinding.UsedWhileSuspended, NOW, null);
    var after =
        new OddFinding(
            BehaviorFinding.UsedWhileSuspended,
            "payments-api",
            NOW,
            NOW.plusSeconds(3600),
            null,
            null,
            null,
            null,
            "Used again.");
    recorder.changes(Payments.identity(), behaved(condition, before), behaved(condition, after));
    assertThat(notes()).isEmpty();
  }

  private static OddFinding finding(BehaviorFinding type, Instant first, @Nullable Integer count) {
    return new OddFinding(
        type, "payments-api", first, first, count, null, null, null, "First request.");
  }

  private static MachineIdentityStatus behaved(Condition condition, OddFinding... findings) {
    return new MachineIdentityStatus(
        3L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new BehaviorStatus(List.of(findings), null, null),
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(condition));
  }

  private List<String> notes() throws InterruptedException {
    return reported().stream()
        .map(event -> event.path("reason").asText() + " " + event.path("note").asText())
        .toList();
  }

  private static Condition condition(String type, Truth status, String reason, String message) {
    return new Condition(type, status, 3L, NOW, reason, message);
  }

  private static MachineIdentityStatus status(Condition... conditions) {
    return new MachineIdentityStatus(
        3L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(conditions));
  }
}
