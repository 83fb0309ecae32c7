package dev.credence.facts;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What suspension and approval rest on beside the identity itself.
///
/// `guards`: the admission policies that are in force. `unconfirmed`: those that are there, and by
/// which the API server was not seen to refuse. `listed`: what the list of suspended accounts says
/// of accounts of the namespace, by name; `mostListed`: how many of them it may have. `tokens`: the
/// Secrets with tokens of accounts that the identity may have, and those that its suspension has
/// ended. `immune`: accounts of the namespace that are never suspended. `recent`: when policies
/// suspended identities by themselves in the last hour, by the policy's name. `bindings`: who still
/// gives rights to the accounts; looked up only for an identity at its end.
public record Safeguards(
    Set<Admission> guards,
    Set<Admission> unconfirmed,
    Map<String, Listed> listed,
    int mostListed,
    List<LegacyToken> tokens,
    Set<String> immune,
    Map<String, List<Instant>> recent,
    Optional<Bindings> bindings) {
  /// The default of [#mostListed].
  public static final int MOST_SUSPENDED = 1_000;

  public static final Safeguards NONE =
      new Safeguards(
          Set.of(),
          Set.of(),
          Map.of(),
          MOST_SUSPENDED,
          List.of(),
          Set.of(),
          Map.of(),
          Optional.empty());

  /// In which suspensions by policies are counted.
  public static final Duration WINDOW = Duration.ofHours(1);

  public Safeguards {
    guards = Set.copyOf(guards);
    unconfirmed = Set.copyOf(unconfirmed);
    listed = Map.copyOf(listed);
    tokens = List.copyOf(tokens);
    immune = Set.copyOf(immune);
    recent = Map.copyOf(recent);
  }

  /// What is listed for the identity with this UID, by account.
  public Map<String, Listed> listedFor(String uid) {
    return listed.entrySet().stream()
        .filter(entry -> entry.getValue().isFor(uid))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// The same with what policies have done meanwhile.
  public Safeguards with(Map<String, List<Instant>> later) {
    return new Safeguards(guards, unconfirmed, listed, mostListed, tokens, immune, later, bindings);
  }

  /// An admission policy that the chart installs.
  public enum Admission {
    /// denies what a suspended account writes
    Writes("suspended.credence.dev"),
    /// denies new tokens of a suspended account
    Tokens("no-new-tokens.credence.dev"),
    /// checks who writes an approval
    Approvals("approval.credence.dev"),
    /// checks who writes a review
    Reviews("review.credence.dev");

    private final String resource;

    Admission(String resource) {
      this.resource = resource;
    }

    /// The name of the ValidatingAdmissionPolicy and of its binding.
    public String resource() {
      return resource;
    }
  }

  /// An account in the list of suspended ones: for which identity, and since when. The list has the
  /// first characters of the UID alone, and nothing of `why`.
  public record Listed(String identity, String uid, Instant since, String why) {
    /// Whether it is there for the identity with this UID.
    public boolean isFor(String whole) {
      return !uid.isEmpty() && whole.startsWith(uid);
    }
  }

  /// A Secret with a token of an account that does not end by itself. `invalid`: the API server
  /// refuses it. `ended`: for whom, where that is our doing. `lastUsed`: the day
  /// that the API server wrote down; `trackedSince`: since when it does, where that is known.
  public record LegacyToken(
      Subject subject,
      Guard guard,
      String account,
      boolean invalid,
      Optional<Ended> ended,
      boolean leaving,
      Instant createdAt,
      Optional<LocalDate> lastUsed,
      Optional<LocalDate> trackedSince,
      Mounted mounted) {

    /// Whether a running pod, or the template of a workload, names it.
    public enum Mounted {
      Nowhere,
      Somewhere,
      /// nobody asked, or it could not be told
      Unknown
    }

    /// Since when nothing has used it; empty where that cannot be said. Days are counted to their
    /// end, since that is all that is known.
    public Optional<Instant> idleSince() {
      return trackedSince.map(
          since -> {
            var day = lastUsed.filter(since::isBefore).orElse(since);
            var end = Days.end(day);
            return end.isAfter(createdAt) ? end : createdAt;
          });
    }

    /// The same once it was asked.
    public LegacyToken with(Mounted seen) {
      return new LegacyToken(
          subject,
          guard,
          account,
          invalid,
          ended,
          leaving,
          createdAt,
          lastUsed,
          trackedSince,
          seen);
    }
  }

  /// RoleBindings and ClusterRoleBindings as `RoleBinding sales/crm-view`. `problem`: why they
  /// could not be listed.
  public record Bindings(List<String> names, Optional<String> problem) {
    public Bindings {
      names = List.copyOf(names);
    }
  }
}
