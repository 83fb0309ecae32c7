// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.issued;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/// Another system that issues access keys, as cloud providers do: it shows the value of a key once,
/// and an account has at most two of them. A key has a tag, `<identity UID>/<secret>/<version>`;
/// what comes before the version is the account.
public final class TwoKeyProvider implements AutoCloseable {
  private static final int MOST = 2;

  /// The hook that is talking to it is cut off once: before the key is created, after it was
  /// created and before the hook learns of it, or after the hook has written it.
  public enum Cut {
    Before,
    After,
    Written
  }

  /// A key that opens the system. `version`: that of its tag.
  public record Key(String id, String value, String version) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Map<String, Key>> accounts = new TreeMap<>();
  private final Map<String, Cut> cuts = new HashMap<>();
  private final List<String> values = new ArrayList<>();
  private int refused;

  public static TwoKeyProvider start() {
    return new TwoKeyProvider();
  }

  private TwoKeyProvider() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// The next hook that issues a key for this Secret is cut off there.
  public synchronized void cut(String secret, Cut where) {
    cuts.put(secret, where);
  }

  /// The keys of an account that open the system.
  public synchronized List<Key> keys(String identityUid, String secret) {
    return List.copyOf(accounts.getOrDefault(identityUid + "/" + secret, Map.of()).values());
  }

  /// Every value that it has ever issued.
  public synchronized List<String> values() {
    return List.copyOf(values);
  }

  /// How often a third key was asked for.
  public synchronized int refused() {
    return refused;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var query = exchange.getRequestURI().getQuery();
      var tag = query == null ? "" : query.substring("tag=".length());
      var path = exchange.getRequestURI().getPath();
      var answer =
          switch (exchange.getRequestMethod() + " " + path) {
            case "GET /keys" -> list(tag);
            case "POST /keys" -> create(tag);
            case "POST /written" -> isCut(tag, Cut.Written) ? null : new Answer(204, "");
            default ->
                "DELETE".equals(exchange.getRequestMethod())
                    ? delete(path.substring("/keys/".length()))
                    : new Answer(404, "");
          };
      if (answer == null) {
        // As when the connection is lost.
        return;
      }
      var body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.code(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private record Answer(int code, String body) {}

  private synchronized Answer list(String tag) {
    return new Answer(
        200,
        accounts.entrySet().stream()
            .flatMap(
                account ->
                    account.getValue().values().stream()
                        .filter(
                            key ->
                                tag.equals(account.getKey())
                                    || tag.equals(account.getKey() + "/" + key.version())))
            .map(Key::id)
            .collect(Collectors.joining("\n")));
  }

  private synchronized Answer create(String tag) {
    if (isCut(tag, Cut.Before)) {
      return null;
    }
    var end = tag.lastIndexOf('/');
    var keys = accounts.computeIfAbsent(tag.substring(0, end), _ -> new TreeMap<>());
    if (keys.size() == MOST) {
      refused++;
      return new Answer(409, "");
    }
    var key = new Key("id-" + random(), "value-" + random(), tag.substring(end + 1));
    keys.put(key.id(), key);
    values.add(key.value());
    return isCut(tag, Cut.After) ? null : new Answer(201, key.id() + " " + key.value());
  }

  private synchronized boolean isCut(String tag, Cut where) {
    var secret = tag.split("/")[1];
    return cuts.get(secret) == where && cuts.remove(secret, where);
  }

  private synchronized Answer delete(String id) {
    accounts.values().forEach(keys -> keys.remove(id));
    return new Answer(204, "");
  }

  private static String random() {
    var bytes = new byte[12];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
