// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.certmanager;

import dev.credence.facts.credential.Issuer;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.Kinds;
import dev.credence.observe.cache.WatchedKind;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateStatus;
import io.fabric8.certmanager.api.model.v1.ClusterIssuer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// cert-manager may be absent, come later or go away: its Certificates and issuers are watched
/// while the API server knows them, which the one definition tells that is watched all the time.
public final class CertManagerCaches {
  private static final Logger LOG = LoggerFactory.getLogger(CertManagerCaches.class);
  private static final String CERTIFICATES = "certificates.cert-manager.io";
  private static final String ISSUER = "Issuer";
  private static final String CLUSTER_ISSUER = "ClusterIssuer";

  private final KubernetesClient full;
  private final Set<String> namespaces;
  private final String operatorNamespace;
  private final Changes changes;
  private final KindCache<CustomResourceDefinition> definitions;
  private @Nullable Resources resources;
  private CompletableFuture<?> signing = CompletableFuture.completedFuture(null);

  /// Listener for changes. `before` null: the object is new; `after` null: it was deleted.
  public interface Changes {
    void certificate(@Nullable Certificate before, @Nullable Certificate after);

    /// Another CA than before, or another state of an issuer, matters to identities that use it in
    /// this namespace.
    void signing(String namespace);

    /// The same for what signs everywhere; cert-manager came or went.
    void everywhere();
  }

  /// The caches that exist while cert-manager is installed.
  private record Resources(
      KindCache<Certificate> certificates,
      KindCache<io.fabric8.certmanager.api.model.v1.Issuer> issuers,
      KindCache<ClusterIssuer> clusterIssuers) {
    List<KindCache<?>> all() {
      return List.of(certificates, issuers, clusterIssuers);
    }
  }

  /// `operatorNamespace`: the namespace where the Secrets of ClusterIssuers are.
  public CertManagerCaches(
      KubernetesClient full,
      KubernetesClient metadata,
      Set<String> namespaces,
      String operatorNamespace,
      Changes changes) {
    this.full = full;
    this.namespaces = Set.copyOf(namespaces);
    this.operatorNamespace = operatorNamespace;
    this.changes = changes;
    this.definitions =
        KindCache.of(
            metadata
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withField("metadata.name", CERTIFICATES),
            WatchedKind.of(CustomResourceDefinition.class),
            (before, after) -> definition(after != null));
  }

  /// Completes when it is known whether cert-manager is there and, if it is, what Certificates
  /// there are.
  public CompletableFuture<Void> start() {
    return definitions
        .start()
        .thenCompose(done -> definition(definitions.get("", CERTIFICATES).isPresent()));
  }

  /// Completes when it is known what issuers there are.
  public synchronized CompletableFuture<?> signing() {
    return signing;
  }

  /// Whether the API server does not let us see them.
  public synchronized boolean isSigningRefused() {
    return resources != null
        && (resources.issuers().isRefused() || resources.clusterIssuers().isRefused());
  }

  private synchronized CompletableFuture<Void> definition(boolean exists) {
    var running = resources;
    if (exists && running == null) {
      LOG.info("The CRDs of cert-manager are installed");
      var watched =
          new Resources(
              KindCache.of(full, Kinds.CERTIFICATE, namespaces, this::certificate),
              KindCache.of(
                  full,
                  WatchedKind.of(io.fabric8.certmanager.api.model.v1.Issuer.class),
                  namespaces,
                  this::issuer),
              KindCache.of(
                  full.resources(ClusterIssuer.class),
                  WatchedKind.of(ClusterIssuer.class),
                  this::clusterIssuer));
      resources = watched;
      signing =
          CompletableFuture.allOf(
              watched.issuers().start().thenRun(changes::everywhere),
              watched.clusterIssuers().start().thenRun(changes::everywhere));
      return watched.certificates().start().thenRun(changes::everywhere);
    }
    if (!exists && running != null) {
      LOG.info("The CRDs of cert-manager were removed");
      resources = null;
      running.all().forEach(KindCache::stop);
      changes.everywhere();
    }
    return CompletableFuture.completedFuture(null);
  }

  private void certificate(@Nullable Certificate before, @Nullable Certificate after) {
    changes.certificate(before, after);
    if ((isAuthority(before) || isAuthority(after))
        && !Objects.equals(since(before), since(after))) {
      var namespace =
          Objects.requireNonNull(after == null ? before : after).getMetadata().getNamespace();
      if (namespace.equals(operatorNamespace)) {
        changes.everywhere();
      } else {
        changes.signing(namespace);
      }
    }
  }

  private static boolean isAuthority(@Nullable Certificate certificate) {
    return certificate != null
        && certificate.getSpec() != null
        && Boolean.TRUE.equals(certificate.getSpec().getIsCA());
  }

  private static @Nullable String since(@Nullable Certificate certificate) {
    return Optional.ofNullable(certificate)
        .map(Certificate::getStatus)
        .map(CertificateStatus::getNotBefore)
        .orElse(null);
  }

  private void issuer(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    if (says(before, after)) {
      changes.signing(
          Objects.requireNonNull(after == null ? before : after).getMetadata().getNamespace());
    }
  }

  private void clusterIssuer(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    if (says(before, after)) {
      changes.everywhere();
    }
  }

  /// Whether an issuer says anything else than before.
  private static boolean says(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    return before == null
        || after == null
        || !Issuers.secret(before).equals(Issuers.secret(after))
        || !Issuers.of(before, _ -> List.of()).equals(Issuers.of(after, _ -> List.of()));
  }

  /// The Certificates; empty while the API server does not know them or does not let us list them.
  public synchronized Optional<KindCache<Certificate>> certificates() {
    return Optional.ofNullable(resources).map(Resources::certificates).filter(KindCache::isSynced);
  }

  /// The Certificates that write this Secret.
  public Collection<Certificate> writers(String namespace, String secret) {
    return certificates().stream()
        .flatMap(watch -> watch.by(Kinds.BY_TARGET, namespace + "/" + secret).stream())
        .toList();
  }

  /// Empty: it is unknown, since the kind is not cert-manager's or may not be watched.
  public Optional<Issuer> issuer(String namespace, Issuer.Ref ref) {
    if (!ref.group().equals(Issuer.GROUP)) {
      return Optional.empty();
    }
    return switch (ref.kind()) {
      case ISSUER ->
          synced(Resources::issuers)
              .map(watch -> found(watch.get(namespace, ref.name()), namespace));
      case CLUSTER_ISSUER ->
          synced(Resources::clusterIssuers)
              .map(watch -> found(watch.get("", ref.name()), operatorNamespace));
      default -> Optional.empty();
    };
  }

  private synchronized <T extends HasMetadata> Optional<KindCache<T>> synced(
      Function<Resources, KindCache<T>> which) {
    return Optional.ofNullable(resources).map(which).filter(KindCache::isSynced);
  }

  private Issuer found(Optional<? extends HasMetadata> resource, String where) {
    return resource
        .map(issuer -> Issuers.of(issuer, secret -> writers(where, secret)))
        .orElseGet(Issuer.Absent::new);
  }

  /// Why it is not known what Certificates there are.
  public synchronized Optional<String> problem() {
    if (resources == null) {
      return Optional.of("the CRDs of cert-manager are not installed");
    }
    return resources.certificates().isSynced()
        ? Optional.empty()
        : Optional.of(
            "they cannot be listed; check the permission to list certificates.cert-manager.io");
  }

  public synchronized void stop() {
    definitions.stop();
    if (resources != null) {
      resources.all().forEach(KindCache::stop);
    }
  }
}
