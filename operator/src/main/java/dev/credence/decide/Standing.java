package dev.credence.decide;

import dev.credence.facts.Identity.AccountElsewhere;
import dev.credence.facts.Identity.Users;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is true of an identity once the actions of its decision are done: status, Events and
/// metrics are views of it. `violations`: the rules of the policy that are broken, whether it
/// enforces them or not.
public record Standing(
    State state,
    Optional<String> type,
    OwnerFound owner,
    Optional<PolicyApplied> policy,
    Optional<Instant> end,
    Optional<Instant> nextAction,
    Counts members,
    List<Credential> credentials,
    Handled handled,
    List<Verdict> verdicts,
    List<Reason> violations) {

  public Standing {
    credentials = List.copyOf(credentials);
    verdicts = List.copyOf(verdicts);
    violations = List.copyOf(violations);
  }

  /// The last requests by annotation that were acted upon.
  public record Handled(
      Optional<String> rotate,
      Optional<String> rollback,
      Optional<String> abort,
      Optional<String> revoke) {
    public static final Handled NONE =
        new Handled(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public enum State {
    Provisioning,
    Active,
    Rotating
  }

  public record OwnerFound(Optional<String> contact, Optional<String> team, Source source) {}

  public enum Source {
    Spec,
    Namespace,
    None
  }

  public record PolicyApplied(String name, long generation) {}

  public record Counts(
      int serviceAccounts,
      int secrets,
      int certificates,
      int missing,
      int notOwned,
      int conflicted) {}

  public record Credential(
      String name,
      Kind kind,
      Phase phase,
      Optional<Long> version,
      Optional<Instant> issuedAt,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Optional<AccountElsewhere> account,
      Optional<Users> consumers,
      Handled handled,
      Optional<String> message) {

    public enum Kind {
      Generated,
      Token,
      Certificate,
      LegacyToken,
      Linked
    }

    public enum Phase {
      Pending,
      Fresh,
      Due,
      Deferred,
      Applying,
      Verifying,
      Restarting,
      Overlapping,
      Retiring,
      Blocked,
      Expired,
      Revoked
    }
  }

  public Verdict verdict(Verdict.Aspect aspect) {
    return verdicts.stream()
        .filter(verdict -> verdict.aspect() == aspect)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no verdict on " + aspect));
  }

  public boolean ready() {
    return verdict(Verdict.Aspect.Ready).truth() == Verdict.Truth.True;
  }
}
