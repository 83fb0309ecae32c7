// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/// A server that answers as the documentation of a real one says. It keeps what an access log of
/// that server would contain.
abstract class Stub implements AutoCloseable {
  private final HttpServer server;
  private final List<String> log = new ArrayList<>();
  private volatile boolean isOffline;

  record Request(
      String method, String path, String rawPath, String query, Headers headers, String body) {

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.getFirst(name));
    }

    JsonNode json() {
      try {
        return Web.JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Map<String, String> parameters() {
      return decoded(query);
    }

    static Map<String, String> decoded(String form) {
      var parameters = new HashMap<String, String>();
      for (var pair : form.split("&", -1)) {
        var at = pair.indexOf('=');
        if (at > 0) {
          parameters.put(
              URLDecoder.decode(pair.substring(0, at), StandardCharsets.UTF_8),
              URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
        }
      }
      return parameters;
    }
  }

  record Response(int status, String body) {}

  /// With a certificate, or without TLS.
  Stub(Optional<Certificates> certificates) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      if (certificates.isPresent()) {
        var https = HttpsServer.create(address, 50);
        https.setHttpsConfigurator(new HttpsConfigurator(certificates.get().tls()));
        server = https;
      } else {
        server = HttpServer.create(address, 50);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  abstract Response answer(Request request) throws Exception;

  int port() {
    return server.getAddress().getPort();
  }

  /// Methods and URLs of all requests.
  synchronized List<String> log() {
    return List.copyOf(log);
  }

  /// Whether connections end without an answer.
  void setOffline(boolean isOffline) {
    this.isOffline = isOffline;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (isOffline) {
        throw new IOException("offline");
      }
      var uri = exchange.getRequestURI();
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var request =
          new Request(
              exchange.getRequestMethod(),
              uri.getPath(),
              uri.getRawPath(),
              Optional.ofNullable(uri.getRawQuery()).orElse(""),
              exchange.getRequestHeaders(),
              body);
      Response response;
      synchronized (this) {
        log.add(request.method + " " + uri);
        response = answer(request);
      }
      var bytes = response.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(response.status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
