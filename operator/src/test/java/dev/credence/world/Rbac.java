// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.facts.rbac.Binding;
import dev.credence.facts.rbac.Catalog;
import dev.credence.facts.rbac.Role;
import dev.credence.facts.rbac.Subject;
import dev.credence.observe.rbac.RbacReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Roles and bindings in memory.
public record Rbac(Map<Subject, List<Binding>> bindings, Map<String, Role> roles)
    implements Catalog {

  public static Rbac of(Collection<? extends HasMetadata> objects) {
    return of(
        objects.stream().flatMap(object -> RbacReader.binding(object).stream()).toList(),
        objects.stream().flatMap(object -> RbacReader.role(object).stream()).toList());
  }

  public static Rbac of(Collection<Binding> bindings, Collection<Role> roles) {
    var found = new Rbac(new HashMap<>(), new HashMap<>());
    for (var binding : bindings) {
      binding.subjects().stream()
          .distinct()
          .forEach(
              subject ->
                  found.bindings().computeIfAbsent(subject, _ -> new ArrayList<>()).add(binding));
    }
    roles.forEach(role -> found.roles().put(role.namespace() + "/" + role.name(), role));
    return found;
  }

  @Override
  public Collection<Binding> naming(Subject subject) {
    return bindings.getOrDefault(subject, List.of());
  }

  @Override
  public Optional<Role> role(String namespace, String name) {
    return Optional.ofNullable(roles.get(namespace + "/" + name));
  }
}
