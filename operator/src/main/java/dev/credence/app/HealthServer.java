// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// `/metrics`, and `/healthz/live`, `/healthz/ready`, `/healthz/started`: 200, or 503 with what is
/// the matter, a line each. What is to be known of a healthy operator follows `ok`.
public final class HealthServer implements AutoCloseable {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;

  private final HttpServer server;

  /// One for each request: stalled clients delay no other. The server limits the number of
  /// connections.
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  /// Each gives what is the matter; nothing when all is well.
  /// `notes`: what is wrong and does not keep the operator from its work.
  public record Health(
      Supplier<List<String>> live,
      Supplier<List<String>> ready,
      Supplier<List<String>> started,
      Supplier<List<String>> notes) {}

  public HealthServer(String address, int port, PrometheusRegistry metrics, Health health)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, port), 0);
    server.setExecutor(threads);
    server.createContext("/metrics", new MetricsHandler(metrics));
    server.createContext("/healthz/live", page(health.live(), List::of));
    server.createContext("/healthz/ready", page(health.ready(), health.notes()));
    server.createContext("/healthz/started", page(health.started(), List::of));
    server.createContext(
        "/",
        exchange ->
            answer(
                exchange,
                NOT_FOUND,
                "Paths: /metrics, /healthz/live, /healthz/ready, /healthz/started\n"));
    server.start();
  }

  /// The port that was given, or the one that was found free for port 0.
  public int port() {
    return server.getAddress().getPort();
  }

  private static HttpHandler page(Supplier<List<String>> health, Supplier<List<String>> notes) {
    return exchange -> {
      var matters = health.get();
      if (matters.isEmpty()) {
        answer(exchange, OK, "ok\n" + lines(notes.get()));
      } else {
        answer(exchange, UNAVAILABLE, lines(matters));
      }
    };
  }

  private static String lines(List<String> lines) {
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static void answer(HttpExchange exchange, int code, String text) throws IOException {
    try (exchange) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(code, -1);
        return;
      }
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
