// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is asked for by annotations of an identity or a generated Secret, and by `rotationRequest`
/// in the spec. Each is acted upon once for each new value. `rotateNow`: windows do not count.
public record Requests(
    Optional<Request> rotate,
    Optional<Request> rollback,
    Optional<Request> abort,
    Optional<Request> revoke,
    Optional<Request> rotateNow,
    Optional<Request> rotationRequest) {
  public static final Requests NONE =
      new Requests(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// Annotations alone, and none that is urgent.
  public Requests(
      Optional<Request> rotate,
      Optional<Request> rollback,
      Optional<Request> abort,
      Optional<Request> revoke) {
    this(rotate, rollback, abort, revoke, Optional.empty(), Optional.empty());
  }

  /// With the request of the spec.
  public Requests with(Optional<String> specRequest) {
    return new Requests(
        rotate, rollback, abort, revoke, rotateNow, specRequest.map(Request.Asked::new));
  }

  /// Where nothing is revoked by itself: the same with this as the reason.
  public Requests orRevoke(Optional<Request> why) {
    return new Requests(rotate, rollback, abort, revoke.or(() -> why), rotateNow, rotationRequest);
  }

  /// A name of what these and those on the Secret ask for together.
  public String digestWith(Requests onSecret) {
    return Digests.of(
        Stream.of(this, onSecret)
            .flatMap(
                all ->
                    Stream.concat(
                        Stream.of(all.rotate(), all.abort(), all.revoke()),
                        // Earlier versions did not know these.
                        Stream.of(all.rotateNow(), all.rotationRequest())
                            .filter(Optional::isPresent)))
            .map(request -> request.flatMap(Request::asked).orElse(""))
            .collect(Collectors.joining("\n")));
  }

  /// The messages about those that cannot be acted upon.
  public Stream<String> complaints() {
    return Stream.of(rotate, rollback, abort, revoke, rotateNow, rotationRequest)
        .flatMap(request -> request.flatMap(Request::complaint).stream());
  }
}
