// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.CredentialId;
import dev.credence.facts.evidence.Sighting;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.TokenUse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The last use of each token that Credence issued, by the ID that audit events have for it. The
/// API server rejects a retired token within seconds; a use after that shows that the token is
/// still accepted, and that another client may have it.
public final class TokenUses {
  /// The API server caches the answer about a token for ten seconds, and clocks differ.
  private static final Duration TOLERANCE = Duration.ofMinutes(1);

  /// The credential with what is known of the use of its tokens.
  public static Credential over(Snapshot s, Credential credential) {
    return issue(s, credential.name())
        .flatMap(issue -> evidence(s, credential.name()).map(did -> over(issue, did, credential)))
        .orElse(credential);
  }

  /// From when on a use of a retired token counts, by the ID of the token.
  public static Map<String, Instant> retired(Snapshot s) {
    var all = new HashMap<String, Instant>();
    tokens(s)
        .flatMap(secret -> issue(s, secret.name()).stream())
        .flatMap(issue -> issue.tokens().stream())
        .forEach(token -> token.retired().ifPresent(at -> all.put(token.id(), at.plus(TOLERANCE))));
    return all;
  }

  private static Stream<SecretWanted> tokens(Snapshot s) {
    return s.identity().secrets().stream().filter(SecretWanted::isToken);
  }

  private static Optional<Issue> issue(Snapshot s, String secret) {
    return s.member(ObjectRef.secret(secret))
        .filter(StoredSecret.class::isInstance)
        .map(StoredSecret.class::cast)
        .flatMap(StoredSecret::issue);
  }

  private static Optional<AccountEvidence> evidence(Snapshot s, String secret) {
    return tokens(s)
        .filter(wanted -> wanted.name().equals(secret))
        .flatMap(wanted -> wanted.material().stream())
        .map(TokenRecipe.class::cast)
        .findFirst()
        .flatMap(token -> s.auditedUse().known().flatMap(log -> log.account(token.account())));
  }

  private static Credential over(Issue issue, AccountEvidence did, Credential credential) {
    // The next version may be issued by this very decision.
    var version = credential.version().orElse(issue.version());
    var current = last(issue, version, did);
    var previous =
        credential.previousRetires().isPresent()
            ? last(issue, version - 1, did)
            : Optional.<Instant>empty();
    return credential.with(
        new TokenUse(
            current.map(time -> time.atZone(ZoneOffset.UTC).toLocalDate()),
            previous.map(time -> time.truncatedTo(ChronoUnit.HOURS))),
        issue.tokens().stream().flatMap(token -> late(token, did).stream()).findFirst());
  }

  private static Optional<Instant> last(Issue issue, long version, AccountEvidence did) {
    return issue.tokens().stream()
        .filter(token -> token.version() == version)
        .flatMap(token -> Stream.ofNullable(did.credentials().get(token.id())))
        .map(Sighting::time)
        .max(Instant::compareTo);
  }

  private static Optional<String> late(CredentialId token, AccountEvidence did) {
    return token
        .retired()
        .filter(
            at ->
                Stream.ofNullable(did.credentials().get(token.id()))
                    .map(Sighting::time)
                    .anyMatch(time -> time.isAfter(at.plus(TOLERANCE))))
        .map(
            at ->
                "The token of version %d was used after it was retired at %s. Find out which client has it. If it was stolen, set the annotation credence.dev/compromised on the identity."
                    .formatted(token.version(), at));
  }

  private TokenUses() {}
}
