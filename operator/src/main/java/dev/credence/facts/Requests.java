package dev.credence.facts;

import java.util.Optional;
import java.util.stream.Stream;

/// What is asked for by annotations of an identity or a generated Secret. Each is acted upon once
// for
/// each new value.
public record Requests(
    Optional<Request> rotate,
    Optional<Request> rollback,
    Optional<Request> abort,
    Optional<Request> revoke) {
  public static final Requests NONE =
      new Requests(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// What is said of those that cannot be acted upon.
  public Stream<String> complaints() {
    return Stream.of(rotate, rollback, abort, revoke)
        .flatMap(request -> request.flatMap(Request::complaint).stream());
  }
}
