// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.evidence.Evidence;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.TooLarge;
import dev.credence.observe.cache.WatchedKind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cache of the ConfigMaps in which receivers of audit events store evidence. They are kept
/// compressed and decoded when they are asked for: those of a few namespaces are kept decoded, so
/// that the identities of a namespace do not decode them one by one.
///
/// One that cannot be read is reported, and stops nothing.
public final class EvidenceCache {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceCache.class);

  /// Characters of base64 that are kept decoded, which takes about thirty times as much.
  private static final int MOST_DECODED = 1 << 20;

  private final String namespace;
  private final KindCache<ConfigMap> maps;
  private final ReentrantLock lock = new ReentrantLock();

  /// By namespace, the one that was asked for last at the end.
  private final Map<String, Decoded> decoded = new LinkedHashMap<>(16, 0.75f, true);

  /// The version of each ConfigMap that was reported.
  private final Map<String, String> reported = new HashMap<>();

  /// `of`: the versions of the ConfigMaps.
  private record Decoded(String of, Content content, int size) {}

  private sealed interface Content {
    record Readable(Evidence evidence) implements Content {}

    record Broken(String why) implements Content {}
  }

  /// `operatorNamespace`: where they are. `changed` gets the namespace about which evidence came
  /// or went; the empty text: all.
  public EvidenceCache(
      KubernetesClient client, String operatorNamespace, Consumer<String> changed) {
    this.namespace = operatorNamespace;
    this.maps =
        KindCache.of(
            client
                .configMaps()
                .inNamespace(operatorNamespace)
                .withLabel(StoredEvidence.LABEL, StoredEvidence.LABEL_VALUE),
            WatchedKind.of(ConfigMap.class),
            (before, after) -> {
              // They change every few minutes: the periodic resync is soon enough for that.
              if (before == null && after != null) {
                changed.accept(StoredEvidence.observed(after));
              } else if (before != null && after == null) {
                changed.accept(StoredEvidence.observed(before));
              }
            });
  }

  /// Completes when everything is known.
  public CompletableFuture<Void> start() {
    return maps.start();
  }

  public void stop() {
    maps.stop();
  }

  /// Whether the operator may not list them.
  public boolean isRefused() {
    return maps.isRefused();
  }

  public boolean isHealthy() {
    return maps.isHealthy() || maps.isRefused();
  }

  /// Of these ServiceAccounts of the namespace.
  public AuditedUse of(String observed, Set<String> accounts) {
    if (maps.isRefused()) {
      return new AuditedUse.Unreadable(
          "The operator has no permission to list ConfigMaps in namespace " + namespace + ".");
    }
    var log = maps.get(namespace, StoredEvidence.name(""));
    var own = maps.get(namespace, StoredEvidence.name(observed));
    if (log.isEmpty() && own.isEmpty()) {
      return AuditedUse.NONE;
    }
    return switch (content(observed, log, own)) {
      case Content.Readable(var evidence) -> AuditedUse.of(evidence, observed, accounts);
      case Content.Broken(var why) -> new AuditedUse.Unreadable(why);
    };
  }

  private Content content(String observed, Optional<ConfigMap> log, Optional<ConfigMap> own) {
    var versions = version(log) + " " + version(own);
    lock.lock();
    try {
      var known = decoded.get(observed);
      if (known != null && known.of().equals(versions)) {
        return known.content();
      }
      var now = new Decoded(versions, decode(log, own), size(log) + size(own));
      decoded.put(observed, now);
      dropOldest();
      return now.content();
    } finally {
      lock.unlock();
    }
  }

  private static String version(Optional<ConfigMap> map) {
    return map.map(found -> found.getMetadata().getUid() + version(found)).orElse("none");
  }

  private static String version(ConfigMap map) {
    return "@" + map.getMetadata().getResourceVersion();
  }

  private static int size(Optional<ConfigMap> map) {
    return map.map(ConfigMap::getBinaryData).stream()
        .flatMap(data -> data.values().stream())
        .mapToInt(String::length)
        .sum();
  }

  /// Keeps the last one, however large it is.
  private void dropOldest() {
    var all = decoded.values().stream().mapToInt(Decoded::size).sum();
    for (var oldest = decoded.values().iterator(); all > MOST_DECODED && decoded.size() > 1; ) {
      all -= oldest.next().size();
      oldest.remove();
    }
  }

  private Content decode(Optional<ConfigMap> log, Optional<ConfigMap> own) {
    try {
      var all = log.isPresent() ? read(log.get()) : read(own.orElseThrow());
      if (log.isPresent() && own.isPresent()) {
        all.addAll(read(own.get()));
      }
      return new Content.Readable(all);
    } catch (UnreadableEvidence broken) {
      return new Content.Broken(String.valueOf(broken.getMessage()));
    }
  }

  private Evidence read(ConfigMap map) throws UnreadableEvidence {
    try {
      if (TooLarge.is(map)) {
        throw new UnreadableEvidence(
            "ConfigMap "
                + namespace
                + "/"
                + map.getMetadata().getName()
                + " is not read: the evidence of all namespaces exceeds the limit of the operator.");
      }
      return StoredEvidence.read(map);
    } catch (UnreadableEvidence broken) {
      if (!version(map).equals(reported.put(map.getMetadata().getName(), version(map)))) {
        LOG.warn("Evidence from audit events is not used. {}", broken.getMessage());
      }
      throw broken;
    }
  }
}
