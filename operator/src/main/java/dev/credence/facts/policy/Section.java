// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// A section of a CredentialPolicy: policies are composed section by section.
public enum Section {
  Owner(PolicySections::owner),
  Approval(PolicySections::approval),
  Lifetime(PolicySections::lifetime),
  Rotation(PolicySections::rotation),
  Tokens(PolicySections::tokens),
  Certificates(PolicySections::certificates),
  Privileges(PolicySections::privileges),
  Idle(PolicySections::idle),
  Behavior(PolicySections::behavior),
  Review(PolicySections::review),
  Discovery(PolicySections::discovery),
  Safety(PolicySections::safety);

  private final Function<PolicySections, Optional<?>> part;

  Section(Function<PolicySections, Optional<?>> part) {
    this.part = part;
  }

  Optional<?> in(PolicySections sections) {
    return part.apply(sections);
  }

  /// The field of the spec.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
