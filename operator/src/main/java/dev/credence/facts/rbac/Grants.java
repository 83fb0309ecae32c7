// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import dev.credence.facts.object.ServerVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The RBAC permissions of the ServiceAccounts that may belong to an identity.
public sealed interface Grants {
  Grants UNKNOWN = new Unknown(List.of("the operator has not read roles and bindings"));

  /// By the account's name. `privileged`: namespaces in which rights are more severe, since their
  /// workloads control the cluster. `everywhere`: every namespace was read. `server`: the version
  /// of the API server, where it is known. `exclusions`: bindings that are not evaluated.
  record Known(
      Map<String, List<Grant>> ofAccounts,
      Set<String> privileged,
      boolean everywhere,
      Optional<ServerVersion> server,
      Exclusions exclusions)
      implements Grants {
    public Known {
      ofAccounts = Map.copyOf(ofAccounts);
      privileged = Set.copyOf(privileged);
    }

    public List<Grant> of(String account) {
      return ofAccounts.getOrDefault(account, List.of());
    }

    /// Without those by bindings that are not judged.
    public List<Grant> evaluated(String account) {
      return of(account).stream().filter(grant -> !exclusions.cover(grant)).toList();
    }
  }

  /// The operator does not read roles and bindings (`risk.enabled: false`).
  record Disabled() implements Grants {}

  /// Not everything could be read: why, in sentences.
  record Unknown(List<String> problems) implements Grants {
    public Unknown {
      problems = List.copyOf(problems);
    }
  }
}
