// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Who;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A subject, and its rights in one namespace: those that are granted there and those that are
/// granted everywhere. Empty `namespace`: everywhere. `server`: the version of the API server,
/// where it is known. `touched`: the rules of the table, by their numbers, that can find anything
/// here that they do not find everywhere.
record SubjectScope(
    Who who, String namespace, List<Held> held, Optional<ServerVersion> server, BitSet touched) {

  /// A grant, and what its rules come to.
  record Held(Grant grant, RolePowers powers) {}

  /// Everywhere first, then each namespace in which something more is granted.
  static List<SubjectScope> all(Who who, List<Grant> grants, Optional<ServerVersion> server) {
    var held = grants.stream().map(grant -> new Held(grant, powers(grant))).toList();
    return Stream.concat(Stream.of(""), new EffectiveRights(grants).namespaces())
        .map(
            namespace ->
                new SubjectScope(
                    who, namespace, in(namespace, held), server, touched(namespace, held)))
        .toList();
  }

  private static RolePowers powers(Grant grant) {
    return RolePowers.of(grant.rules().orElse(List.of()));
  }

  private static List<Held> in(String namespace, List<Held> held) {
    return held.stream().filter(one -> one.grant().countsIn(namespace)).toList();
  }

  private static BitSet touched(String namespace, List<Held> held) {
    var touched = new BitSet();
    for (var one : held) {
      if (one.grant().namespace().equals(namespace)) {
        touched.or(one.powers().touched());
      }
    }
    return touched;
  }

  boolean isEverywhere() {
    return namespace.isEmpty();
  }
}
