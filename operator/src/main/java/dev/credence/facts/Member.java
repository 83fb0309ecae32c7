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

  /// A Secret without its bytes. `issue` is what our annotations on it say, where they can be read;
  /// `part`: it is there for another Secret; `keeper`: what else looks after it, like Helm.
  record StoredSecret(
      Thing thing,
      Optional<Issue> issue,
      Requests requests,
      Optional<EndDate> endDate,
      boolean legacyToken,
      Optional<Part> part,
      Optional<String> keeper)
      implements Member {}

  /// What a Secret is to the one that it is there for.
  sealed interface Part {
    String secret();

    /// holds the next value until it is proven
    record Pending(String secret) implements Part {}

    /// a token of this version is bound to it and ends with it
    record Anchor(String secret, long version) implements Part {}
  }

  /// A cert-manager Certificate. `complaint` is its message where it is not ready; `issuing`:
  /// cert-manager is about to issue it anew.
  record Certificate(
      Thing thing,
      boolean ready,
      boolean issuing,
      Optional<String> complaint,
      Optional<Instant> notBefore,
      Optional<Instant> notAfter,
      Optional<Instant> renewal)
      implements Member {}

  /// What a generated Secret says about its value: enough to carry on if every status were lost.
  /// `account`: the UID of the ServiceAccount whose token it is. `aborted`: the last rotation that
  /// somebody stopped.
  record Issue(
      long version,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt,
      Previous previous,
      Optional<String> recipe,
      Optional<String> account,
      Handled handled,
      Optional<Aborted> aborted) {

    /// Whether the hook of the previous value may be at work: it reads that value from the Secret.
    public boolean isEnding() {
      return previousRetiresAt.isPresent() && previous == Previous.Ending;
    }
  }

  /// What there is of the value before the current one, while consumers may still use that.
  enum Previous {
    /// readable as `<key>.previous`, and valid
    Kept,
    /// not readable: a token, or revoked
    Gone,
    /// its hook may have ended it by now
    Ending
  }

  /// When a rotation was stopped, and by what recipe it was making a value.
  record Aborted(Instant at, String recipe) {}

  /// `credence.dev/expires-at` on a Secret that we do not make.
  sealed interface EndDate {
    record At(Instant time) implements EndDate {}

    record Unreadable(String text) implements EndDate {}
  }
}
