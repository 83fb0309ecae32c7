// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The requests by annotations of an identity or a generated Secret. Each is acted upon once for
/// each new value.
public record Requests(
    Optional<Request> rotate,
    Optional<Request> rollback,
    Optional<Request> abort,
    Optional<Request> revoke) {
  public static final Requests NONE =
      new Requests(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// A name of what these and those on the Secret ask for together.
  public String digestWith(Requests onSecret) {
    return Digests.of(
        Stream.of(this, onSecret)
            .flatMap(all -> Stream.of(all.rotate(), all.abort(), all.revoke()))
            .map(request -> request.flatMap(Request::asked).orElse(""))
            .collect(Collectors.joining("\n")));
  }

  /// The messages about those that cannot be acted upon.
  public Stream<String> complaints() {
    return Stream.of(rotate, rollback, abort, revoke)
        .flatMap(request -> request.flatMap(Request::complaint).stream());
  }
}
