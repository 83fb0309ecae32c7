// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What audit events show of the ServiceAccounts of an identity.
public sealed interface AuditedUse {
  AuditedUse NONE = new Absent();

  /// `accounts`: by name, those of the identity with at least one event. `overflowed`: the log had
  /// more accounts than are kept, so that some of them may be missing.
  record Known(Log log, Map<String, AccountEvidence> accounts, boolean overflowed)
      implements AuditedUse {
    public Known {
      accounts = Map.copyOf(accounts);
    }

    public Optional<AccountEvidence> account(String name) {
      return Optional.ofNullable(accounts.get(name));
    }
  }

  /// Nothing is stored about the namespace.
  record Absent() implements AuditedUse {}

  /// What is stored cannot be used: why, as a sentence.
  record Unreadable(String why) implements AuditedUse {}

  default Optional<Known> known() {
    return this instanceof Known known ? Optional.of(known) : Optional.empty();
  }

  /// Of these accounts of the namespace alone.
  static AuditedUse of(Evidence evidence, String namespace, Set<String> accounts) {
    var found = new TreeMap<String, AccountEvidence>();
    for (var name : accounts) {
      evidence.of(namespace + "/" + name).ifPresent(one -> found.put(name, one));
    }
    return new Known(evidence.log(), found, evidence.hasOverflowed());
  }
}
