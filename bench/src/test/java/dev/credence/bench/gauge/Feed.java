// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What became of a kind's objects, as a watch of the API server tells it: of each one a reading,
/// by `namespace/name`. Nobody has to ask again and again, so the times are those at which things
/// happened.
public final class Feed implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String WHOLE = "application/json";
  private static final String LISTED =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  private static final String WATCHED =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private final Load load;
  private final String path;
  private final boolean metadataOnly;
  private final Function<JsonNode, Optional<String>> reading;
  private final Map<String, String> state = new TreeMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private final CompletableFuture<Void> listed = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable InputStream open;

  /// Whole objects of `path`, like `/apis/credence.dev/v1alpha1/machineidentities?`; one without a
  /// reading is as if it was not there.
  public static Feed of(Load load, String path, Function<JsonNode, Optional<String>> reading) {
    return new Feed(load, path, false, reading);
  }

  /// Their metadata alone: values of Secrets would cost as much as what is measured.
  public static Feed ofMetadata(
      Load load, String path, Function<JsonNode, Optional<String>> reading) {
    return new Feed(load, path, true, reading);
  }

  private Feed(
      Load load, String path, boolean metadataOnly, Function<JsonNode, Optional<String>> reading) {
    this.load = load;
    this.path = path;
    this.metadataOnly = metadataOnly;
    this.reading = reading;
    thread = Thread.ofPlatform().name("feed").daemon().start(this::follow);
    listed.join();
  }

  /// The readings now.
  public synchronized Map<String, String> now() {
    return Map.copyOf(state);
  }

  /// To be awaited: exactly `count` objects are such. Begins to look now.
  public synchronized Wait expect(int count, BiPredicate<String, String> such) {
    var wait = new Wait(count, such);
    state.forEach(wait::isNow);
    wait.observe();
    waits.add(wait);
    return wait;
  }

  private void follow() {
    while (!closed) {
      try {
        watch(list());
      } catch (IOException | IllegalStateException e) {
        // The API server ends watches now and then: begun anew.
        if (!listed.isDone()) {
          listed.completeExceptionally(e);
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private String list() throws IOException, InterruptedException {
    try (var body = opened(path, metadataOnly ? LISTED : WHOLE)) {
      var list = MAPPER.readTree(body);
      synchronized (this) {
        var deleted = new HashSet<>(state.keySet());
        for (var item : list.path("items")) {
          deleted.remove(key(item));
          put(item);
        }
        deleted.forEach(this::remove);
      }
      listed.complete(null);
      return list.at("/metadata/resourceVersion").asText();
    }
  }

  private void watch(String version) throws IOException, InterruptedException {
    var watching = path + "&watch=true&resourceVersion=" + version;
    try (var body = opened(watching, metadataOnly ? WATCHED : WHOLE);
        var lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var event = MAPPER.readTree(line);
        var object = event.path("object");
        switch (event.path("type").asText()) {
          case "ADDED", "MODIFIED" -> put(object);
          case "DELETED" -> remove(key(object));
          default -> {
            return;
          }
        }
      }
    }
  }

  private InputStream opened(String what, String accept) throws IOException, InterruptedException {
    var body = load.open(what, accept);
    open = body;
    return body;
  }

  private synchronized void put(JsonNode object) {
    var key = key(object);
    var read = reading.apply(object);
    if (read.isEmpty()) {
      remove(key);
      return;
    }
    state.put(key, read.get());
    waits.forEach(
        wait -> {
          wait.isNow(key, read.get());
          wait.observe();
        });
  }

  private synchronized void remove(String key) {
    state.remove(key);
    waits.forEach(
        wait -> {
          wait.isNot(key);
          wait.observe();
        });
  }

  private static String key(JsonNode object) {
    return object.at("/metadata/namespace").asText() + "/" + object.at("/metadata/name").asText();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
    var body = open;
    if (body != null) {
      body.close();
    }
  }

  /// One thing that is awaited.
  public final class Wait {
    private final int count;
    private final BiPredicate<String, String> such;
    private final Set<String> met = new HashSet<>();
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private Wait(int count, BiPredicate<String, String> such) {
      this.count = count;
      this.such = such;
    }

    /// When it came to be so, as [System#nanoTime()].
    public long await(Duration deadline) {
      try {
        return done.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        synchronized (Feed.this) {
          throw new IllegalStateException(
              "%s: %d objects and not %d within %s".formatted(path, met.size(), count, deadline),
              e);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private void isNow(String key, String value) {
      if (such.test(key, value)) {
        met.add(key);
      } else {
        met.remove(key);
      }
    }

    private void isNot(String key) {
      met.remove(key);
    }

    private void observe() {
      if (met.size() == count) {
        done.complete(System.nanoTime());
      }
    }
  }
}
