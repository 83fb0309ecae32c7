// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.decide.evidence.BindingUse;
import dev.credence.decide.evidence.JudgedRight;
import dev.credence.decide.evidence.Oddity;
import dev.credence.facts.evidence.AccountEvidence;
import java.util.List;
import java.util.Optional;

/// What the log and the grants say about one ServiceAccount. `identity`: the MachineIdentity
/// that lists it. `rights` are those that are granted; none where grants are not compared.
record AccountUse(
    String account,
    Optional<String> identity,
    Optional<AccountEvidence> evidence,
    List<JudgedRight> rights,
    List<BindingUse> bindings,
    List<Oddity> oddities) {
  AccountUse {
    rights = List.copyOf(rights);
    bindings = List.copyOf(bindings);
    oddities = List.copyOf(oddities);
  }

  long unused() {
    return rights.stream().filter(JudgedRight::isUnused).count();
  }

  long unknown() {
    return rights.stream().filter(right -> !right.isUsed() && !right.isUnused()).count();
  }
}
