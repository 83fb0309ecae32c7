// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// ApacheDS with a password policy.
class LdapIT extends LdapContract {

  @Override
  protected boolean hasPolicy() {
    return true;
  }

  /// The policy checks the passwords that an entry sets itself.
  private Credential ofItself(Map<String, String> first, List<String> passwords) {
    var credential =
        credential(
            List.of(first.get("username")),
            Map.of(),
            version -> Map.of("password", passwords.get((int) version - 1)));
    credential.setAdmin(asAdmin(first));
    return credential;
  }

  private static Map<String, String> asAdmin(Map<String, String> value) {
    var admin = new HashMap<>(value);
    admin.computeIfPresent("username", (_, account) -> entry(account));
    return admin;
  }

  @Test
  void a_password_that_is_too_short_is_rejected_with_the_next_step() throws Exception {
    var first = create("short", "");
    var tooShort = "canary-0123".substring(0, ApacheDs.SHORTEST_PASSWORD - 1);
    try (var credential = ofItself(first, List.of(tooShort))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Rejected).line())
          .contains(entry("short"), "(password too short)", "Change its length");
      assertThat(opens(first)).isTrue();
    }
  }

  @Test
  void a_password_that_was_used_before_is_rejected_with_the_next_step() throws Exception {
    var first = create("reused", "");
    var next = "canary-" + UUID.randomUUID();
    try (var credential = ofItself(first, List.of(next, first.get("password")))) {
      credential.rotate();
      credential.setAdmin(asAdmin(credential.current()));
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Rejected).line())
          .contains("(password in history)", "credence.dev/rotate");
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @Test
  void an_entry_that_failed_logins_locked_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      var wrong = new HashMap<>(credential.current());
      wrong.replace("password", "wrong");
      for (var failed = 0; failed < ApacheDs.MOST_FAILURES; failed++) {
        assertThat(opens(wrong)).isFalse();
      }
      assertThat(credential.fails(Step.probe, Kind.Rejected).line())
          .contains("locked the entry", "delete pwdAccountLockedTime");
      credential.succeeds(Step.resume);
      credential.succeeds(Step.probe);
    }
  }

  @Test
  void a_password_that_must_be_changed_is_not_used() throws Exception {
    create("fresh", "pwdPolicySubentry: " + ApacheDs.MUST_CHANGE);
    try (var credential = credential(List.of("fresh"), Map.of())) {
      credential.stage();
      credential.succeeds(Step.apply);
      assertThat(credential.fails(Step.verify, Kind.Rejected).line())
          .contains("must change the password of version 1", "pwdMustChange: FALSE");
    }
  }
}
