// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.discovery;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.CredentialType;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.facts.discovery.Inventory;
import dev.credence.facts.discovery.Inventory.Claimant;
import dev.credence.facts.discovery.Inventory.Item;
import dev.credence.facts.discovery.Inventory.Nature;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.policy.Policy;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.Provenance;
import dev.credence.observe.wake.MemberReferences;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Lists of objects as what discovery rests on. The objects may be whole or metadata alone, from a
/// cache or from a list that was asked for.
public final class InventoryReader {
  /// `types`: of Secrets by their UID, for those that come without; `certificates` empty: they
  /// cannot be listed, and `gaps` says so.
  public record Lists(
      Collection<? extends HasMetadata> namespaces,
      Collection<? extends HasMetadata> accounts,
      Collection<? extends HasMetadata> secrets,
      Optional<Collection<Certificate>> certificates,
      Collection<MachineIdentity> identities,
      List<Policy> policies,
      Function<String, Optional<String>> types,
      List<String> gaps) {}

  public static Inventory of(Lists lists, DefaultExclusions excluded) {
    var alive =
        lists.identities().stream()
            .map(identity -> identity.getMetadata().getUid())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    var items = new ArrayList<Item>();
    lists
        .accounts()
        .forEach(
            found ->
                FaultBarrier.kept(
                    found, () -> items.add(item(found, new Nature.Account(), alive))));
    lists
        .secrets()
        .forEach(
            found ->
                FaultBarrier.kept(
                    found, () -> items.add(item(found, secret(found, lists.types()), alive))));
    lists.certificates().stream()
        .flatMap(Collection::stream)
        .forEach(
            found ->
                FaultBarrier.kept(found, () -> items.add(item(found, certificate(found), alive))));
    return new Inventory(
        lists.namespaces().stream()
            .collect(
                Collectors.toMap(
                    namespace -> namespace.getMetadata().getName(),
                    namespace -> namespaceFacts(namespace.getMetadata()),
                    (one, same) -> one)),
        items,
        lists.identities().stream().map(InventoryReader::claimant).toList(),
        lists.policies(),
        excluded,
        lists.gaps());
  }

  public static NamespaceFacts namespaceFacts(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return new NamespaceFacts(
        Metadata.labels(meta),
        UntrustedText.present(annotations.get(Api.OWNER)).map(UntrustedText::oneLine),
        UntrustedText.present(annotations.get(Api.TEAM)).map(UntrustedText::oneLine),
        meta.getDeletionTimestamp() != null);
  }

  private static Item item(HasMetadata found, Nature nature, Set<String> alive) {
    var meta = found.getMetadata();
    var heldBy = Metadata.annotations(meta).get(Api.HELD_BY);
    return new Item(
        meta.getNamespace(),
        meta.getName(),
        Objects.requireNonNullElse(meta.getUid(), ""),
        Metadata.labels(meta),
        nature,
        Metadata.controllers(meta)
                .anyMatch(
                    owner ->
                        "MachineIdentity".equals(owner.getKind())
                            && String.valueOf(owner.getApiVersion()).startsWith(Api.GROUP + "/"))
            || (heldBy != null && alive.contains(heldBy)),
        meta.getDeletionTimestamp() != null);
  }

  private static Nature secret(HasMetadata found, Function<String, Optional<String>> types) {
    var meta = found.getMetadata();
    var annotations = Metadata.annotations(meta);
    var type =
        (found instanceof Secret secret
                ? UntrustedText.present(secret.getType())
                : Optional.<String>empty())
            .or(() -> Optional.ofNullable(meta.getUid()).flatMap(types));
    // Kubernetes asks for the annotation on every such Secret; on others it means nothing.
    var account = Optional.ofNullable(annotations.get(ForeignAnnotations.ACCOUNT_OF_TOKEN));
    return account
        .filter(_ -> type.map(CredentialType.SERVICE_ACCOUNT_TOKEN::equals).orElse(true))
        .map(UntrustedText::oneLine)
        .<Nature>map(Nature.Token::new)
        .orElseGet(
            () ->
                new Nature.Stored(
                    type, SecretOrigins.of(meta), annotations.containsKey(Api.EXPIRES_AT)));
  }

  private static Nature certificate(Certificate found) {
    return new Nature.Certificate(
        Optional.ofNullable(found.getSpec())
            .map(CertificateSpec::getSecretName)
            .flatMap(UntrustedText::present));
  }

  private static Claimant claimant(MachineIdentity identity) {
    var meta = identity.getMetadata();
    return new Claimant(
        meta.getNamespace(),
        meta.getName(),
        Metadata.preconditions(meta),
        MemberReferences.names(identity)
            .filter(subject -> subject.name() != null)
            .collect(Collectors.toSet()),
        IdentityReader.selector(identity),
        Provenance.of(identity),
        meta.getDeletionTimestamp() != null);
  }

  public static Function<String, Optional<String>> types(Map<String, String> byUid) {
    return uid -> Optional.ofNullable(byUid.get(uid));
  }

  private InventoryReader() {}
}
