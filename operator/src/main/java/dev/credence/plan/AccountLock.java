// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.identity.Identity.AccountElsewhere;
import java.util.Optional;

/// The account of a Secret in the system that checks it, while the identity is suspended and has a
/// hook that locks it there. `message`: what is waited for, or why it is not locked.
/// `needsPerson`: the hook failed as often as the policy lets a rotation fail. It is retried all
/// the same.
public record AccountLock(
    String secret,
    Optional<AccountElsewhere> account,
    State state,
    String message,
    boolean needsPerson) {

  /// The best first.
  public enum State {
    Locked,
    /// the hook is about to run, or runs for the first time
    Pending,
    /// the last attempt failed
    Failed
  }

  /// As in `Secret crm-db (crm at db.sales)`.
  public String name() {
    return "Secret "
        + secret
        + account.map(found -> " (" + found.name() + " at " + found.system() + ")").orElse("");
  }
}
