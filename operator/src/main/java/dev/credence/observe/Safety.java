package dev.credence.observe;

import dev.credence.api.Api;
import dev.credence.facts.Calling.State;
import dev.credence.facts.Guard;
import dev.credence.facts.Identity;
import dev.credence.facts.Identity.AccountWanted;
import dev.credence.facts.Member;
import dev.credence.facts.Safeguards;
import dev.credence.facts.Safeguards.Bindings;
import dev.credence.facts.Safeguards.LegacyToken;
import dev.credence.facts.Subject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the suspension of an identity rests on, out of the caches.
final class Safety {
  private final Cluster cluster;

  Safety(Cluster cluster) {
    this.cluster = cluster;
  }

  Safeguards of(Identity identity, List<Member> members, Map<String, List<Instant>> recent) {
    var namespace = identity.namespace();
    var accounts = accounts(identity, members);
    return new Safeguards(
        cluster.admissions(),
        cluster.listed(namespace),
        tokens(identity, accounts),
        accounts.stream()
            .filter(account -> cluster.isNeverSuspended(namespace, account))
            .collect(Collectors.toSet()),
        recent,
        bindings(identity, accounts));
  }

  /// The ServiceAccounts that the identity may have, by name.
  static Set<String> accounts(Identity identity, List<Member> members) {
    return Stream.concat(
            identity.accounts().stream().map(AccountWanted::name),
            members.stream()
                .filter(Member.Account.class::isInstance)
                .map(member -> member.subject().name()))
        .collect(Collectors.toSet());
  }

  private List<LegacyToken> tokens(Identity identity, Set<String> accounts) {
    var namespace = identity.namespace();
    return Stream.concat(
            accounts.stream().flatMap(account -> cluster.tokensOf(namespace, account).stream()),
            cluster.endedFor(namespace, identity.uid()).stream())
        .map(Safety::token)
        .distinct()
        .sorted(Comparator.comparing(LegacyToken::subject))
        .toList();
  }

  private static LegacyToken token(HasMetadata secret) {
    var meta = secret.getMetadata();
    var annotations = Metadata.annotations(meta);
    return new LegacyToken(
        Subject.secret(meta.getName()),
        new Guard(meta.getUid(), meta.getResourceVersion()),
        annotations.getOrDefault(Members.ACCOUNT_OF_TOKEN, ""),
        Metadata.labels(meta).containsKey(Api.INVALID_SINCE),
        Texts.present(annotations.get(Api.SUSPENDED)),
        meta.getDeletionTimestamp() != null);
  }

  private Optional<Bindings> bindings(Identity identity, Set<String> accounts) {
    return identity.calling().state() == State.Decommissioned || identity.lived().decommissioned()
        ? Optional.of(cluster.bindings(identity.namespace(), accounts))
        : Optional.empty();
  }
}
