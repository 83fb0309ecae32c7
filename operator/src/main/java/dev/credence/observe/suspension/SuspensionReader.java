// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import dev.credence.api.Api;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.LifecycleRequests.State;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Anchor;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken.Mounted;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Remembered;
import dev.credence.facts.identity.Vetting;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.PolicySections.Legacy;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.observe.port.ClusterReader;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the facts for the suspension of an identity from the caches.
public final class SuspensionReader {
  private final ClusterReader cluster;

  public SuspensionReader(ClusterReader cluster) {
    this.cluster = cluster;
  }

  public SuspensionFacts of(
      Identity identity, List<Member> members, Map<String, List<Instant>> recent, Instant now) {
    var namespace = identity.namespace();
    var listed = cluster.listed(namespace);
    var accounts = accounts(identity, members, listed);
    return new SuspensionFacts(
        cluster.admissions(),
        cluster.unconfirmed(),
        cluster.asked(),
        listed,
        cluster.mostSuspended(),
        tokens(identity, accounts, now),
        ended(identity),
        anchors(namespace, accounts),
        accounts.stream()
            .filter(account -> cluster.isNeverSuspended(namespace, account))
            .collect(Collectors.toSet()),
        recent,
        bindings(identity, accounts),
        new Vetting(cluster.installed(), hooks(identity)));
  }

  /// Read only where a policy requires their approval.
  private Map<String, HookTemplate> hooks(Identity identity) {
    return cluster.policies().stream().anyMatch(SuspensionReader::requiresApproval)
        ? identity.secrets().stream()
            .flatMap(secret -> secret.hooks().all())
            .map(Hooks.Hook::cronJob)
            .distinct()
            .collect(
                Collectors.toMap(
                    Function.identity(), name -> cluster.hook(identity.namespace(), name)))
        : Map.of();
  }

  private static boolean requiresApproval(Policy policy) {
    return policy.sections().approval().filter(PolicySections.Approval::required).isPresent();
  }

  /// The ServiceAccounts that the identity may have, and those that are suspended for it, by name.
  public Set<String> accounts(Identity identity, List<Member> members) {
    return accounts(identity, members, cluster.listed(identity.namespace()));
  }

  private static Set<String> accounts(
      Identity identity, List<Member> members, Map<String, Listed> listed) {
    return Stream.of(
            identity.accounts().stream().map(AccountWanted::name),
            members.stream()
                .filter(Member.Account.class::isInstance)
                .map(member -> member.subject().name()),
            listed.entrySet().stream()
                .filter(entry -> entry.getValue().isFor(identity.uid()))
                .map(Map.Entry::getKey))
        .flatMap(names -> names)
        .collect(Collectors.toSet());
  }

  private List<Anchor> anchors(String namespace, Set<String> accounts) {
    return accounts.stream()
        .sorted()
        .flatMap(
            account ->
                cluster.find(namespace, ObjectRef.account(account)).stream()
                    .map(found -> found.getMetadata().getUid())
                    .flatMap(uid -> cluster.anchorsOf(namespace, uid).stream())
                    .map(HasMetadata::getMetadata)
                    .filter(meta -> meta.getDeletionTimestamp() == null)
                    .map(
                        meta ->
                            new Anchor(
                                ObjectRef.secret(meta.getName()),
                                Metadata.preconditions(meta),
                                account)))
        .toList();
  }

  private List<LegacyToken> tokens(Identity identity, Set<String> accounts, Instant now) {
    var namespace = identity.namespace();
    return Stream.concat(
            accounts.stream().flatMap(account -> cluster.tokensOf(namespace, account).stream()),
            cluster.endedFor(namespace, identity.uid()).stream())
        .map(secret -> token(secret, now))
        .distinct()
        .sorted(Comparator.comparing(LegacyToken::subject))
        .map(token -> mayEnd(token, now) ? token.with(mounted(namespace, token)) : token)
        .toList();
  }

  /// The deletion of an account ends its tokens for good, whatever Secret they are in.
  private List<Remembered> ended(Identity identity) {
    var namespace = identity.namespace();
    return identity.recorded().ended().stream()
        .filter(
            token ->
                cluster
                    .find(namespace, ObjectRef.account(token.account()))
                    .filter(found -> token.accountUid().equals(found.getMetadata().getUid()))
                    .isPresent())
        .map(token -> new Remembered(token, stands(namespace, token.secret())))
        .toList();
  }

  /// The API server accepts no token of a Secret that is being deleted or has the label, whatever
  /// type it has.
  private boolean stands(String namespace, String secret) {
    return cluster
        .find(namespace, ObjectRef.secret(secret))
        .map(HasMetadata::getMetadata)
        .filter(meta -> meta.getDeletionTimestamp() == null)
        .filter(meta -> !Metadata.labels(meta).containsKey(Api.INVALID_SINCE))
        .isPresent();
  }

  /// Pods are asked only for a token that a policy may have ended, or would end: for long unused.
  private boolean mayEnd(LegacyToken token, Instant now) {
    return cluster.policies().stream()
        .flatMap(policy -> policy.sections().tokens().stream())
        .filter(rule -> rule.legacy() == Legacy.Invalidate)
        .anyMatch(
            rule ->
                token
                    .idleSince()
                    .filter(since -> !since.plus(rule.unusedFor()).isAfter(now))
                    .isPresent());
  }

  private Mounted mounted(String namespace, LegacyToken token) {
    var consumers = cluster.consumers(namespace);
    if (consumers.problem().isPresent()) {
      return Mounted.Unknown;
    }
    var secret = token.subject().name();
    // A CronJob may need it once a year.
    return Stream.concat(
                consumers.pods().stream().map(PodFacts::secrets),
                consumers.workloads().stream().map(WorkloadFacts::secrets))
            .anyMatch(secrets -> secrets.contains(secret))
        ? Mounted.Somewhere
        : Mounted.Nowhere;
  }

  private LegacyToken token(HasMetadata secret, Instant now) {
    var meta = secret.getMetadata();
    var annotations = Metadata.annotations(meta);
    return new LegacyToken(
        ObjectRef.secret(meta.getName()),
        Metadata.preconditions(meta),
        annotations.getOrDefault(ForeignAnnotations.ACCOUNT_OF_TOKEN, ""),
        Metadata.labels(meta).containsKey(Api.INVALID_SINCE),
        UntrustedText.present(annotations.get(Api.SUSPENDED)).map(TokenInvalidation::of),
        meta.getDeletionTimestamp() != null,
        UntrustedText.time(meta.getCreationTimestamp()).orElse(Instant.EPOCH),
        UntrustedText.present(Metadata.labels(meta).get(Api.LAST_USED))
            .flatMap(day -> UntrustedText.day(day)),
        cluster.tracking(now) instanceof Tracking.Since(var day)
            ? Optional.of(day)
            : Optional.empty(),
        Mounted.Unknown);
  }

  private Optional<Bindings> bindings(Identity identity, Set<String> accounts) {
    return identity.lifecycleRequests().state() == State.Decommissioned
            || identity.recorded().decommissioned()
        ? Optional.of(cluster.bindings(identity.namespace(), accounts))
        : Optional.empty();
  }
}
