// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.Membership;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity.AccountElsewhere;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member.EndDate;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Plans the Secrets whose value Credence does not generate: linked ones, and those that the
/// identity no longer lists.
public final class LinkedSecrets {

  /// A Secret that Credence never writes. It expires where its owner wrote
  /// `credence.dev/expires-at`.
  public static CredentialPlan linked(Snapshot s, StoredSecret secret) {
    var end = secret.end();
    var isOver = hasCome(end, s);
    var name = secret.subject().name();
    return CredentialPlan.of(name, secret.legacyToken() ? Kind.LegacyToken : Kind.Linked)
        .phase(isOver ? Phase.Expired : Phase.Fresh)
        .ends(end)
        .account(accountOf(s, name))
        .message(
            isOver
                ? end.map(
                    time ->
                        "Expired at " + time + ". Replace the value in the system that issued it.")
                : secret.endDate().flatMap(EndDate::complaint))
        .build();
  }

  private static Optional<AccountElsewhere> accountOf(Snapshot s, String secret) {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.name().equals(secret))
        .findFirst()
        .flatMap(SecretWanted::account);
  }

  /// A Secret that we made and that the identity no longer lists. Its previous value still goes
  /// when it was said to go.
  public static CredentialPlan leftover(Snapshot s, StoredSecret secret) {
    var promised = secret.issue().flatMap(Issue::previousRetiresAt);
    var isRetiring = hasCome(promised, s) && s.failedWrite(secret.subject()).isEmpty();
    var previousRetires = promised.filter(_ -> !isRetiring);
    var isToken = secret.issue().flatMap(Issue::account).isPresent();
    var plan =
        CredentialPlan.of(secret.subject().name(), isToken ? Kind.Token : Kind.Generated)
            .phase(previousRetires.isPresent() ? Phase.Overlapping : Phase.Fresh)
            .version(secret.issue().map(Issue::version))
            .issuedAt(secret.issue().map(Issue::issuedAt))
            .previousRetires(previousRetires)
            .message(
                "No longer in `spec.secrets`. The Secret is kept and not rotated. Delete it when nothing uses it, or list it again.")
            .against(Blocker.refusal(s, secret.subject()));
    return isRetiring
        ? plan.doing(olderTokensEnding(s, secret))
            .doing(new Action.Retire(secret.subject(), secret.object().preconditions()))
            .build()
        : plan.build();
  }

  private static List<Action> olderTokensEnding(Snapshot s, StoredSecret secret) {
    return TokenAnchors.endingBefore(
        secret.issue().map(Issue::version).orElse(0L),
        Membership.parts(s, secret.subject().name()),
        TokenAnchors.OVERLAP_IS_OVER);
  }

  private static boolean hasCome(Optional<Instant> time, Snapshot s) {
    return time.filter(at -> !at.isAfter(s.now())).isPresent();
  }

  private LinkedSecrets() {}
}
