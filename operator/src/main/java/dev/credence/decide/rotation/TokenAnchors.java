// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.Membership;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Account;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Plans the anchors of tokens. A token of a ServiceAccount is bound to an empty Secret, its
/// anchor, and becomes invalid with it: deleting the anchor revokes one token, and the next one
/// stays valid (KEP-1205, `boundObjectRef`).
final class TokenAnchors {
  /// The reason for the end of a token that was not revoked.
  static final String OVERLAP_IS_OVER = "its overlap is over";

  /// A problem with the account of the token, or with the name of its next anchor.
  static Optional<Blocker> problem(RotationTarget t, TokenRecipe token, Optional<Issue> current) {
    var refused = notHad(t, token);
    if (refused.isPresent()) {
      return refused;
    }
    // Nothing but this very name: other Secrets may well be called `<secret>-anchor-vault`.
    return t.s()
        .member(ObjectRef.anchorOf(t.name(), t.nextVersion(current)))
        .filter(found -> anchors(t.parts()).noneMatch(a -> a.subject().equals(found.subject())))
        .map(
            taken ->
                Blocker.broken(
                    Sentences.about(
                        t.subject(),
                        taken.subject()
                            + " exists and is not managed by Credence. The operator creates the anchor of a token under this name. Delete the Secret if nothing uses it.")));
  }

  /// Why this identity gets no token of the account. A token is as good as the account, so that
  /// only the identity that has the account gets one: its suspension is to end them all.
  private static Optional<Blocker> notHad(RotationTarget t, TokenRecipe token) {
    var account = token.account();
    return switch (Membership.ofAccount(t.s(), account)) {
      case MemberRole.Linked _, MemberRole.Made _ -> Optional.empty();
      case MemberRole.ClaimedBy(_, var other) ->
          Optional.of(
              Blocker.broken(
                  t.subject()
                      + ": ServiceAccount "
                      + account
                      + " belongs to MachineIdentity "
                      + other
                      + ". The operator requests its tokens only for that identity."));
      case MemberRole.ClaimedWhileSuspended claimed ->
          Optional.of(
              Blocker.broken(Sentences.about(t.subject(), Membership.suspended(t.s(), claimed))));
      case MemberRole _ when account(t, token).isEmpty() ->
          Optional.of(
              new Blocker(
                  Reason.RotationBlocked,
                  t.subject() + ": ServiceAccount " + account + " does not exist.",
                  Impact.Waiting));
      case MemberRole.NotOwned _, MemberRole.WouldOverwrite _ ->
          Optional.of(
              Blocker.broken(
                  t.subject()
                      + ": ServiceAccount "
                      + account
                      + " exists and does not belong to this identity. The operator requests no tokens of it."));
      case MemberRole _ ->
          Optional.of(
              new Blocker(
                  Reason.RotationBlocked,
                  t.subject()
                      + ": ServiceAccount "
                      + account
                      + " does not belong to this identity yet.",
                  Impact.Waiting));
    };
  }

  static Optional<Account> account(RotationTarget t, TokenRecipe token) {
    return t.s()
        .member(ObjectRef.account(token.account()))
        .filter(member -> !member.object().leaving())
        .map(Account.class::cast);
  }

  /// Why the token that is there opens nothing any more.
  static Optional<String> dead(RotationTarget t, TokenRecipe token, Issue issue) {
    var account = account(t, token).map(found -> found.object().preconditions().uid());
    if (account.isPresent() && issue.account().isPresent() && !account.equals(issue.account())) {
      return Optional.of("ServiceAccount " + token.account() + " was re-created");
    }
    return hasAnchor(t, issue.version()) ? Optional.empty() : Optional.of("its anchor was deleted");
  }

  private static boolean hasAnchor(RotationTarget t, long version) {
    return anchors(t.parts()).anyMatch(anchor -> version(anchor) == version);
  }

  static boolean isOlderAlive(RotationTarget t, long version) {
    return anchors(t.parts()).anyMatch(anchor -> version(anchor) < version);
  }

  /// The anchor of a token is created before the token.
  static List<Action> anchoring(RotationTarget t, long version) {
    return t.material() instanceof TokenRecipe token && !hasAnchor(t, version)
        ? List.of(
            new Action.Anchor(
                ObjectRef.anchorOf(t.name(), version),
                t.subject(),
                version,
                account(t, token).map(account -> account.object().preconditions().uid()),
                t.labelling()))
        : List.of();
  }

  /// The end of the tokens of all versions before this one. `parts`: what is there for the Secret
  /// of the tokens.
  static List<Action> endingBefore(long version, List<StoredSecret> parts, String why) {
    return anchors(parts)
        .filter(anchor -> version(anchor) < version && !anchor.object().leaving())
        .<Action>map(
            anchor -> new Action.Remove(anchor.subject(), anchor.object().preconditions(), why))
        .toList();
  }

  private static Stream<StoredSecret> anchors(List<StoredSecret> parts) {
    return parts.stream()
        .filter(part -> part.part().filter(Part.Anchor.class::isInstance).isPresent());
  }

  private static long version(StoredSecret anchor) {
    return anchor.part().orElse(null) instanceof Part.Anchor(_, var version) ? version : 0;
  }

  private TokenAnchors() {}
}
