// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.world.RandomRbac.Asked;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;

/// RBAC once more, as the documentation of Kubernetes tells it: slow, and with nothing of the code
/// that it is there to check.
record PlainAuthorizer(List<HasMetadata> objects) {

  boolean allows(Asked asked) {
    for (var object : objects) {
      if (object instanceof ClusterRoleBinding binding
          && means(binding.getSubjects(), "", asked)
          && gives(binding.getRoleRef(), "", asked)) {
        return true;
      }
      if (object instanceof RoleBinding binding
          && binding.getMetadata().getNamespace().equals(asked.namespace())
          && means(binding.getSubjects(), asked.namespace(), asked)
          && gives(binding.getRoleRef(), asked.namespace(), asked)) {
        return true;
      }
    }
    return false;
  }

  private static boolean means(List<Subject> subjects, String home, Asked asked) {
    for (var subject : subjects) {
      var name = subject.getName();
      var namespace = subject.getNamespace() == null ? home : subject.getNamespace();
      var isMeant =
          switch (subject.getKind()) {
            case "ServiceAccount" -> name.equals(asked.account()) && namespace.equals(asked.home());
            case "User" ->
                name.equals("system:serviceaccount:" + asked.home() + ":" + asked.account());
            default ->
                name.equals("system:authenticated")
                    || name.equals("system:serviceaccounts")
                    || name.equals("system:serviceaccounts:" + asked.home());
          };
      if (isMeant) {
        return true;
      }
    }
    return false;
  }

  private boolean gives(RoleRef reference, String home, Asked asked) {
    for (var object : objects) {
      if (reference.getKind().equals(object.getKind())
          && reference.getName().equals(object.getMetadata().getName())) {
        if (object instanceof ClusterRole role && anyGives(role.getRules(), asked)) {
          return true;
        }
        if (object instanceof Role role
            && role.getMetadata().getNamespace().equals(home)
            && anyGives(role.getRules(), asked)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean anyGives(List<PolicyRule> rules, Asked asked) {
    for (var rule : rules) {
      var verb = rule.getVerbs().contains("*") || rule.getVerbs().contains(asked.verb());
      var group = rule.getApiGroups().contains("*") || rule.getApiGroups().contains(asked.group());
      var name =
          rule.getResourceNames().isEmpty() || rule.getResourceNames().contains(asked.name());
      if (verb && group && name && covers(rule.getResources(), asked.resource())) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(List<String> resources, String resource) {
    var parts = resource.split("/");
    return resources.contains("*")
        || resources.contains(resource)
        || (parts.length == 2 && resources.contains("*/" + parts[1]));
  }
}
