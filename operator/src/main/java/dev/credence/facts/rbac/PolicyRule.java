// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.util.Set;

/// One rule of a role: each of these verbs on each of these resources. Empty `names`: whatever the
/// object is called. Rules about paths that are no resources are left out: they give no access to
/// any object.
///
/// How a request is matched is what the API server does (`RuleAllows` of its RBAC authorizer): `*`
/// among the resources covers subresources too, `*/scale` covers that of every resource, and
/// `pods/*` covers nothing.
public record PolicyRule(
    Set<String> groups, Set<String> resources, Set<String> verbs, Set<String> names) {
  public static final String ANY = "*";

  public PolicyRule {
    groups = Set.copyOf(groups);
    resources = Set.copyOf(resources);
    verbs = Set.copyOf(verbs);
    names = Set.copyOf(names);
  }

  public boolean allows(Access access) {
    return allowsVerb(access.verb())
        && covers(access.group(), access.resource())
        && (names.isEmpty() || names.contains(access.name()));
  }

  public boolean allowsVerb(String verb) {
    return verbs.contains(verb) || verbs.contains(ANY);
  }

  public boolean covers(String group, String resource) {
    return (groups.contains(group) || groups.contains(ANY))
        && (resources.contains(resource)
            || resources.contains(ANY)
            || coversAllOfSubresource(resource));
  }

  private boolean coversAllOfSubresource(String resource) {
    var slash = resource.indexOf('/');
    return slash >= 0 && resources.contains(ANY + resource.substring(slash));
  }

  /// Whether it is limited to objects of some names.
  public boolean isNamed() {
    return !names.isEmpty();
  }
}
