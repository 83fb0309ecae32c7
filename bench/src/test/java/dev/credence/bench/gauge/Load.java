// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Requests of the benchmark itself, by an account of its own and through as many connections as
/// there are requests at a time. It builds no objects and parses no answers, so that little of the
/// machine is spent on it.
public final class Load implements AutoCloseable {
  public static final int CONNECTIONS = 50;

  public static final String JSON = "application/json";
  public static final String MERGE_PATCH = "application/merge-patch+json";
  public static final String JSON_PATCH = "application/json-patch+json";

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final HttpClient http;
  private final URI server;
  private final String authorization;

  public static Load on(LocalCluster cluster) throws IOException {
    var account = Account.admin(cluster, "bench-load", "load");
    var http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Trust.of(cluster.client()))
            .build();
    return new Load(
        http, URI.create(cluster.client().getMasterUrl().toString()), "Bearer " + account.token());
  }

  private Load(HttpClient http, URI server, String authorization) {
    this.http = http;
    this.server = server;
    this.authorization = authorization;
  }

  /// Does it for 0 to `count` - 1, many at a time, and says how long all of them took. The first
  /// failure fails it.
  public Duration each(int count, IntConsumer action) {
    var start = System.nanoTime();
    var next = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, Math.min(CONNECTIONS, count))
          .mapToObj(
              thread ->
                  CompletableFuture.runAsync(
                      () -> {
                        for (var n = next.getAndIncrement();
                            n < count;
                            n = next.getAndIncrement()) {
                          action.accept(n);
                        }
                      },
                      threads))
          .toList()
          .forEach(CompletableFuture::join);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  public void create(String path, String object) {
    send("POST", path, JSON, object);
  }

  /// `contentType` says which kind of patch it is.
  public void patch(String path, String contentType, String patch) {
    send("PATCH", path, contentType, patch);
  }

  /// One that is gone already is fine.
  public void delete(String path) {
    send("DELETE", path, JSON, "{\"propagationPolicy\": \"Background\"}");
  }

  /// What a GET answers, as it comes.
  InputStream open(String path, String accept) throws IOException, InterruptedException {
    var response =
        http.send(
            request(path).header("Accept", accept).GET().build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (var body = response.body()) {
        throw new IllegalStateException(
            "GET %s: %d %s"
                .formatted(path, response.statusCode(), new String(body.readAllBytes(), UTF_8)));
      }
    }
    return response.body();
  }

  private void send(String verb, String path, String contentType, String body) {
    var request =
        request(path)
            .header("Content-Type", contentType)
            .method(verb, BodyPublishers.ofString(body))
            .timeout(TIMEOUT)
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      var isGone = verb.equals("DELETE") && response.statusCode() == 404;
      if (response.statusCode() >= 300 && !isGone) {
        throw new IllegalStateException(
            "%s %s: %d %s".formatted(verb, path, response.statusCode(), response.body()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(verb + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(verb + " " + path, e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).header("Authorization", authorization);
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
