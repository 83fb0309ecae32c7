// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.StoredMetadata;
import dev.credence.facts.evidence.CredentialId;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.Evicted;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An object of the namespace that the identity names, selects or has marked.
public sealed interface Member {
  ObjectFacts object();

  default ObjectRef subject() {
    return object().subject();
  }

  record Account(ObjectFacts object, boolean automount) implements Member {}

  /// A Secret without its bytes. `issue`: our annotations on it, where they can be read; `part`: it
  /// belongs to the rotation of another Secret; `manager`: what else manages it, like Helm; `runs`:
  /// what is recorded of the hooks of its value; `overwritten`: another client overwrote a value of
  /// ours.
  record StoredSecret(
      ObjectFacts object,
      Optional<Issue> issue,
      Requests requests,
      Optional<EndDate> endDate,
      boolean legacyToken,
      Optional<Part> part,
      Optional<String> manager,
      List<HookRun> runs,
      Optional<Overwritten> overwritten,
      StoredMetadata metadata)
      implements Member {

    public StoredSecret {
      runs = List.copyOf(runs);
    }

    /// One without metadata of its spec.
    public StoredSecret(
        ObjectFacts object,
        Optional<Issue> issue,
        Requests requests,
        Optional<EndDate> endDate,
        boolean legacyToken,
        Optional<Part> part,
        Optional<String> manager,
        List<HookRun> runs,
        Optional<Overwritten> overwritten) {
      this(
          object,
          issue,
          requests,
          endDate,
          legacyToken,
          part,
          manager,
          runs,
          overwritten,
          StoredMetadata.NONE);
    }

    /// One of which nothing is recorded, and that nobody else wrote.
    public StoredSecret(
        ObjectFacts object,
        Optional<Issue> issue,
        Requests requests,
        Optional<EndDate> endDate,
        boolean legacyToken,
        Optional<Part> part,
        Optional<String> manager) {
      this(
          object,
          issue,
          requests,
          endDate,
          legacyToken,
          part,
          manager,
          List.of(),
          Optional.empty());
    }

    /// The keys that another system issues, of a pending value that has some.
    public Optional<IssuedKeys> issuedKeys() {
      return part.flatMap(
          found -> found instanceof Part.Pending(_, var issued) ? issued : Optional.empty());
    }

    /// When its value ends by itself, where that is known.
    public Optional<Instant> end() {
      return endDate.flatMap(EndDate::readable);
    }
  }

  /// Keys whose value another client overwrote. `manager`: the name under which the API server
  /// knows the writer.
  record Overwritten(List<String> keys, String manager, Optional<Instant> at) {
    public Overwritten {
      keys = List.copyOf(keys);
    }
  }

  /// The purpose of a Secret that belongs to the rotation of another one.
  sealed interface Part {
    String secret();

    /// holds the next value until it is proven. `issued`: what another system issues of it.
    record Pending(String secret, Optional<IssuedKeys> issued) implements Part {
      /// One whose value is generated.
      public Pending(String secret) {
        this(secret, Optional.empty());
      }
    }

    /// a token of this version is bound to it and ends with it
    record Anchor(String secret, long version) implements Part {}
  }

  /// The keys of a pending value that its hook `issue` writes. `written`: those that are there.
  /// `job`: the Job whose pod may write them, once it is admitted.
  record IssuedKeys(List<String> names, Set<String> written, Optional<String> job) {
    public IssuedKeys {
      names = List.copyOf(names);
      written = Set.copyOf(written);
    }

    /// Whether the pod of this Job wrote all of them.
    public boolean isWrittenBy(String name) {
      return job.filter(name::equals).isPresent() && written.containsAll(names);
    }
  }

  /// A cert-manager Certificate. `complaint` is its message where it is not ready; `issuing`:
  /// cert-manager is about to re-issue it; `revision`: how often it was issued, 0 where never;
  /// `failure`: the last attempt failed. `asked` is its spec, and `ours` the part of it that
  /// Credence wrote and no other field manager owns.
  record Certificate(
      ObjectFacts object,
      boolean ready,
      boolean issuing,
      int revision,
      Optional<String> complaint,
      Optional<Failure> failure,
      Optional<Instant> notBefore,
      Optional<Instant> notAfter,
      Optional<Instant> renewal,
      Optional<Issuance> asked,
      Set<Issuance.Field> ours)
      implements Member {
    public Certificate {
      ours = Set.copyOf(ours);
    }
  }

  /// The failed attempts of cert-manager in a row, and the time of the last one.
  record Failure(int attempts, Instant last) {}

  /// The annotations of a generated Secret about its value: enough to go on if every status were
  /// lost. `account`: the UID of the ServiceAccount whose token it is. `aborted`: the last rotation
  /// that was aborted. `moving`: how far its consumers have moved to it. `tokens`: the IDs of its
  /// last tokens, the newest first.
  record Issue(
      long version,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt,
      Previous previous,
      Optional<String> generatorSpec,
      Optional<String> account,
      Handled handled,
      Optional<Aborted> aborted,
      Moving moving,
      List<CredentialId> tokens) {

    public Issue {
      tokens = List.copyOf(tokens);
    }

    /// The same value once these requests were answered.
    public Issue with(Handled handled, Optional<Aborted> aborted) {
      return new Issue(
          version,
          issuedAt,
          previousRetiresAt,
          previous,
          generatorSpec,
          account,
          handled,
          aborted,
          moving,
          tokens);
    }

    /// Whether consumers may still have to move to this value.
    public boolean isMoving() {
      return previousRetiresAt.isPresent() || moving.leftBefore().isPresent();
    }

    /// Whether the value before it is still to be taken away, and valid until then.
    public boolean isPreviousValid() {
      return previousRetiresAt.isPresent()
          && moving.leftBefore().filter(before -> !before.isBefore(issuedAt)).isEmpty();
    }

    /// Whether the hook of the previous value may be at work: it reads that value from the Secret.
    public boolean isEnding() {
      return previousRetiresAt.isPresent() && previous == Previous.Ending;
    }
  }

  /// The record on a Secret about its consumers. `leftBefore`: pods from before this time use a
  /// value that is no longer valid; empty once there are none. `evicted`: the controllers of which
  /// a pod was evicted for the current value.
  record Moving(Optional<Instant> leftBefore, List<Evicted> evicted) {
    public static final Moving NONE = new Moving(Optional.empty(), List.of());

    public Moving {
      evicted = List.copyOf(evicted);
    }
  }

  /// The state of the previous value, while consumers may still use it.
  enum Previous {
    /// readable as `<key>.previous`, and valid
    Kept,
    /// not readable: a token, or revoked
    Gone,
    /// its hook may have ended it by now
    Ending
  }

  /// When a rotation was aborted, and the generator spec of the value that it was generating.
  record Aborted(Instant at, String generatorSpec) {}

  /// `credence.dev/expires-at`: written by the owner of a linked Secret, and on a token of ours the
  /// expiration that the API server granted.
  sealed interface EndDate {
    record At(Instant time) implements EndDate {}

    record Unreadable(String text) implements EndDate {}

    default Optional<Instant> readable() {
      return switch (this) {
        case At(var time) -> Optional.of(time);
        case Unreadable _ -> Optional.empty();
      };
    }

    /// Why nothing ends by it.
    default Optional<String> complaint() {
      return switch (this) {
        case At _ -> Optional.empty();
        case Unreadable(var text) ->
            Optional.of(
                "The annotation credence.dev/expires-at is '"
                    + text
                    + "', which is not a time like 2027-01-01T00:00:00Z.");
      };
    }
  }
}
