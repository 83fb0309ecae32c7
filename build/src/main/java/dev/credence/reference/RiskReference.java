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

/// The rules about the RBAC permissions of ServiceAccounts.
final class RiskReference {

  static String markdown() {
    return """
    <!-- Written by `make generate`. -->
    # Risks

    %d rules about the RBAC permissions of ServiceAccounts. [Risk](../risk.md) explains how the operator combines
    permissions, and how to accept a finding for a time. If a rule has several cases, the severities are in the order of
    the cases, and the most severe case that matches counts.

    Everywhere: by a ClusterRoleBinding. Privileged namespaces are `kube-system` and the namespace of the operator. A
    permission with `resourceNames` counts one severity lower, and not at all if the severity is Low.

    %s
    ## Kinds that start pods

    Custom resources, and resources of aggregated API servers, whose controllers start pods from a pod template in the
    object. Permission to write one counts as permission to create pods (`RBAC-WORKLOAD-WRITE`), whether or not the kind
    is installed. The operator does not detect kinds that are missing here: please report them.

    %s
    ## Kinds whose controllers apply any kind

    The controllers of these kinds apply other objects with their own permissions (`RBAC-GITOPS-WRITE`).

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
            "Finding",
            "Matching permissions",
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

  /// The sentence of the rule, and the different sentences of its cases.
  private static String sentences(RiskRule rule) {
    return Stream.concat(
            Stream.of(rule.sentence()),
            rule.cases().stream().flatMap(one -> one.sentence().stream()))
        .collect(Collectors.joining(" / "));
  }

  /// Escapes stars by a code span.
  private static String code(String text) {
    return text.contains("`") ? text : "`" + text + "`";
  }

  private static String names(RiskRule rule) {
    return rule.names() == RiskRule.Names.Excuse ? " (no finding with resourceNames)" : "";
  }

  private static String column(RiskRule rule, Function<RiskRule.Case, String> cell) {
    return rule.cases().stream().map(cell).collect(Collectors.joining(" / "));
  }

  private RiskReference() {}
}
