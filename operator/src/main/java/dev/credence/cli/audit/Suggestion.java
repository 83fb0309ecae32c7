// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.decide.evidence.SuggestedRole;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Roles and bindings that allow what accounts did, as manifests. Nothing applies them.
final class Suggestion {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String CLUSTER_ROLE = "ClusterRole";
  private static final String ROLE = "Role";

  private final Log log;
  private final Writer out;

  Suggestion(Log log, Writer out) {
    this.log = log;
    this.out = out;
  }

  void write(String account, AccountEvidence evidence) throws IOException {
    out.write(
        "# ServiceAccount %s: requests from %s to %s.\n"
            .formatted(account, text(log.from().orElseThrow()), text(log.until().orElseThrow())));
    if (evidence.hasOverflowed()) {
      out.write("# It used more rights than Credence records: no role is suggested.\n");
      return;
    }
    var failed = evidence.failed().sorted();
    failed.keySet().removeIf(right -> evidence.used().get(right) != null);
    for (var entry : failed.entrySet()) {
      out.write(
          "# Not included, answered with %d only: %s%s\n"
              .formatted(
                  entry.getValue().last().code(),
                  entry.getKey().title(),
                  entry.getKey().namespace().isEmpty()
                      ? ""
                      : " in namespace " + entry.getKey().namespace()));
    }
    for (var role : SuggestedRole.of(evidence)) {
      for (var object : objects(account, role)) {
        var yaml = Serialization.asYaml(object);
        out.write(yaml.startsWith("---") ? yaml : "---\n" + yaml);
        out.write(yaml.endsWith("\n") ? "" : "\n");
      }
    }
  }

  private static List<HasMetadata> objects(String account, SuggestedRole role) {
    var slash = account.indexOf('/');
    var namespace = account.substring(0, slash);
    var name = account.substring(slash + 1);
    var subject =
        new SubjectBuilder()
            .withKind("ServiceAccount")
            .withNamespace(namespace)
            .withName(name)
            .build();
    return role.namespace().isEmpty()
        ? inCluster(namespace + "-" + name + "-used", role, subject)
        : inNamespace(
            (namespace.equals(role.namespace()) ? "" : namespace + "-") + name + "-used",
            role,
            subject);
  }

  private static List<HasMetadata> inCluster(String called, SuggestedRole role, Subject subject) {
    return List.of(
        new ClusterRoleBuilder()
            .withNewMetadata()
            .withName(called)
            .endMetadata()
            .withRules(rules(role))
            .build(),
        new ClusterRoleBindingBuilder()
            .withNewMetadata()
            .withName(called)
            .endMetadata()
            .withNewRoleRef(RBAC, CLUSTER_ROLE, called)
            .withSubjects(subject)
            .build());
  }

  private static List<HasMetadata> inNamespace(String called, SuggestedRole role, Subject subject) {
    return List.of(
        new RoleBuilder()
            .withNewMetadata()
            .withNamespace(role.namespace())
            .withName(called)
            .endMetadata()
            .withRules(rules(role))
            .build(),
        new RoleBindingBuilder()
            .withNewMetadata()
            .withNamespace(role.namespace())
            .withName(called)
            .endMetadata()
            .withNewRoleRef(RBAC, ROLE, called)
            .withSubjects(subject)
            .build());
  }

  private static List<io.fabric8.kubernetes.api.model.rbac.PolicyRule> rules(SuggestedRole role) {
    return Stream.concat(
            role.rules().stream().map(Suggestion::rule),
            role.paths().entrySet().stream()
                .map(
                    path ->
                        new PolicyRuleBuilder()
                            .withNonResourceURLs(path.getKey())
                            .withVerbs(sorted(path.getValue()))
                            .build()))
        .toList();
  }

  private static io.fabric8.kubernetes.api.model.rbac.PolicyRule rule(PolicyRule rule) {
    return new PolicyRuleBuilder()
        .withApiGroups(sorted(rule.groups()))
        .withResources(sorted(rule.resources()))
        .withResourceNames(sorted(rule.names()))
        .withVerbs(sorted(rule.verbs()))
        .build();
  }

  private static List<String> sorted(Set<String> words) {
    return words.stream().sorted().toList();
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
