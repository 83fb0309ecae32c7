// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What holds for every provider that generates the value itself.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class IssueContract {
  private static final int ROTATIONS = 10;

  private ApiServer apiServer;

  abstract String system();

  abstract Stub provider();

  /// Settings of a credential of its own, by the UID of its identity.
  abstract Map<String, String> settings(String uid);

  abstract Map<String, String> admin();

  /// An administrator that the provider does not know.
  abstract Map<String, String> wrongAdmin();

  /// The key with the value, and the one with its ID.
  abstract String key();

  abstract String idKey();

  /// Whether a value opens the provider, by a client that is not the hook's.
  abstract boolean opens(Map<String, String> value) throws Exception;

  /// Ends a value behind Credence's back.
  abstract void overwrite(Map<String, String> value) throws Exception;

  /// How many values of the identity are valid at the provider.
  abstract int valid(String uid);

  /// The provider reports later that values were used.
  void forgetUse() {}

  /// Whether a new value opens the provider before `verify` waited for it.
  boolean isAcceptedAtOnce() {
    return true;
  }

  /// Whether the provider tells what an attempt left that was cut off.
  boolean isListed() {
    return true;
  }

  /// Nothing is left at the provider but so many values.
  private void assertValid(Issued issued, int values, String when) {
    if (isListed()) {
      assertThat(valid(issued.uid)).as(when).isEqualTo(values);
    }
  }

  /// A credential with its API server.
  final class Issued implements AutoCloseable {
    final String uid = UUID.randomUUID().toString();
    final Credential credential;

    Issued(Map<String, String> more) {
      var settings = new HashMap<>(apiServer.settings());
      settings.put("HOOK_HOST", "127.0.0.1");
      settings.put("HOOK_PORT", String.valueOf(provider().port()));
      settings.put("HOOK_TLS", "off");
      settings.put("CREDENCE_NAMESPACE", "sales");
      settings.put("CREDENCE_IDENTITY_UID", uid);
      settings.put("CREDENCE_ISSUED_KEYS", key() + "," + idKey());
      settings.put("CREDENCE_ISSUED_ID_KEYS", idKey());
      settings.putAll(settings(uid));
      settings.putAll(more);
      credential = new Credential(system(), settings, admin(), _ -> Map.of());
      // The mounted Secret, before its first version.
      credential.retire();
    }

    void admit() {
      apiServer.admit(Set.of(key(), idKey()));
    }

    /// The hook, and what the operator then finds in the pending Secret.
    void issue() {
      admit();
      credential.succeeds(Step.issue);
      take();
    }

    void take() {
      assertThat(apiServer.data()).containsOnlyKeys(key(), idKey());
      credential.fill(apiServer.data(), idKey());
    }

    void rotate() {
      credential.stage();
      issue();
      credential.succeeds(Step.verify);
      credential.switchOver();
    }

    int valid() {
      return IssueContract.this.valid(uid);
    }

    @Override
    public void close() throws IOException {
      assertCanaries(credential);
      credential.close();
    }
  }

  /// The API server refuses the write that it has admitted by a dry run.
  void refuseOnce() {
    apiServer.refuseOnce(() -> {});
  }

  @BeforeAll
  void startApiServer() throws Exception {
    apiServer = new ApiServer(Certificates.create());
  }

  @AfterAll
  void stopApiServer() {
    apiServer.close();
  }

  @Test
  void ten_rotations_fail_no_login() throws Exception {
    try (var issued = new Issued(Map.of())) {
      var credential = issued.credential;
      issued.rotate();
      try (var consumers = new Consumers(credential, this::opens)) {
        for (var rotation = 0; rotation < ROTATIONS; rotation++) {
          issued.rotate();
          var before = consumers.logins();
          consumers.restart();
          eventually("consumers go on").until(() -> consumers.logins() > before + 2);
          var previous = credential.previous();
          credential.finish();
          assertThat(opens(previous)).as("the previous value").isFalse();
          assertValid(issued, 1, "after a rotation");
        }
        assertThat(consumers.failures()).isEmpty();
        assertThat(consumers.logins()).isGreaterThan(2 * ROTATIONS);
      }
    }
  }

  @Test
  void each_step_may_run_twice() throws Exception {
    try (var issued = new Issued(Map.of())) {
      var credential = issued.credential;
      issued.rotate();
      credential.stage();
      issued.issue();
      var replaced = credential.pending();
      issued.issue();
      assertThat(opens(replaced)).as("issued by an attempt that failed").isEqualTo(!isListed());
      credential.succeeds(Step.verify);
      credential.succeeds(Step.verify);
      credential.switchOver();
      assertValid(issued, 2, "in the overlap");
      credential.succeeds(Step.revoke);
      credential.succeeds(Step.revoke);
      assertThat(opens(credential.previous())).isFalse();
      assertThat(opens(credential.current())).isTrue();
      credential.retire();
      credential.succeeds(Step.revoke);
      credential.succeeds(Step.revoke);
      assertValid(issued, 0, "at the end");
      credential.fails(Step.probe, Kind.Rejected);
    }
  }

  @Test
  void a_second_writer_is_noticed_by_one_probe() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.succeeds(Step.probe);
      overwrite(issued.credential.current());
      assertThat(issued.credential.fails(Step.probe, Kind.Rejected).line())
          .contains("of version 1");
    }
  }

  @Test
  void a_hook_that_is_killed_at_any_message_leaves_nothing() throws Exception {
    for (var place : Place.values()) {
      try (var issued = new Issued(Map.of())) {
        issued.rotate();
        for (var at = 0; !cutsAll(issued, at, place); at++) {
          assertThat(at).as("messages of a step").isLessThan(100);
        }
      }
    }
  }

  /// One rotation, each step cut at a message. Returns true once no step has so many messages.
  private boolean cutsAll(Issued issued, int at, Place place) throws Exception {
    var credential = issued.credential;
    credential.stage();
    issued.admit();
    var reached = isCut(credential, Step.issue, provider().port(), at, place);
    assertThat(opens(credential.current())).as("current, issue cut at " + at).isTrue();
    issued.issue();
    assertValid(issued, 2, "issue cut at " + at);
    reached |= isCut(credential, Step.verify, provider().port(), at, place);
    credential.succeeds(Step.verify);
    credential.switchOver();
    reached |= isCut(credential, Step.revoke, provider().port(), at, place);
    assertThat(opens(credential.current())).as("current, revoke cut at " + at).isTrue();
    credential.succeeds(Step.revoke);
    credential.retire();
    assertThat(opens(credential.current())).as("revoke cut at " + at).isTrue();
    assertValid(issued, 1, "revoke cut at " + at);
    return !reached;
  }

  private boolean isCut(Credential credential, Step step, int port, int at, Place place) {
    try (var cut = new Cut(port, at, place)) {
      credential.run(step, Map.of("HOOK_PORT", String.valueOf(cut.port()), "HOOK_TIMEOUT", "1"));
      return cut.messages() > at;
    }
  }

  /// An attempt that is cut at a message to the API server, and the next one. Returns true once
  /// there are not so many messages.
  boolean cutsApiServer(Issued issued, int at, Place place) throws Exception {
    issued.admit();
    var isReached = false;
    try (var cut = new Cut(apiServer.port(), at, place)) {
      var settings =
          Map.of("KUBERNETES_SERVICE_PORT", String.valueOf(cut.port()), "HOOK_TIMEOUT", "1");
      issued.credential.run(Step.issue, settings);
      isReached = cut.messages() > at;
    }
    issued.issue();
    assertThat(issued.valid()).as("cut at " + at).isEqualTo(1);
    return !isReached;
  }

  @Test
  void nothing_is_issued_before_the_pod_is_admitted() throws Exception {
    try (var issued = new Issued(Map.of("HOOK_ADMISSION_TIMEOUT", "1"))) {
      issued.credential.stage();
      var before = provider().log().size();
      apiServer.close(Set.of(key(), idKey()));
      assertThat(issued.credential.fails(Step.issue, Kind.Failed).line())
          .contains("does not let this pod write", "issued.credence.dev");
      apiServer.permit(false);
      assertThat(issued.credential.fails(Step.issue, Kind.Denied).line())
          .contains("the verb patch on the Secret crm-db-pending");
      apiServer.permit(true);
      assertThat(provider().log()).hasSize(before);
    }
  }

  @Test
  void what_cannot_be_written_is_discarded() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      issued.admit();
      refuseOnce();
      issued.credential.fails(Step.issue, Kind.Failed);
      assertThat(issued.valid()).isZero();
      assertThat(apiServer.data()).isEmpty();
    }
  }

  /// The hook can neither write nor discard: as if it were killed before its write.
  @Test
  void what_a_killed_hook_issued_is_deleted_by_the_next_attempt() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.stage();
      issued.admit();
      apiServer.refuseOnce(() -> provider().setOffline(true));
      issued.credential.fails(Step.issue, Kind.Failed);
      provider().setOffline(false);
      assertValid(issued, 2, "the current one and what is left");
      issued.issue();
      assertValid(issued, 2, "the current one and the next one");
      assertThat(opens(issued.credential.current())).isTrue();
      assertThat(opens(issued.credential.pending())).isEqualTo(isAcceptedAtOnce());
    }
  }

  @Test
  void an_api_server_that_is_overloaded_is_asked_again() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      apiServer.fail(1);
      issued.issue();
      assertValid(issued, 1, "after an attempt");
    }
  }

  @Test
  void a_value_that_was_never_written_is_revoked_by_its_tag() throws Exception {
    assumeThat(isListed()).isTrue();
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.stage();
      issued.issue();
      var lost = issued.credential.pending();
      issued.credential.fill(Map.of(), idKey());
      forgetUse();
      for (var attempt = 1; attempt <= 2; attempt++) {
        var ended = issued.credential.revokePending();
        assertThat(ended.status()).as(ended.line()).isZero();
        assertThat(opens(lost)).isFalse();
        assertThat(opens(issued.credential.current())).isTrue();
        assertThat(issued.valid()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_value_that_was_never_active_is_revoked_by_its_id() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.stage();
      issued.issue();
      issued.credential.succeeds(Step.verify);
      forgetUse();
      for (var attempt = 1; attempt <= 2; attempt++) {
        var ended = issued.credential.revokePending();
        assertThat(ended.status()).as(ended.line()).isZero();
        assertThat(opens(issued.credential.pending())).isFalse();
        assertThat(opens(issued.credential.current())).isTrue();
        assertValid(issued, 1, "after the revocation");
      }
    }
  }

  @Test
  void without_the_mounted_secret_nothing_is_deleted() throws Exception {
    assumeThat(isListed()).isTrue();
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.stage();
      issued.admit();
      var ended = issued.credential.run(Step.issue, Map.of("HOOK_CREDENTIAL_DIR", "/nonexistent"));
      assertThat(ended.status()).isEqualTo(Kind.Usage.exitCode());
      assertThat(ended.line()).contains("Mount the Secret crm-db at /nonexistent/crm-db");
      assertThat(issued.valid()).isEqualTo(1);
    }
  }

  @Test
  void a_server_that_is_not_there_is_unavailable() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      issued.admit();
      var ended = issued.credential.run(Step.issue, Map.of("HOOK_PORT", "1", "HOOK_TIMEOUT", "2"));
      assertThat(ended.status()).as(ended.line()).isEqualTo(Kind.Unavailable.exitCode());
    }
  }

  @Test
  void a_rejected_administrator_is_named_with_its_secret() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      issued.admit();
      issued.credential.setAdmin(wrongAdmin());
      assertThat(issued.credential.fails(Step.issue, Kind.Denied).line())
          .contains("the administrative account", "Correct the Secret in");
    }
  }

  @Test
  void a_host_that_is_not_this_machine_requires_tls() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      issued.admit();
      var ended = issued.credential.run(Step.issue, Map.of("HOOK_HOST", "localhost"));
      assertThat(ended.status()).isEqualTo(Kind.Usage.exitCode());
      assertThat(ended.line()).contains("HOOK_TLS must be verify");
    }
  }

  /// No value in anything that a hook printed, and in no URL.
  private void assertCanaries(Credential credential) {
    var secrets = new HashSet<>(credential.values());
    secrets.addAll(admin().values());
    secrets.add(apiServer.token());
    var texts = new HashMap<String, List<String>>();
    texts.put("hooks", List.of(credential.printed()));
    texts.put("provider", provider().log());
    texts.put("API server", apiServer.log());
    for (var secret : secrets) {
      texts.forEach(
          (name, lines) -> assertThat(lines).as(name).noneMatch(line -> line.contains(secret)));
    }
  }
}
