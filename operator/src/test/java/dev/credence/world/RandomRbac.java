// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// Roles and bindings that an API server accepts, drawn from so few words that they meet: by a
/// number, the same each time.
public final class RandomRbac {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final List<String> GROUPS = List.of("", "apps", RBAC, "*");
  private static final List<String> RESOURCES =
      List.of(
          "pods",
          "pods/exec",
          "secrets",
          "deployments",
          "deployments/scale",
          "nodes",
          "namespaces",
          "clusterroles",
          "*",
          "*/scale",
          "pods/*");
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "patch", "delete", "deletecollection", "bind", "*");
  private static final List<String> NAMES = List.of("a", "b");
  private static final List<String> ACCOUNTS = List.of("sync", "report", "default");

  private final Random random;
  private final String prefix;
  private final List<String> namespaces;

  /// `prefix`: of the names of what is in no namespace.
  public RandomRbac(long seed, String prefix, List<String> namespaces) {
    this.random = new Random(seed);
    this.prefix = prefix;
    this.namespaces = List.copyOf(namespaces);
  }

  /// A request of an account: all but what an API server would not be asked.
  public record Asked(
      String home,
      String account,
      String verb,
      String group,
      String resource,
      String namespace,
      String name) {}

  public Asked asked() {
    return new Asked(
        any(namespaces),
        any(ACCOUNTS),
        any(VERBS),
        any(GROUPS),
        any(RESOURCES),
        random.nextInt(4) == 0 ? "" : any(namespaces),
        random.nextInt(3) == 0 ? any(NAMES) : "");
  }

  /// Some roles of each kind, and bindings to them and to roles that do not exist.
  public List<HasMetadata> objects(int roles, int bindings) {
    var objects = new ArrayList<HasMetadata>();
    for (var i = 0; i < roles; i++) {
      objects.add(role(i));
      objects.add(clusterRole(i));
    }
    objects.add(aggregated());
    for (var i = 0; i < bindings; i++) {
      objects.add(roleBinding(i, roles));
      if (i % 4 == 0) {
        objects.add(clusterRoleBinding(i, roles));
      }
    }
    return objects;
  }

  private HasMetadata role(int number) {
    return new RoleBuilder()
        .withNewMetadata()
        .withNamespace(namespaces.get(number % namespaces.size()))
        .withName("role-" + number)
        .endMetadata()
        .withRules(rules())
        .build();
  }

  private HasMetadata clusterRole(int number) {
    return new ClusterRoleBuilder()
        .withNewMetadata()
        .withName(prefix + number)
        .withLabels(number % 3 == 0 ? Map.of(prefix + "aggregate", "true") : Map.of())
        .endMetadata()
        .withRules(rules())
        .build();
  }

  /// Its rules are for the cluster to put together.
  private HasMetadata aggregated() {
    return new ClusterRoleBuilder()
        .withNewMetadata()
        .withName(prefix + "all")
        .endMetadata()
        .withNewAggregationRule()
        .withClusterRoleSelectors(
            new LabelSelectorBuilder().addToMatchLabels(prefix + "aggregate", "true").build())
        .endAggregationRule()
        .build();
  }

  private List<PolicyRule> rules() {
    return Stream.generate(this::rule).limit(random.nextInt(3)).toList();
  }

  private PolicyRule rule() {
    return new PolicyRuleBuilder()
        .withApiGroups(some(GROUPS, 2))
        .withResources(some(RESOURCES, 3))
        .withVerbs(some(VERBS, 3))
        .withResourceNames(random.nextInt(4) == 0 ? some(NAMES, 1) : List.of())
        .build();
  }

  private HasMetadata roleBinding(int number, int roles) {
    var toClusterRole = random.nextBoolean();
    return new RoleBindingBuilder()
        .withNewMetadata()
        .withNamespace(any(namespaces))
        .withName("binding-" + number)
        .endMetadata()
        .withNewRoleRef(
            RBAC,
            toClusterRole ? "ClusterRole" : "Role",
            toClusterRole ? clusterRoleName(roles) : "role-" + random.nextInt(roles + 1))
        .withSubjects(subjects(true))
        .build();
  }

  private HasMetadata clusterRoleBinding(int number, int roles) {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName(prefix + number)
        .endMetadata()
        .withNewRoleRef(RBAC, "ClusterRole", clusterRoleName(roles))
        .withSubjects(subjects(false))
        .build();
  }

  private String clusterRoleName(int roles) {
    return prefix + (random.nextInt(6) == 0 ? "all" : String.valueOf(random.nextInt(roles + 1)));
  }

  private List<Subject> subjects(boolean namespaced) {
    return Stream.generate(() -> subject(namespaced)).limit(random.nextInt(3)).toList();
  }

  private Subject subject(boolean namespaced) {
    var namespace = any(namespaces);
    return switch (random.nextInt(12)) {
      case 0 -> group("system:serviceaccounts:" + namespace);
      case 1 -> group("crm-people");
      case 2 -> user("system:serviceaccount:" + namespace + ":" + any(ACCOUNTS));
      case 3 -> user(any(ACCOUNTS));
      // Of the namespace of the binding.
      case 4 -> account(namespaced ? "" : namespace);
      default -> account(namespace);
    };
  }

  private Subject account(String namespace) {
    return new SubjectBuilder()
        .withKind("ServiceAccount")
        .withName(any(ACCOUNTS))
        .withNamespace(namespace.isEmpty() ? null : namespace)
        .build();
  }

  private static Subject group(String name) {
    return new SubjectBuilder().withApiGroup(RBAC).withKind("Group").withName(name).build();
  }

  private static Subject user(String name) {
    return new SubjectBuilder().withApiGroup(RBAC).withKind("User").withName(name).build();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private List<String> some(List<String> of, int most) {
    return Stream.generate(() -> any(of)).limit(1 + random.nextInt(most)).distinct().toList();
  }
}
