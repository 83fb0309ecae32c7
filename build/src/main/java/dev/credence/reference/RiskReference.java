// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.decide.risk.OtherKinds;
import dev.credence.decide.risk.OtherKinds.Kind;
import dev.credence.decide.risk.RiskRule;
import dev.credence.decide.risk.RiskRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rules about what accounts may do.
final class RiskReference {

  static String markdown() {
    return """
    <!-- Written by `make generate`. -->
    # Risks

    %d rules about what ServiceAccounts may do by RBAC. How rights are added up, and how a finding is accepted for a
    time, is told in [risk](../risk.md). Several severities of a rule go with several cases, in their order; the worst
    that holds counts.

    Everywhere: by a ClusterRoleBinding. Privileged namespaces are `kube-system` and the operator's own. A right for
    objects of some names (`resourceNames`) counts one step less, and nothing where the severity is Low.

    %s
    ## Kinds that start pods

    Custom resources, and resources of aggregated API servers, whose controllers start pods from what the object
    says. The right to write one counts as the right to create pods (`RBAC-WORKLOAD-WRITE`), whether or not the kind
    is installed. A kind that is missing here is not found: please report it.

    %s
    ## Kinds whose controllers apply any kind

    Their controllers apply other objects with rights of their own (`RBAC-GITOPS-WRITE`).

    %s\
    """
        .formatted(
            RiskRules.ALL.size(),
            table(),
            kinds(OtherKinds.STARTING_PODS),
            kinds(OtherKinds.APPLYING_ANYTHING));
  }

  private static Table table() {
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
          sentences(rule) + names(rule),
          column(rule, one -> code(one.text())),
          rule.source());
    }
    return table;
  }

  private static Table kinds(List<Kind> kinds) {
    var projects = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    for (var kind : kinds) {
      kind.resources()
          .forEach(
              name ->
                  projects
                      .computeIfAbsent(kind.project(), _ -> new ArrayList<>())
                      .add("`" + kind.group() + "/" + name + "`"));
    }
    var table = new Table("Project", "Resources");
    projects.forEach((project, names) -> table.row(project, String.join(", ", names)));
    return table;
  }

  /// That of the rule, and those of cases that say something else.
  private static String sentences(RiskRule rule) {
    return Stream.concat(
            Stream.of(rule.sentence()),
            rule.cases().stream().flatMap(one -> one.sentence().stream()))
        .collect(Collectors.joining(" / "));
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
