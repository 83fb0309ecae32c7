package dev.credence.facts;

import java.time.Instant;
import java.util.Optional;

/// An object of the namespace that the identity names, selects or has marked.
public sealed interface Member {
  Thing thing();

  default Subject subject() {
    return thing().subject();
  }

  record Account(Thing thing, boolean automount) implements Member {}

  /// A Secret without its bytes. `issue` is what our annotations on it say, where they can be read.
  record StoredSecret(
      Thing thing,
      Optional<Issue> issue,
      Optional<Request> rotate,
      Optional<EndDate> endDate,
      boolean legacyToken)
      implements Member {}

  /// A cert-manager Certificate. `complaint` is its message where it is not ready.
  record Certificate(
      Thing thing,
      boolean ready,
      Optional<String> complaint,
      Optional<Instant> notBefore,
      Optional<Instant> notAfter,
      Optional<Instant> renewal)
      implements Member {}

  /// What a generated Secret says about its value: enough to carry on if every status were lost.
  record Issue(
      long version,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt,
      Optional<String> recipe,
      Optional<String> forIdentityRequest,
      Optional<String> forSecretRequest) {}

  /// `credence.dev/expires-at` on a Secret that we do not make.
  sealed interface EndDate {
    record At(Instant time) implements EndDate {}

    record Unreadable(String text) implements EndDate {}
  }
}
