package dev.credence.decide.risk;

import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Who;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Somebody, and what counts for them in one namespace: what is granted there and what is granted
/// everywhere. Empty `namespace`: everywhere. `server`: the version of the API server, where it is
/// known. `touched`: the rules of the table, by their numbers, that can find anything here that
/// they do not find everywhere.
record Place(
    Who who, String namespace, List<Held> held, Optional<ServerVersion> server, BitSet touched) {

  /// A grant, and what its rules come to.
  record Held(Grant grant, Powers powers) {}

  /// Everywhere first, then each namespace in which something more is granted.
  static List<Place> all(Who who, List<Grant> grants, Optional<ServerVersion> server) {
    var held = grants.stream().map(grant -> new Held(grant, powers(grant))).toList();
    return Stream.concat(Stream.of(""), new Rights(grants).namespaces())
        .map(
            namespace ->
                new Place(who, namespace, in(namespace, held), server, touched(namespace, held)))
        .toList();
  }

  private static Powers powers(Grant grant) {
    return Powers.of(grant.rules().orElse(List.of()));
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
