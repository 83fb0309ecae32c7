// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.policy.Severity;
import java.util.Optional;
import java.util.Set;

/// Severity of a right that is granted everywhere, in one namespace, and in a privileged one.
/// Empty: no finding there.
public record SeverityByScope(
    Severity everywhere, Optional<Severity> namespace, Severity privilegedNamespace) {

  public SeverityByScope {
    if (!everywhere.atLeast(privilegedNamespace)
        || namespace.filter(one -> !privilegedNamespace.atLeast(one)).isPresent()) {
      throw new IllegalArgumentException(
          "A severity for all namespaces must be at least that for privileged ones, and that at least the one for others");
    }
  }

  /// One step more in a privileged namespace.
  static SeverityByScope of(Severity everywhere, Severity namespace) {
    var raised = namespace.higher();
    return new SeverityByScope(
        everywhere, Optional.of(namespace), everywhere.atLeast(raised) ? raised : everywhere);
  }

  /// The same wherever it is.
  static SeverityByScope always(Severity severity) {
    return of(severity, severity);
  }

  static SeverityByScope onlyPrivileged(Severity severity) {
    return new SeverityByScope(severity, Optional.empty(), severity);
  }

  Optional<Severity> in(SubjectScope place, Set<String> privileged) {
    if (place.isEverywhere()) {
      return Optional.of(everywhere);
    }
    return privileged.contains(place.namespace()) ? Optional.of(privilegedNamespace) : namespace;
  }
}
