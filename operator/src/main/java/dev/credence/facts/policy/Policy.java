// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.object.Selector;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// A CredentialPolicy. `problems` are the sentences about what in it cannot be applied; the rest of
/// it counts.
public record Policy(
    String name,
    long generation,
    int priority,
    Selector namespaces,
    Selector identities,
    Set<String> types,
    Enforcement enforcement,
    PolicySections sections,
    List<String> problems) {

  /// For each section, the first in this order that has it decides.
  public static final Comparator<Policy> DECIDES_FIRST =
      Comparator.comparingInt(Policy::priority).reversed().thenComparing(Policy::name);

  public Policy {
    types = Set.copyOf(types);
    problems = List.copyOf(problems);
  }

  public enum Enforcement {
    Audit,
    Enforce
  }

  public boolean enforces() {
    return enforcement == Enforcement.Enforce;
  }

  /// The same with this enforcement.
  public Policy with(Enforcement other) {
    return new Policy(
        name, generation, priority, namespaces, identities, types, other, sections, problems);
  }

  /// The same in this generation.
  public Policy with(long other) {
    return new Policy(
        name, other, priority, namespaces, identities, types, enforcement, sections, problems);
  }

  /// The same with these sections.
  public Policy with(PolicySections others) {
    return new Policy(
        name, generation, priority, namespaces, identities, types, enforcement, others, problems);
  }
}
