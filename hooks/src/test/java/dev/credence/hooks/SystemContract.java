// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What holds for every system, on a real server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SystemContract {
  private static final int ROTATIONS = 10;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  protected abstract String system();

  protected abstract int port();

  protected abstract Map<String, String> settings();

  protected abstract Map<String, String> admin();

  /// Creates what must exist before the first hook, and tells the names of the accounts in turn.
  protected abstract List<String> accounts(String name) throws Exception;

  /// Whether a value opens the system, by a client that is not the hook's.
  protected abstract boolean opens(Map<String, String> value) throws Exception;

  /// Replaces the credential of an account behind Credence's back.
  protected abstract void overwrite(Map<String, String> value) throws Exception;

  /// Files in which the server logs.
  protected abstract List<Path> logs();

  /// The generated keys of a version.
  protected Map<String, String> generated() {
    return Map.of("password", "canary-" + UUID.randomUUID());
  }

  /// Whether the system, as it is set up here, can lock accounts.
  protected boolean canLock() {
    return true;
  }

  /// Every how many messages a step is cut.
  protected int stride() {
    return 1;
  }

  protected Credential credential() throws Exception {
    return credential(Map.of());
  }

  protected Credential credential(Map<String, String> more) throws Exception {
    return credential(accounts("crm" + NUMBER.incrementAndGet()), more);
  }

  protected Credential credential(List<String> names, Map<String, String> more) {
    return credential(names, more, _ -> generated());
  }

  /// With what is generated for each version.
  protected Credential credential(
      List<String> names, Map<String, String> more, LongFunction<Map<String, String>> generate) {
    var settings = new HashMap<String, String>();
    settings.put("HOOK_HOST", "127.0.0.1");
    settings.put("HOOK_PORT", String.valueOf(port()));
    settings.put("HOOK_TLS", "off");
    settings.putAll(settings());
    settings.putAll(more);
    return new Credential(
        system(),
        settings,
        admin(),
        version -> {
          var value = new HashMap<>(generate.apply(version));
          value.put("username", names.get((int) (version % names.size())));
          return value;
        });
  }

  @Test
  void ten_rotations_fail_no_login() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      try (var consumers = new Consumers(credential, this::opens)) {
        for (var rotation = 0; rotation < ROTATIONS; rotation++) {
          credential.rotate();
          var before = consumers.logins();
          consumers.restart();
          eventually("consumers go on").until(() -> consumers.logins() > before + 2);
          var previous = credential.previous();
          credential.finish();
          assertThat(opens(previous)).as("the previous value").isFalse();
        }
        assertThat(consumers.failures()).isEmpty();
        assertThat(consumers.logins()).isGreaterThan(2 * ROTATIONS);
      }
      assertCanaries(credential);
    }
  }

  @Test
  void each_step_may_run_twice() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.succeeds(Step.apply);
      credential.succeeds(Step.apply);
      credential.succeeds(Step.verify);
      credential.succeeds(Step.verify);
      assertThat(opens(credential.current())).isTrue();
      credential.switchOver();
      credential.succeeds(Step.revoke);
      credential.succeeds(Step.revoke);
      assertThat(opens(credential.previous())).isFalse();
      assertThat(opens(credential.current())).isTrue();
      credential.retire();
      credential.succeeds(Step.revoke);
      credential.succeeds(Step.revoke);
      assertThat(opens(credential.current())).isFalse();
      credential.fails(Step.probe, Kind.Rejected);
    }
  }

  @Test
  void a_suspended_account_is_locked_until_it_is_resumed() throws Exception {
    assumeTrue(canLock());
    try (var credential = credential()) {
      credential.rotate();
      credential.rotate();
      credential.each(Step.suspend);
      credential.each(Step.suspend);
      assertThat(opens(credential.current())).isFalse();
      assertThat(opens(credential.previous())).isFalse();
      credential.fails(Step.probe, Kind.Rejected);
      credential.each(Step.resume);
      credential.each(Step.resume);
      assertThat(opens(credential.current())).isTrue();
      assertThat(opens(credential.previous())).isTrue();
      credential.succeeds(Step.probe);
    }
  }

  @Test
  void an_apply_and_a_revocation_leave_a_locked_account_locked() throws Exception {
    assumeTrue(canLock());
    try (var credential = credential()) {
      credential.rotate();
      credential.each(Step.suspend);
      credential.run(Step.apply, Map.of("CREDENCE_VALUE_SECRET", "crm-db"));
      assertThat(opens(credential.current())).isFalse();
      credential.succeeds(Step.revoke);
      credential.each(Step.resume);
      assertThat(opens(credential.current())).isFalse();
    }
  }

  @Test
  void a_second_writer_is_noticed_by_one_probe() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.succeeds(Step.probe);
      overwrite(credential.current());
      assertThat(credential.fails(Step.probe, Kind.Rejected).line())
          .contains("rejects the login of")
          // The part before what a system writes in its own way.
          .contains(credential.current().get("username").split("[^a-z0-9_]", -1)[0]);
    }
  }

  @Test
  void a_hook_that_is_killed_at_any_message_converges() throws Exception {
    for (var place : Place.values()) {
      try (var credential = credential()) {
        credential.rotate();
        for (var at = place == Place.BEFORE ? 0 : 1;
            !cutsAll(credential, at, place);
            at += stride()) {
          assertThat(at).as("messages of a step").isLessThan(200);
        }
        assertCanaries(credential);
      }
    }
  }

  /// One rotation and one suspension, each step cut at a message. Returns true once no step has so
  /// many messages.
  private boolean cutsAll(Credential credential, int at, Place place) throws Exception {
    credential.stage();
    var reached = isCut(credential, Step.apply, at, place);
    assertThat(opens(credential.current())).as("current, apply cut at " + at).isTrue();
    credential.succeeds(Step.apply);
    credential.succeeds(Step.verify);
    credential.switchOver();
    reached |= canLock() && isLockCut(credential, at, place);
    reached |= isCut(credential, Step.revoke, at, place);
    assertThat(opens(credential.current())).as("current, revoke cut at " + at).isTrue();
    credential.succeeds(Step.revoke);
    assertThat(opens(credential.previous())).as("revoke cut at " + at).isFalse();
    assertThat(opens(credential.current())).isTrue();
    credential.retire();
    return !reached;
  }

  private boolean isLockCut(Credential credential, int at, Place place) throws Exception {
    var reached = isCut(credential, Step.suspend, at, place);
    credential.each(Step.suspend);
    assertThat(opens(credential.current())).as("suspend cut at " + at).isFalse();
    reached |= isCut(credential, Step.resume, at, place);
    credential.each(Step.resume);
    assertThat(opens(credential.current())).as("resume cut at " + at).isTrue();
    return reached;
  }

  /// The settings of a connection through another port.
  protected Map<String, String> through(int port) throws IOException {
    return Map.of("HOOK_PORT", String.valueOf(port), "HOOK_TIMEOUT", "5");
  }

  protected Cut cut(int at, Place place) {
    return new Cut(port(), at, place);
  }

  private boolean isCut(Credential credential, Step step, int at, Place place) throws IOException {
    try (var cut = cut(at, place)) {
      credential.run(step, through(cut.port()));
      return cut.messages() > at;
    } finally {
      // What ends the hook may come after its end.
      Thread.interrupted();
    }
  }

  @Test
  void a_server_that_is_not_there_is_unavailable() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      var ended = credential.run(Step.apply, Map.of("HOOK_PORT", "1", "HOOK_TIMEOUT", "2"));
      assertThat(ended.status()).as(ended.line()).isEqualTo(Kind.Unavailable.exitCode());
    }
  }

  @Test
  void a_rejected_administrator_is_named_with_its_secret() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      var wrong = new HashMap<>(admin());
      wrong.putAll(wrongAdmin());
      credential.setAdmin(wrong);
      assertThat(credential.fails(Step.apply, Kind.Denied).line())
          .contains("administrative account " + wrong.get("username"), "Correct the Secret in");
    }
  }

  protected Map<String, String> wrongAdmin() throws Exception {
    return Map.of("password", "canary-of-nobody");
  }

  /// No value in anything that a hook printed or the server logged.
  protected void assertCanaries(Credential credential) throws IOException {
    assertThat(credential.values()).isNotEmpty();
    var texts = new HashMap<String, String>();
    texts.put("hooks", credential.printed());
    for (var log : logs()) {
      texts.put(log.toString(), Files.readString(log, StandardCharsets.ISO_8859_1));
    }
    for (var value : credential.values()) {
      var line = value.lines().skip(value.lines().count() > 2 ? 1 : 0).findFirst().orElseThrow();
      texts.forEach((name, text) -> assertThat(text.contains(line)).as(name).isFalse());
    }
  }
}
