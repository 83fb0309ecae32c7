// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The application of `examples/api-key-overlap`, which checks keys that others present: it accepts
/// what it finds in its files, as a kubelet brings them there.
public final class OrdersApi implements AutoCloseable {
  private static final Duration KUBELET_SYNC = Duration.ofMillis(500);

  private final HttpServer server;
  private final ScheduledExecutorService kubelet = Executors.newSingleThreadScheduledExecutor();
  private volatile Set<String> files = Set.of();

  private OrdersApi(HttpServer server) {
    this.server = server;
  }

  public static OrdersApi start(Scene scene) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var api = new OrdersApi(server);
    server.createContext(
        "/",
        exchange -> {
          var key = exchange.getRequestHeaders().getFirst("Authorization");
          exchange.sendResponseHeaders(api.files.contains(key) ? 204 : 401, -1);
          exchange.close();
        });
    api.sync(scene);
    api.kubelet.scheduleWithFixedDelay(
        () -> api.sync(scene), 0, KUBELET_SYNC.toMillis(), TimeUnit.MILLISECONDS);
    server.start();
    return api;
  }

  private void sync(Scene scene) {
    files =
        Stream.of("key", "key.previous").map(key -> read(scene, key)).collect(Collectors.toSet());
  }

  private static String read(Scene scene, String key) {
    var value = scene.secret("orders-api-key").get().getData().get(key);
    return value == null
        ? ""
        : new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    kubelet.shutdownNow();
    server.stop(0);
  }

  /// One who was given the key, and takes the next one some seconds after there is one.
  public static final class Partner implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(40);
    private static final Duration ASKS_FOR_THE_KEY_EVERY = Duration.ofSeconds(3);

    private final OrdersApi api;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile String key;

    private Partner(OrdersApi api, String key) {
      this.api = api;
      this.key = key;
    }

    public static Partner of(OrdersApi api, Scene scene) {
      var partner = new Partner(api, read(scene, "key"));
      var pause = ASKS_FOR_THE_KEY_EVERY.toMillis();
      partner.timer.scheduleWithFixedDelay(
          () -> partner.ask(scene), pause, pause, TimeUnit.MILLISECONDS);
      partner.timer.scheduleWithFixedDelay(
          partner::send, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
      return partner;
    }

    /// The key that it was given last time is handed out now: every pod has seen that by then.
    private void ask(Scene scene) {
      var next = read(scene, "key");
      if (!Objects.equals(next, key)) {
        timer.schedule(() -> key = next, 2 * KUBELET_SYNC.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private void send() {
      try {
        var uri = URI.create("http://127.0.0.1:" + api.server.getAddress().getPort() + "/orders");
        var request = HttpRequest.newBuilder(uri).header("Authorization", key).build();
        if (http.send(request, BodyHandlers.discarding()).statusCode() != 204) {
          refused.incrementAndGet();
        }
        sent.incrementAndGet();
      } catch (IOException failed) {
        refused.incrementAndGet();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    public int sent() {
      return sent.get();
    }

    public int refused() {
      return refused.get();
    }

    @Override
    public void close() {
      timer.shutdownNow();
      http.close();
    }
  }
}
