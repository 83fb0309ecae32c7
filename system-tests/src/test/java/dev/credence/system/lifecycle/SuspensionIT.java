// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.lifecycle;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.CommandLine;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An identity goes out of service and comes back, on a real API server: by the tokens and the
/// writes of its account, and not only by what its status says.
@OnCluster
class SuspensionIT {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private static LocalCluster cluster;
  private static TestNamespace neverSuspended;

  /// Of all tests, since its start takes seconds; absent after a test without an operator.
  private static @Nullable OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared, TestNamespace namespace) {
    cluster = shared;
    neverSuspended = namespace;
  }

  @BeforeEach
  void startOperator() {
    if (operator == null) {
      operator =
          OperatorProcess.on(cluster).with("CREDENCE_NEVER_SUSPEND", neverSuspended.name()).start();
    }
  }

  @AfterAll
  static void stopOperator() {
    if (operator != null) {
      operator.close();
      operator = null;
    }
  }

  @Test
  void what_was_accepted_is_refused_and_accepted_again(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    var legacy = crm.token("crm-legacy");
    var bound = crm.token("crm-ci");
    assertThat(crm.answer(legacy)).isEmpty();
    assertThat(crm.answer(bound)).isEmpty();
    crm.requestToken();

    var begun = Instant.now();
    crm.suspend();
    // Whichever comes first: denied by name, or not known any more.
    within(AT_MOST, "writes are refused").until(() -> crm.answer(legacy).isPresent());
    var writes = Duration.between(begun, Instant.now());
    within(AT_MOST, "the hand-made token is refused").until(() -> !crm.isKnown(legacy));
    within(AT_MOST, "the token that we made is refused").until(() -> !crm.isKnown(bound));
    var tokens = Duration.between(begun, Instant.now());
    assertThat(tokens).isLessThan(AT_MOST);
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> crm.requestToken())
        .withMessageContaining("is suspended and gets no new token: MachineIdentity crm");
    eventually("the status says so")
        .until(() -> scene.status("crm").state() == LifeState.Suspended);
    assertThat(scene.status("crm").suspension().inForce())
        .containsExactly(Measure.TokensInvalidated, Measure.WritesDenied, Measure.NoNewTokens);
    assertThat(scene.result("crm", "Suspended")).isEqualTo("True Requested");
    assertThat(scene.status("crm").history().getLast().to()).isEqualTo(LifeState.Suspended);

    var resumed = Instant.now();
    crm.resume();
    within(AT_MOST, "the hand-made token writes again").until(() -> crm.answer(legacy).isEmpty());
    var again = Duration.between(resumed, Instant.now());
    scene.awaitVersion("crm-ci", 2);
    within(AT_MOST, "there is a new token").until(() -> crm.answer(crm.token("crm-ci")).isEmpty());
    assertThat(crm.isKnown(bound)).as("the one that was ended stays so").isFalse();
    assertThat(crm.isListed()).isFalse();
    assertThat(Scene.label(scene.secret("crm-legacy"), Api.INVALID_SINCE)).isEmpty();
    assertThat(Scene.annotation(scene.secret("crm-legacy"), Api.SUSPENDED)).isEmpty();
    scene.awaitReady("crm");
    System.out.printf(
        "Suspension: writes refused after %d ms, all tokens after %d ms; accepted again after %d ms%n",
        writes.toMillis(), tokens.toMillis(), again.toMillis());
  }

  @Test
  void the_message_names_who_is_suspended_and_why(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    // The API server believes this token for ten more seconds: its writes are denied by name.
    var legacy = crm.token("crm-legacy");
    assertThat(crm.isKnown(legacy)).isTrue();
    crm.suspend();
    within(AT_MOST, "writes are denied").until(() -> crm.isDenied(legacy));
    assertThat(crm.answer(legacy).orElseThrow())
        .contains("crm-sync is suspended: MachineIdentity crm ");
    scene.await("crm", "Suspended", "True Requested");
    assertThat(scene.message("crm", "Suspended")).contains("INC-7");
  }

  @Test
  void asked_for_twice_it_lasts_until_both_are_taken_back(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    scene.patch(
        scene.identity("crm"),
        "{metadata: {annotations: {credence.dev/suspend: INC-7}}, spec: {state: Suspended}}");
    scene.await("crm", "Suspended", "True Requested");
    var since = scene.status("crm").suspension().startTime();
    crm.resume();
    eventually("the other reason is given")
        .until(() -> scene.message("crm", "Suspended").contains("`spec.state`"));
    assertThat(scene.status("crm").suspension().startTime()).isEqualTo(since);
    assertThat(crm.isListed()).isTrue();
    scene.patch(scene.identity("crm"), "{spec: {state: Active}}");
    scene.await("crm", "Suspended", "absent");
    assertThat(crm.isListed()).isFalse();
  }

  @Test
  void it_may_be_asked_for_while_the_operator_is_away(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    var legacy = crm.token("crm-legacy");
    stopOperator();
    crm.suspend();
    assertThat(crm.answer(legacy)).isEmpty();
    startOperator();
    within(AT_MOST, "the hand-made token is refused").until(() -> !crm.isKnown(legacy));
    scene.await("crm", "Suspended", "True Requested");
    stopOperator();
    // It needs no operator to last, and one that comes back finds nothing to do.
    assertThat(crm.answer(legacy)).isPresent();
    scene.identity("crm").delete();
    assertThat(crm.answer(legacy)).isPresent();
    startOperator();
    within(AT_MOST, "nobody is frozen for an identity that is gone")
        .until(() -> !crm.isListed() && crm.answer(legacy).isEmpty());
  }

  @Test
  void deleting_a_suspended_identity_leaves_nobody_frozen(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    crm.suspend();
    var legacy = crm.token("crm-legacy");
    within(AT_MOST, "the hand-made token is refused").until(() -> !crm.isKnown(legacy));
    scene.identity("crm").delete();
    within(AT_MOST, "it writes again").until(() -> !crm.isListed() && crm.answer(legacy).isEmpty());
  }

  @Test
  void nobody_takes_an_account_out_of_its_suspension(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    var legacy = crm.token("crm-legacy");
    scene.annotate(scene.identity("crm"), Api.COMPROMISED, "INC-7");
    within(AT_MOST, "the hand-made token is refused").until(() -> !crm.isKnown(legacy));
    scene.await("crm", "Suspended", "True Compromised");

    scene.identity(
        "mine",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: mine-ci, token: {serviceAccountName: crm-sync}}]");
    scene.await("mine", "Ready", "False ClaimedWhileSuspended");
    scene.patch(scene.identity("crm"), "{spec: {serviceAccounts: [], secrets: []}}");
    eventually("the account left the spec")
        .until(
            () ->
                scene
                    .message("crm", "MembersLinked")
                    .contains("crm-sync is no longer a member and stays suspended"));
    assertThat(crm.isListed()).isTrue();

    scene.identity("crm").delete();
    eventually("its end is told")
        .until(
            () ->
                scene.events("crm").stream()
                    .anyMatch(event -> event.contains("DeletedWhileSuspended")));
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.await("crm", "Ready", "False ClaimedWhileSuspended");
    assertThat(crm.isListed()).isTrue();
    assertThat(crm.isKnown(legacy)).isFalse();
    assertThat(scene.secret("mine-ci").get()).isNull();

    release("--account", scene.namespace() + "/crm-sync");
    within(AT_MOST, "the older of the two has it").until(() -> !crm.isListed());
    eventually("one of them has the account")
        .until(
            () ->
                Stream.of("crm", "mine")
                    .anyMatch(name -> scene.result(name, "MembersLinked").equals("True Linked")));
  }

  /// Who has the verb `mark`, as an administrator does, may delete the Secret of an ended token.
  @Test
  void a_secret_in_the_place_of_an_ended_token_is_told_of(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    crm.suspend();
    scene.await("crm", "Suspended", "True Requested");
    within(AT_MOST, "its token is ended")
        .until(() -> !Scene.label(scene.secret("crm-legacy"), Api.INVALID_SINCE).isEmpty());

    scene.secret("crm-legacy").delete();
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-legacy}}");
    scene.await("crm", "Suspended", "True NotEnforced");
    assertThat(scene.status("crm").suspension().inForce())
        .containsExactly(Measure.WritesDenied, Measure.NoNewTokens);
    assertThat(scene.status("crm").suspension().notCovered())
        .anyMatch(stated -> stated.startsWith("Secret crm-legacy is not the one whose token"));
    assertThat(Scene.label(scene.secret("crm-legacy"), Api.INVALID_SINCE)).isEmpty();

    scene.secret("crm-legacy").delete();
    scene.await("crm", "Suspended", "True Requested");
  }

  @Test
  void a_token_that_another_identity_asked_for_ends_with_the_account(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    var bound = crm.token("crm-ci");
    // The account moves to another identity, and the token of the first one stays.
    scene.patch(scene.identity("crm"), "{spec: {secrets: []}}");
    scene.patch(scene.identity("crm"), "{spec: {serviceAccounts: []}}");
    scene.identity("other", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.await("other", "MembersLinked", "True Linked");
    assertThat(crm.isKnown(bound)).isTrue();
    scene.annotate(scene.identity("other"), Api.SUSPEND, "INC-7");
    within(AT_MOST, "the token of the first one is refused").until(() -> !crm.isKnown(bound));
  }

  @Test
  void an_operator_that_is_gone_for_good_leaves_nobody_frozen(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.awaitReady("crm");
    var legacy = crm.token("crm-legacy");
    crm.suspend();
    scene.await("crm", "Suspended", "True Requested");
    stopOperator();
    assertThat(release().out()).contains(scene.namespace() + "/crm-legacy");
    assertThat(crm.isListed()).isFalse();
    within(AT_MOST, "it writes again").until(() -> crm.answer(legacy).isEmpty());
  }

  @Test
  void what_is_never_suspended_is_not() {
    var system = new Scene(cluster.client(), "kube-system");
    try {
      var crm = Crm.in(neverSuspended);
      var scene = crm.scene();
      crm.suspend();
      var own = new Scene(cluster.client(), LocalCluster.NAMESPACE);
      own.identity(
          "itself",
          OWNER + ", state: Suspended, serviceAccounts: [{name: " + LocalCluster.ACCOUNT + "}]");
      system.identity("crm", OWNER + ", state: Suspended, serviceAccounts: [{name: default}]");
      for (var one : List.of(scene, system)) {
        eventually("it says that it is not")
            .until(() -> one.message("crm", "Suspended").startsWith("Not suspended, although"));
      }
      eventually("the operator does not suspend itself")
          .until(() -> own.message("itself", "Suspended").startsWith("Not suspended, although"));
      assertThat(crm.list().keySet())
          .noneMatch(
              key ->
                  Stream.of(
                          "kube-system.", LocalCluster.NAMESPACE + ".", neverSuspended.name() + ".")
                      .anyMatch(key::startsWith));
      assertThat(crm.answer(crm.token("crm-legacy"))).isEmpty();
    } finally {
      system.identity("crm").delete();
      new Scene(cluster.client(), LocalCluster.NAMESPACE).identity("itself").delete();
    }
  }

  @Test
  void a_policy_suspends_no_more_than_it_may(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var past = Instant.now().minusSeconds(60);
    IntStream.range(0, 6)
        .forEach(
            number -> scene.identity("app-" + number, OWNER + ", expirationTime: '" + past + "'"));
    try (var policy = scene.policy(suspending(2))) {
      eventually("two are suspended, and the others say when")
          .untilAsserted(
              () -> {
                assertThat(stated(scene)).filteredOn(SuspensionIT::isExpired).hasSize(2);
                assertThat(stated(scene)).filteredOn(SuspensionIT::isWaiting).hasSize(4);
              });
      assertThat(stated(scene))
          .filteredOn(SuspensionIT::isWaiting)
          .allMatch(text -> text.contains("the next at "));
      // The next one remembers, and counts on.
      stopOperator();
      startOperator();
      Scene.stays(Duration.ofSeconds(3), "no more of them", () -> expired(scene) == 2);
      policy.replace(suspending(3));
      eventually("one more is").until(() -> expired(scene) == 3);
      Scene.stays(Duration.ofSeconds(3), "no more of them", () -> expired(scene) == 3);
    }
  }

  private static Program.End release(String... options) {
    var words = Stream.concat(Stream.of("release"), Stream.of(options)).toArray(String[]::new);
    var end = new CommandLine(cluster).inProcess(words);
    assertThat(end.code()).as(end.err()).isZero();
    return end;
  }

  private static String suspending(int most) {
    return "enforcement: Enforce, lifetime: {onExpiry: Suspend}, safety: {maxSuspensionsPerHour: "
        + most
        + "}";
  }

  private static long expired(Scene scene) {
    return stated(scene).stream().filter(SuspensionIT::isExpired).count();
  }

  private static List<String> stated(Scene scene) {
    return IntStream.range(0, 6)
        .mapToObj(number -> "app-" + number)
        .map(name -> scene.result(name, "Suspended") + ": " + scene.message(name, "Suspended"))
        .toList();
  }

  private static boolean isExpired(String stated) {
    return stated.startsWith("True Expired");
  }

  private static boolean isWaiting(String stated) {
    return stated.startsWith("False SuspensionQueued: Waiting for suspension");
  }

  @Test
  void a_decommissioned_identity_is_taken_apart_and_stays_as_evidence(TestNamespace namespace) {
    var crm = Crm.in(namespace);
    var scene = crm.scene();
    scene.createHook("revoke");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    scene.patch(
        scene.identity("crm"),
        """
        {spec: {serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}],
         secrets: [{name: crm-smtp}, {name: crm-ci, token: {serviceAccountName: crm-sync}},
           {name: crm-db, generate: {keys: [{name: password, password: {}}]}, hooks: {revoke: {cronJobName: revoke}}}]}}
        """);
    scene.awaitVersion("crm-db", 1);
    scene.awaitReady("crm");
    var legacy = crm.token("crm-legacy");

    scene.patch(scene.identity("crm"), "{spec: {state: Decommissioned}}");
    eventually("what was made is gone")
        .until(
            () ->
                scene.secret("crm-db").get() == null
                    && scene.secret("crm-ci").get() == null
                    && scene.account("crm-report").get() == null
                    && scene.jobs().isEmpty());
    assertThat(scene.events("crm")).anyMatch(event -> event.contains("HookStarted"));
    eventually("what was not is there without our marks")
        .until(
            () ->
                scene.isUnmarked(scene.secret("crm-smtp"))
                    && scene.isUnmarked(scene.account("crm-sync")));
    within(AT_MOST, "its account can do nothing").until(() -> !crm.isKnown(legacy));
    eventually("the rest is listed")
        .until(
            () ->
                scene.status("crm").suspension().notCovered().stream()
                        .anyMatch(left -> left.startsWith("RoleBinding"))
                    && scene.result("crm", "Ready").equals("True Compliant"));
    assertThat(scene.status("crm").state()).isEqualTo(LifeState.Decommissioned);
    assertThat(scene.status("crm").suspension().notCovered())
        .anyMatch(left -> left.startsWith("ServiceAccount crm-sync stays"))
        .anyMatch(left -> left.startsWith("Secret crm-smtp stays"));
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> scene.patch(scene.identity("crm"), "{spec: {state: Active}}"))
        .withMessageContaining("`state` Decommissioned is final");
  }
}
