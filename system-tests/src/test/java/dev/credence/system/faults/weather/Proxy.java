// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.credence.cluster.Trust;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Stands between an operator and the API server, reads every request, and does to it what its
/// [Fate] is. Watches are spoken as plain HTTP: WebSockets are declined, and the client knows how
/// to go on without them.
public final class Proxy implements AutoCloseable {
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private static final Duration LATE = Duration.ofMillis(500);

  static {
    // Each answer would wait 40 ms otherwise.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final URI server;
  private final HttpClient client;
  private final HttpServer door;
  private final ExecutorService guests = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<HttpExchange> caches = ConcurrentHashMap.newKeySet();
  private volatile Function<Call, Fate> fates = call -> new Fate.Passes();
  private volatile Function<Call, EventFate> events = call -> EventFate.Passes;

  public static Proxy to(KubernetesClient cluster) {
    try {
      return new Proxy(cluster);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Proxy(KubernetesClient cluster) throws IOException {
    server = URI.create(cluster.getMasterUrl().toString());
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Trust.of(cluster))
            .executor(guests)
            .build();
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext("/", this::welcome);
    door.setExecutor(guests);
    door.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + door.getAddress().getPort());
  }

  public void weather(Weather weather) {
    events = weather::ofEvent;
    fates = weather::of;
  }

  /// What becomes of requests from now on; events pass.
  public void fates(Function<Call, Fate> fates) {
    this.fates = fates;
    events = call -> EventFate.Passes;
  }

  /// Every watch that is open now ends, as when an API server is told to stop, and goes on where it
  /// was. How many that were.
  public int endWatches() {
    return end(new byte[0]);
  }

  /// The same, as watches whose place in history is gone: all is listed again.
  public int forgetHistory() {
    return end(GONE.getBytes(StandardCharsets.UTF_8));
  }

  private int end(byte[] lastWords) {
    var open = List.copyOf(caches);
    for (var guest : open) {
      try {
        write(guest.getResponseBody(), lastWords);
      } catch (IOException deleted) {
        // It has ended by itself.
      }
      guest.close();
    }
    return open.size();
  }

  private void welcome(HttpExchange guest) throws IOException {
    var call = Call.of(guest.getRequestMethod(), guest.getRequestURI());
    if ("websocket".equalsIgnoreCase(guest.getRequestHeaders().getFirst("Upgrade"))) {
      // At which the client asks again without at once.
      answer(guest, 200, new byte[0]);
      return;
    }
    try {
      switch (fates.apply(call)) {
        case Fate.Passes _ -> pass(guest, call);
        case Fate.Slow(var by) -> {
          Thread.sleep(by);
          pass(guest, call);
        }
        case Fate.Vanishes _ -> guest.close();
        case Fate.Unheard _ -> {
          try (var ignored = send(guest).body()) {
            guest.close();
          }
        }
        case Fate.Truncated _ -> truncate(guest, call);
        case Fate.Cut _ -> change(guest, call, body -> Arrays.copyOf(body, body.length / 2));
        case Fate.Newer _ -> change(guest, call, Newer::of);
        case Fate.Hijacked(var type, var body) -> {
          guest.getRequestBody().readAllBytes();
          guest.getResponseHeaders().set("Content-Type", type);
          answer(guest, 200, body.getBytes(StandardCharsets.UTF_8));
        }
        case Fate.Refused refused -> refuse(guest, refused);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      guest.close();
    } catch (IOException e) {
      // The API server or the operator has gone: to the other it looks just like that.
      guest.close();
    }
  }

  private HttpResponse<InputStream> send(HttpExchange guest)
      throws IOException, InterruptedException {
    var uri = guest.getRequestURI();
    var path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    var body = guest.getRequestBody().readAllBytes();
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .method(
                guest.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    guest
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private void pass(HttpExchange guest, Call call) throws IOException, InterruptedException {
    var answer = send(guest);
    try (var body = answer.body()) {
      headers(guest, answer);
      if (!call.caches() || answer.statusCode() != 200) {
        answer(guest, answer.statusCode(), body.readAllBytes());
        return;
      }
      guest.sendResponseHeaders(200, 0);
      caches.add(guest);
      try (var out = guest.getResponseBody()) {
        // The client takes a watch for established at its first byte, which may be long in coming.
        write(out, new byte[] {' '});
        relay(body, out, call);
      } finally {
        caches.remove(guest);
      }
    }
  }

  /// One event is one line.
  private void relay(InputStream in, OutputStream out, Call watch)
      throws IOException, InterruptedException {
    byte[] held = null;
    for (var line = line(in); line.length > 0; line = line(in)) {
      switch (events.apply(watch)) {
        case Passes -> write(out, line);
        case Late -> {
          Thread.sleep(LATE);
          write(out, line);
        }
        case Twice -> {
          write(out, line);
          write(out, line);
        }
        case Swapped -> {
          if (held == null) {
            held = line;
            continue;
          }
          write(out, line);
        }
        case Lost -> {
          write(out, GONE.getBytes(StandardCharsets.UTF_8));
          return;
        }
        case Silenced -> {
          while (line(in).length > 0) {
            // Nothing of it is told.
          }
          return;
        }
        case Last -> {
          write(out, line);
          // What is held back would be lost without a word.
          if (held != null) {
            write(out, held);
          }
          return;
        }
      }
      if (held != null) {
        write(out, held);
        held = null;
      }
    }
    if (held != null) {
      write(out, held);
    }
  }

  private static final String GONE =
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",\
      "message":"too old resource version","reason":"Expired","code":410}}
      """;

  private static void write(OutputStream out, byte[] line) throws IOException {
    out.write(line);
    out.flush();
  }

  /// With its end; empty at the end of all.
  private static byte[] line(InputStream in) throws IOException {
    var line = new java.io.ByteArrayOutputStream();
    for (var next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }

  private void truncate(HttpExchange guest, Call call) throws IOException, InterruptedException {
    if (call.caches()) {
      guest.close();
      return;
    }
    var answer = send(guest);
    try (var body = answer.body()) {
      var bytes = body.readAllBytes();
      headers(guest, answer);
      guest.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
      guest.getResponseBody().write(bytes, 0, bytes.length / 2);
      guest.getResponseBody().flush();
      guest.close();
    }
  }

  /// Watches pass: what they say is the business of [EventFate].
  private void change(HttpExchange guest, Call call, UnaryOperator<byte[]> how)
      throws IOException, InterruptedException {
    if (call.caches()) {
      pass(guest, call);
      return;
    }
    var answer = send(guest);
    try (var body = answer.body()) {
      headers(guest, answer);
      answer(guest, answer.statusCode(), how.apply(body.readAllBytes()));
    }
  }

  private static void refuse(HttpExchange guest, Fate.Refused refused) throws IOException {
    guest.getRequestBody().readAllBytes();
    if (refused.retryAfter() > 0) {
      guest.getResponseHeaders().set("Retry-After", String.valueOf(refused.retryAfter()));
    }
    guest.getResponseHeaders().set("Content-Type", "application/json");
    answer(
        guest,
        refused.code(),
        """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
         "message":"%s","reason":"%s","code":%d}"""
            .formatted(refused.message(), refused.code() == 409 ? "Conflict" : "", refused.code())
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void headers(HttpExchange guest, HttpResponse<?> answer) {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                guest.getResponseHeaders().put(name, values);
              }
            });
  }

  private static void answer(HttpExchange guest, int code, byte[] body) throws IOException {
    try (guest) {
      guest.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        guest.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    door.stop(0);
    client.shutdownNow();
    guests.shutdownNow();
  }
}
