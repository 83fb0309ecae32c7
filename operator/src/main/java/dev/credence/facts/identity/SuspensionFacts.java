// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.text.Days;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The facts that suspension and approval depend on, in addition to the identity itself.
///
/// `admissions`: the admission policies that are active. `unconfirmed`: those that exist, and by
/// which the API server was not observed to deny. `asked`: the address of the API server that was
/// asked for that, where one was. `listed`: the entries of the list of suspended accounts for
/// accounts of the namespace, by name; `mostListed`: how many there may be. `tokens`: the Secrets
/// with tokens of accounts that the identity may have, and those that its suspension has
/// invalidated. `ended`: the invalidated tokens that its status remembers. `anchors`: the anchors
/// of tokens that Credence issued for these accounts, whichever identity asked for them. `immune`:
/// accounts of the namespace that are never suspended. `recent`: when policies suspended identities
/// in the last hour, by the policy's name. `bindings`: the bindings that still grant rights to the
/// accounts; read only for an identity that is being decommissioned. `vetting`: what approvals and
/// reviews are checked by.
public record SuspensionFacts(
    Set<Admission> admissions,
    Set<Admission> unconfirmed,
    Optional<String> asked,
    Map<String, Listed> listed,
    int mostListed,
    List<LegacyToken> tokens,
    List<Remembered> ended,
    List<Anchor> anchors,
    Set<String> immune,
    Map<String, List<Instant>> recent,
    Optional<Bindings> bindings,
    Vetting vetting) {
  /// The default of [#mostListed].
  public static final int MOST_SUSPENDED = 1_000;

  public static final SuspensionFacts NONE =
      new SuspensionFacts(
          Set.of(),
          Set.of(),
          Optional.empty(),
          Map.of(),
          MOST_SUSPENDED,
          List.of(),
          List.of(),
          List.of(),
          Set.of(),
          Map.of(),
          Optional.empty(),
          Vetting.NONE);

  /// The list of suspended accounts has a key of namespace, dot and name for each of them: of this
  /// length at most.
  private static final int LONGEST_KEY = 253;

  /// The longest name whose key fits into the list in any namespace.
  public static final int LONGEST_PROVISIONED = 189;

  /// In which suspensions by policies are counted.
  public static final Duration WINDOW = Duration.ofHours(1);

  public SuspensionFacts {
    admissions = Set.copyOf(admissions);
    unconfirmed = Set.copyOf(unconfirmed);
    listed = Map.copyOf(listed);
    tokens = List.copyOf(tokens);
    ended = List.copyOf(ended);
    anchors = List.copyOf(anchors);
    immune = Set.copyOf(immune);
    recent = Map.copyOf(recent);
  }

  /// The identity that keeps this account suspended, where it is not the one with this UID. An
  /// entry that a user wrote by hand is for no identity.
  public Optional<Listed> listedForOther(String account, String uid) {
    return Optional.ofNullable(listed.get(account))
        .filter(entry -> !entry.uid().isEmpty() && !entry.isFor(uid));
  }

  /// The entries for the identity with this UID, by account.
  public Map<String, Listed> listedFor(String uid) {
    return listed.entrySet().stream()
        .filter(entry -> entry.getValue().isFor(uid))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// Whether the list of suspended accounts has room for this name.
  public static boolean canBeListed(String namespace, String account) {
    return namespace.length() + 1 + account.length() <= LONGEST_KEY;
  }

  /// The same with what policies have done meanwhile.
  public SuspensionFacts with(Map<String, List<Instant>> later) {
    return new SuspensionFacts(
        admissions,
        unconfirmed,
        asked,
        listed,
        mostListed,
        tokens,
        ended,
        anchors,
        immune,
        later,
        bindings,
        vetting);
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
    Reviews("review.credence.dev"),
    /// checks who writes a value that another system issued
    Issued("issued.credence.dev");

    private final String resource;

    Admission(String resource) {
      this.resource = resource;
    }

    /// The name of the ValidatingAdmissionPolicy and of its binding.
    public String resource() {
      return resource;
    }
  }

  /// An account in the list of suspended ones: for which identity, since when, and what takes it
  /// off the list. The list has the first characters of the UID alone, and nothing of `why`.
  public record Listed(String identity, String uid, Instant since, String why, Until until) {

    /// The event that removes the entry from the list, in addition to the resumption of its
    /// identity.
    public enum Until {
      /// the deletion of its identity
      Deleted,
      /// a user who may write the list: the deletion of its identity frees nothing
      Released
    }

    public Listed(String identity, String uid, Instant since, String why) {
      this(identity, uid, since, why, Until.Deleted);
    }

    /// Whether it is there for the identity with this UID.
    public boolean isFor(String whole) {
      return !uid.isEmpty() && whole.startsWith(uid);
    }

    /// Whether the account stays suspended when its identity is deleted.
    public boolean outlivesItsIdentity() {
      return until == Until.Released;
    }
  }

  /// The Secret that a token of this account is bound to: the token expires with it.
  public record Anchor(ObjectRef subject, Preconditions preconditions, String account) {}

  /// A token that was ended, whose account is still the same. `stands`: a Secret of its name is
  /// there, and nothing on it makes a token invalid.
  public record Remembered(EndedToken token, boolean stands) {
    public ObjectRef subject() {
      return ObjectRef.secret(token.secret());
    }
  }

  /// A Secret with a token of an account that does not end by itself. `invalid`: the API server
  /// refuses it. `ended`: for whom, where that is our doing. `lastUsed`: the day
  /// that the API server wrote down; `trackedSince`: since when it does, where that is known.
  public record LegacyToken(
      ObjectRef subject,
      Preconditions preconditions,
      String account,
      boolean invalid,
      Optional<TokenInvalidation> ended,
      boolean leaving,
      Instant createdAt,
      Optional<LocalDate> lastUsed,
      Optional<LocalDate> trackedSince,
      Mounted mounted) {

    /// Whether a running pod, or the template of a workload, names it.
    public enum Mounted {
      Nowhere,
      Somewhere,
      /// not asked, or without an answer
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
          preconditions,
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
