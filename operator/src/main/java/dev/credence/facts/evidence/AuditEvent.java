// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Instant;
import java.util.Optional;

/// An audit event of the API server, as far as it is evidence. `right`: what was requested,
/// without the name; `name`: the name in the request, empty where it has none. `code`: the
/// HTTP status. `address`: the last of the source addresses, the only one that a client
/// cannot choose. `agent`: the User-Agent. `credential`: the ID of the credential; `issued`:
/// the ID of the token that this request issued. `impersonated`: the user in whose name the
/// request was evaluated.
public record AuditEvent(
    String auditId,
    Instant time,
    String user,
    Right right,
    String name,
    int code,
    String address,
    String agent,
    Optional<String> credential,
    Optional<String> issued,
    Optional<String> impersonated) {
  private static final int FIRST_ERROR = 400;
  private static final int CREATED = 201;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /// An error is a signal and no use of a right.
  public boolean isUse() {
    return code < FIRST_ERROR;
  }

  public boolean isForbidden() {
    return code == UNAUTHORIZED || code == FORBIDDEN;
  }

  /// Allowed, and answered with an error that is the client's own, as 404 and 409.
  boolean isFailure() {
    return !isUse() && !isForbidden() && code != TOO_MANY && code < SERVER_ERROR;
  }

  /// A patch or an update that created its object also requires the verb `create`.
  boolean alsoCreates() {
    return code == CREATED && (right.verb().equals("patch") || right.verb().equals("update"));
  }
}
