package dev.credence.observe;

import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// cert-manager may be absent, come later or go away: its Certificates are watched while the API
/// server knows them, which the one definition tells that is watched all the time.
final class CertManager {
  private static final Logger LOG = LoggerFactory.getLogger(CertManager.class);
  private static final String CERTIFICATES = "certificates.cert-manager.io";

  private final KubernetesClient full;
  private final Set<String> namespaces;
  private final BiConsumer<@Nullable Certificate, @Nullable Certificate> changed;
  private final Runnable cameOrWent;
  private final Watch<CustomResourceDefinition> definitions;
  private @Nullable Watch<Certificate> certificates;

  CertManager(
      KubernetesClient full,
      KubernetesClient metadata,
      Set<String> namespaces,
      BiConsumer<@Nullable Certificate, @Nullable Certificate> changed,
      Runnable cameOrWent) {
    this.full = full;
    this.namespaces = Set.copyOf(namespaces);
    this.changed = changed;
    this.cameOrWent = cameOrWent;
    this.definitions =
        Watch.of(
            metadata
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withField("metadata.name", CERTIFICATES),
            (before, after) -> definition(after != null));
  }

  /// Completes when it is known whether cert-manager is there and, if it is, what Certificates
  /// there are.
  CompletableFuture<Void> start() {
    return definitions
        .start()
        .thenCompose(done -> definition(definitions.get("", CERTIFICATES).isPresent()));
  }

  private synchronized CompletableFuture<Void> definition(boolean exists) {
    var running = certificates;
    if (exists && running == null) {
      LOG.info("cert-manager's resources are installed");
      var watch = Watch.of(full, Certificate.class, namespaces, changed);
      certificates = watch;
      return watch.start().thenRun(cameOrWent);
    }
    if (!exists && running != null) {
      LOG.info("cert-manager's resources were removed");
      certificates = null;
      running.stop();
      cameOrWent.run();
    }
    return CompletableFuture.completedFuture(null);
  }

  /// The Certificates; empty while the API server does not know them or does not let us list them.
  synchronized Optional<Watch<Certificate>> certificates() {
    return Optional.ofNullable(certificates).filter(Watch::isSynced);
  }

  /// Why it is not known what Certificates there are.
  synchronized Optional<String> problem() {
    if (certificates == null) {
      return Optional.of("cert-manager's resources are not installed");
    }
    return certificates.isSynced()
        ? Optional.empty()
        : Optional.of(
            "they cannot be listed: is there a permission to list certificates.cert-manager.io?");
  }

  synchronized void stop() {
    definitions.stop();
    if (certificates != null) {
      certificates.stop();
    }
  }
}
