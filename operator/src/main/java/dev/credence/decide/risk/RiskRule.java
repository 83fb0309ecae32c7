// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.risk.RiskCondition.Leaf;
import dev.credence.facts.policy.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One thing that an account should not be able to do, or should not be: an id that does not
/// change, what is the matter in a sentence, who says so, and when it holds. Of several cases the
/// worst that holds counts, and of equal ones the first.
public record RiskRule(
    String id, String sentence, String source, Names names, Sort sort, List<Case> cases) {

  public RiskRule {
    cases = List.copyOf(cases);
  }

  /// A condition and how bad it is. `sentence`: what is the matter here, where the sentence of the
  /// rule says too much.
  public record Case(RiskCondition condition, SeverityByScope scale, Optional<String> sentence) {
    public String text() {
      return condition.text();
    }

    /// Empty: it cannot be given in one namespace alone, or is not worth a word there.
    public Optional<Severity> inNamespace() {
      return condition.isGlobal() ? Optional.empty() : scale.namespace();
    }

    /// The same for a privileged namespace.
    public Optional<Severity> inPrivilegedNamespace() {
      return condition.isGlobal() ? Optional.empty() : Optional.of(scale.privilegedNamespace());
    }
  }

  /// The effect of a right that is granted for objects of some names only.
  public enum Names {
    /// one step less
    Lower,
    /// nothing is found
    Excuse
  }

  public enum Sort {
    /// the right to everything: no other finding matters in addition
    Everything,
    Right,
    /// it is not what is granted but how
    Bond
  }

  /// The simple conditions that its cases are made of.
  Stream<Leaf> leaves() {
    return cases.stream().flatMap(one -> one.condition().leaves());
  }

  record Hit(Severity severity, Match match, String sentence) {}

  Optional<Hit> in(SubjectScope place, Set<String> privileged) {
    return cases.stream()
        .flatMap(one -> hit(one, place, privileged).stream())
        .reduce((one, other) -> other.severity().compareTo(one.severity()) > 0 ? other : one);
  }

  private Optional<Hit> hit(Case one, SubjectScope place, Set<String> privileged) {
    return one.scale()
        .in(place, privileged)
        .flatMap(
            severity ->
                one.condition()
                    .in(place)
                    .flatMap(
                        match ->
                            weighed(severity, match)
                                .map(
                                    weighed ->
                                        new Hit(weighed, match, one.sentence().orElse(sentence)))));
  }

  private Optional<Severity> weighed(Severity severity, Match match) {
    if (!match.named()) {
      return Optional.of(severity);
    }
    return names == Names.Excuse ? Optional.empty() : severity.lower();
  }

  static RiskRule rule(String id, String sentence, String source) {
    return new RiskRule(id, sentence, source, Names.Lower, Sort.Right, List.of());
  }

  RiskRule when(RiskCondition condition, SeverityByScope scale) {
    return when(new Case(condition, scale, Optional.empty()));
  }

  RiskRule when(RiskCondition condition, SeverityByScope scale, String stated) {
    return when(new Case(condition, scale, Optional.of(stated)));
  }

  private RiskRule when(Case one) {
    var more = new ArrayList<>(cases);
    more.add(one);
    return new RiskRule(id, sentence, source, names, sort, more);
  }

  RiskRule excusedByNames() {
    return new RiskRule(id, sentence, source, Names.Excuse, sort, cases);
  }

  RiskRule sort(Sort other) {
    return new RiskRule(id, sentence, source, names, other, cases);
  }
}
