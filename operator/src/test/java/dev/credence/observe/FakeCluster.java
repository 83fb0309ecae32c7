// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import static dev.credence.testing.Eventually.DEADLINE;

import com.sun.net.httpserver.HttpExchange;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A cluster in memory: the test puts objects into it and takes them out, clients list and watch
/// them. Nothing can be written through it.
public final class FakeCluster implements AutoCloseable {
  private static final String EVENT = "{\"type\": \"%s\", \"object\": %s}\n";
  private static final String BOOKMARK =
      "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"resourceVersion\": \"%s\"}}";

  /// One for all clients: each serialization examines the classes of objects again.
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final Loopback server = new Loopback(this::answer);
  private final KubernetesClient client;
  private final Map<String, HasMetadata> objects = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();
  private boolean closed;
  private String version = "34+";

  private record Change(long version, String type, HasMetadata object) {}

  /// A request: which kind, where, and from which version on.
  private record Asked(String plural, Optional<String> namespace, Map<String, String> query) {
    static Asked of(HttpExchange exchange) {
      var path = List.of(exchange.getRequestURI().getPath().split("/"));
      var at = path.indexOf("namespaces");
      var namespaced = at >= 0 && path.size() > at + 2;
      return new Asked(
          path.getLast(),
          namespaced ? Optional.of(path.get(at + 1)) : Optional.empty(),
          Loopback.query(exchange.getRequestURI()));
    }

    boolean wants(HasMetadata object) {
      var meta = object.getMetadata();
      var name = query.getOrDefault("fieldSelector", "").replace("metadata.name=", "");
      return pluralOf(object).equals(plural)
          && (namespace.isEmpty() || namespace.get().equals(meta.getNamespace()))
          && (name.isEmpty() || name.equals(meta.getName()));
    }
  }

  private FakeCluster() {
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                    .withMasterUrl(server.url())
                    .withRequestTimeout((int) DEADLINE.toMillis())
                    .withOnlyHttpWatches(true)
                    .build())
            .withKubernetesSerialization(JSON)
            .build();
  }

  public static FakeCluster start() {
    return new FakeCluster();
  }

  public KubernetesClient client() {
    return client;
  }

  /// Creates or replaces an object; what is answered has its UID and version.
  public synchronized <T extends HasMetadata> T put(T object) {
    var copy = JSON.clone(object);
    var version = changes.size() + 1;
    var before = objects.put(key(copy), copy);
    copy.getMetadata().setResourceVersion(String.valueOf(version));
    if (copy.getMetadata().getUid() == null) {
      copy.getMetadata().setUid("uid-" + version);
    }
    report(new Change(version, before == null ? "ADDED" : "MODIFIED", copy));
    return JSON.clone(copy);
  }

  public synchronized void remove(HasMetadata object) {
    var deleted = JSON.clone(objects.remove(key(object)));
    var version = changes.size() + 1;
    deleted.getMetadata().setResourceVersion(String.valueOf(version));
    report(new Change(version, "DELETED", deleted));
  }

  /// From now on nobody may list or watch this kind.
  public synchronized void refuse(String plural) {
    refused.add(plural);
  }

  public synchronized void allow(String plural) {
    refused.remove(plural);
  }

  private synchronized boolean refuses(Asked asked) {
    return refused.contains(asked.plural());
  }

  private void report(Change change) {
    changes.add(change);
    notifyAll();
  }

  private static String pluralOf(HasMetadata object) {
    return object instanceof GenericKubernetesResource
        ? Pluralize.toPlural(object.getKind().toLowerCase(Locale.ROOT))
        : object.getPlural();
  }

  private static String key(HasMetadata object) {
    var meta = object.getMetadata();
    return pluralOf(object) + "/" + meta.getNamespace() + "/" + meta.getName();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var asked = Asked.of(exchange);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (refuses(asked)) {
        exchange.sendResponseHeaders(403, 0);
        write(exchange, FakeApi.status(403, "no"));
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      if (asked.query().containsKey("watch")) {
        watch(exchange, asked);
      } else {
        write(exchange, list(asked));
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /// The minor version that the API server says it has.
  public synchronized void version(String minor) {
    version = minor;
  }

  private synchronized String list(Asked asked) {
    if (asked.plural().equals("version")) {
      return "{\"major\": \"1\", \"minor\": \"" + version + "\"}";
    }
    return objects.values().stream()
        .filter(asked::wants)
        .map(JSON::asJson)
        .collect(
            Collectors.joining(
                ", ",
                "{\"kind\": \"List\", \"apiVersion\": \"v1\", \"metadata\": {\"resourceVersion\": \""
                    + changes.size()
                    + "\"}, \"items\": [",
                "]}"));
  }

  private void watch(HttpExchange exchange, Asked asked) throws IOException, InterruptedException {
    var seen = Integer.parseInt(asked.query().getOrDefault("resourceVersion", "0"));
    // Says at once that it is connected.
    write(exchange, EVENT.formatted("BOOKMARK", BOOKMARK.formatted(seen)));
    while (true) {
      var change = next(seen);
      if (change.isEmpty()) {
        return;
      }
      seen++;
      if (asked.wants(change.get().object())) {
        write(exchange, EVENT.formatted(change.get().type(), JSON.asJson(change.get().object())));
      }
    }
  }

  /// The next change, waited for; empty at the end.
  private synchronized Optional<Change> next(int seen) throws InterruptedException {
    while (!closed && changes.size() <= seen) {
      wait();
    }
    return closed ? Optional.empty() : Optional.of(changes.get(seen));
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    client.close();
    server.close();
  }
}
