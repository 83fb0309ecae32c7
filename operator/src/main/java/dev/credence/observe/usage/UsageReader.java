// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.UsageEvidence;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import dev.credence.observe.port.ClusterReader;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads evidence of usage from the caches and from lists.
public final class UsageReader {
  private final ClusterReader cluster;

  public UsageReader(ClusterReader cluster) {
    this.cluster = cluster;
  }

  /// `news`: the identity is new, or a user has changed it.
  public UsageEvidence of(Identity identity, List<Member> members, Instant now, boolean news) {
    var subjects = subjects(identity, members);
    if (subjects.isEmpty() || identity.leaving()) {
      return UsageEvidence.NONE;
    }
    var accounts =
        subjects.stream()
            .filter(subject -> subject.kind() == ObjectRef.Kind.ServiceAccount)
            .map(ObjectRef::name)
            .collect(Collectors.toSet());
    return new UsageEvidence(
        uses(cluster.uses(identity.namespace(), now, news), subjects),
        haveTokens(identity.namespace(), accounts)
            ? cluster.tracking(now)
            : new Tracking.Unknown("there are no tokens"),
        accounts.stream()
            .collect(
                Collectors.toMap(
                    Function.identity(), name -> signals(identity.namespace(), name))));
  }

  private static Set<ObjectRef> subjects(Identity identity, List<Member> members) {
    return Stream.of(
            identity.accounts().stream().map(AccountWanted::name).map(ObjectRef::account),
            identity.secrets().stream().map(SecretWanted::name).map(ObjectRef::secret),
            members.stream().map(Member::subject))
        .flatMap(Function.identity())
        .filter(subject -> subject.kind() != ObjectRef.Kind.Certificate)
        .collect(Collectors.toSet());
  }

  private static UsageListing uses(UsageListing all, Set<ObjectRef> of) {
    return new UsageListing(
        all.ran().entrySet().stream()
            .filter(entry -> of.contains(entry.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
        all.setUp().stream().filter(setUp -> of.contains(setUp.what())).toList(),
        all.problems());
  }

  private boolean haveTokens(String namespace, Set<String> accounts) {
    return accounts.stream().anyMatch(account -> !cluster.tokensOf(namespace, account).isEmpty());
  }

  private Map<String, String> signals(String namespace, String account) {
    var signals = new TreeMap<String, String>();
    cluster
        .find(namespace, ObjectRef.account(account))
        .map(HasMetadata::getMetadata)
        .ifPresent(
            meta -> {
              signals.putAll(Metadata.annotations(meta));
              signals.putAll(Metadata.labels(meta));
            });
    signals.keySet().retainAll(ForeignAnnotations.SIGNALS);
    signals.replaceAll((key, value) -> UntrustedText.oneLine(value == null ? "" : value));
    return signals;
  }
}
