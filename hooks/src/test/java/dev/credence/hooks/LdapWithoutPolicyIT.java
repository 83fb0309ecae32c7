// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import org.junit.jupiter.api.Test;

/// ApacheDS without a password policy: it stores `pwdAccountLockedTime` and does not evaluate it.
class LdapWithoutPolicyIT extends LdapContract {

  @Override
  protected boolean hasPolicy() {
    return false;
  }

  @Override
  protected boolean canLock() {
    return false;
  }

  @Test
  void a_lock_that_has_no_effect_is_not_reported_as_one() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(credential.fails(Step.suspend, Kind.Unsupported).line())
          .contains("has pwdAccountLockedTime and still logs in", "pwdLockout: TRUE");
      credential.succeeds(Step.resume);
      assertThat(opens(credential.current())).isTrue();
    }
  }
}
