package dev.credence.generate;

import dev.credence.decide.risk.RiskRule;
import dev.credence.decide.risk.RiskRules;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The rules about what accounts may do.
final class RiskReference {

  static String markdown() {
    var table =
        new Table(
            "Rule",
            "Everywhere",
            "In a namespace",
            "In a privileged one",
            "What is the matter",
            "Found where",
            "Source");
    for (var rule : RiskRules.ALL) {
      table.row(
          "`" + rule.id() + "`",
          column(rule, one -> one.scale().everywhere().name()),
          column(rule, one -> one.inNamespace().map(Enum::name).orElse("–")),
          column(rule, one -> one.inPrivilegedNamespace().map(Enum::name).orElse("–")),
          rule.sentence() + names(rule),
          column(rule, one -> code(one.text())),
          rule.source());
    }
    return """
        <!-- Written by `make generate`. -->
        # Risks

        %d rules about what ServiceAccounts may do by RBAC. How rights are added up, and how a finding is accepted for a
        time, is told in [risk](../risk.md). Several severities of a rule go with several cases, in their order; the worst
        that holds counts.

        Everywhere: by a ClusterRoleBinding. Privileged namespaces are `kube-system` and the operator's own. A right for
        objects of some names (`resourceNames`) counts one step less, and nothing where the severity is Low.

        %s"""
        .formatted(RiskRules.ALL.size(), table);
  }

  /// Stars are not for Markdown to read.
  private static String code(String text) {
    return text.contains("`") ? text : "`" + text + "`";
  }

  private static String names(RiskRule rule) {
    return rule.names() == RiskRule.Names.Excuse ? " (with resourceNames nothing is found)" : "";
  }

  private static String column(RiskRule rule, Function<RiskRule.Case, String> cell) {
    return rule.cases().stream().map(cell).collect(Collectors.joining(" / "));
  }

  private RiskReference() {}
}
