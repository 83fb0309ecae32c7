// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.risk.RiskCondition.Resource;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Subject.Group;
import dev.credence.facts.rbac.Subject.User;
import dev.credence.facts.rbac.Who;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names by which an object of a right is the account that has the right: requesting a token of
/// oneself, or impersonating oneself, opens nothing that is not open.
final class Itself {

  /// A ServiceAccount is known by its name in its own namespace alone: granted everywhere, the same
  /// name is an account of each namespace.
  static Set<String> in(Who who, Grant grant, Resource resource) {
    return switch (resource.name()) {
      case "serviceaccounts", "serviceaccounts/token" ->
          who instanceof Who.ServiceAccount account && grant.namespace().equals(account.namespace())
              ? Set.of(account.name())
              : Set.of();
      case "users" ->
          names(who, subject -> subject instanceof User(var name) ? Stream.of(name) : Stream.of());
      case "groups" ->
          names(who, subject -> subject instanceof Group(var name) ? Stream.of(name) : Stream.of());
      default -> Set.of();
    };
  }

  private static Set<String> names(Who who, Function<Subject, Stream<String>> name) {
    return who.subjects().stream().flatMap(name).collect(Collectors.toUnmodifiableSet());
  }

  private Itself() {}
}
