// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The roles and bindings of a cluster, to be looked up.
public interface Catalog {

  /// The bindings that name this subject.
  Collection<Binding> naming(Subject subject);

  /// A Role, or, with an empty namespace, a ClusterRole.
  Optional<Role> role(String namespace, String name);

  /// The grants of every binding that includes the subject: those that the API server would
  /// evaluate for one of its requests.
  default List<Grant> grants(Who who) {
    var seen = new HashSet<String>();
    return who.subjects().stream()
        .flatMap(
            subject ->
                naming(subject).stream()
                    // The first subject that includes the account is enough.
                    .filter(binding -> seen.add(binding.title()))
                    .map(binding -> grant(binding, subject)))
        .sorted(Comparator.comparing(Grant::via))
        .toList();
  }

  private Grant grant(Binding binding, Subject subject) {
    var role = role(binding.roleNamespace(), binding.role());
    return new Grant(
        binding.title(),
        binding.namespace(),
        subject,
        role.map(Role::rules),
        Stream.of(binding.changed(), role.flatMap(Role::changed))
            .flatMap(Optional::stream)
            .max(Instant::compareTo));
  }
}
