// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static dev.credence.testing.Eventually.DEADLINE;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WebSocketPingTest {
  private static final Duration OFTEN = Duration.ofMillis(200);

  /// A busy machine answers within this time, too.
  private static final Duration SELDOM = Duration.ofSeconds(3);

  @Test
  void a_watch_without_an_answer_is_opened_anew() throws IOException {
    try (var server = new OpenSockets(false);
        var client = client(server, OFTEN);
        var watch = client.secrets().inNamespace("sales").watch(new Reopening())) {
      eventually("it asks again elsewhere").until(() -> server.opened.get() >= 3);
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void a_watch_with_answers_is_left_alone_however_quiet_it_is() throws IOException {
    try (var server = new OpenSockets(true);
        var client = client(server, SELDOM);
        var watch = client.secrets().inNamespace("sales").watch(new Reopening())) {
      eventually("it was asked three times").until(() -> server.asked.get() >= 3);
      assertThat(server.opened).hasValue(1);
      assertThat(watch).isNotNull();
    }
  }

  /// Shorter than the time for which an idle connection is kept.
  @Test
  void an_open_connection_keeps_nothing_of_its_first_response() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, -1);
          exchange.close();
        });
    server.start();
    try (var client =
        new WebSocketPing(OFTEN).createNewHttpClientBuilder().connectTimeout(DEADLINE).build()) {
      var handler = asked(client, server.getAddress().getPort());
      eventually("the handler of the response is collected")
          .until(
              () -> {
                System.gc();
                return handler.refersTo(null);
              });
    } finally {
      server.stop(0);
    }
  }

  private static WeakReference<HttpResponse.BodyHandler<String>> asked(HttpClient client, int port)
      throws IOException, InterruptedException {
    var strings = HttpResponse.BodyHandlers.ofString();
    HttpResponse.BodyHandler<String> handler = response -> strings.apply(response);
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
    assertThat(client.send(request, handler).statusCode()).isEqualTo(HttpURLConnection.HTTP_OK);
    return new WeakReference<>(handler);
  }

  private static KubernetesClient client(OpenSockets server, Duration every) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.door.getLocalPort())
                .withWatchReconnectInterval(10)
                .build())
        .withHttpClientFactory(new WebSocketPing(every))
        .build();
  }

  private static final class Reopening implements Watcher<Secret> {
    @Override
    public boolean reconnecting() {
      return true;
    }

    @Override
    public void eventReceived(Action action, Secret secret) {}

    @Override
    public void onClose(WatcherException cause) {}
  }

  /// Opens every WebSocket that is asked for and says nothing in it, but for answers to pings, or
  /// not even those.
  private static final class OpenSockets implements AutoCloseable {
    private static final int PING = 0x89;
    private static final byte[] PONG = {(byte) 0x8A, 0};

    final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger asked = new AtomicInteger();
    private final boolean answers;

    OpenSockets(boolean answers) throws IOException {
      this.answers = answers;
      Thread.ofVirtual().start(this::welcome);
    }

    private void welcome() {
      while (!door.isClosed()) {
        try {
          var guest = door.accept();
          Thread.ofVirtual().start(() -> serve(guest));
        } catch (IOException closed) {
          return;
        }
      }
    }

    private void serve(Socket guest) {
      try (guest) {
        open(guest);
        opened.incrementAndGet();
        var in = guest.getInputStream();
        for (int first; (first = in.read()) >= 0; ) {
          // What a client sends is masked: four bytes more than it says.
          in.readNBytes((in.read() & 0x7F) + 4);
          if (first == PING) {
            asked.incrementAndGet();
            if (answers) {
              guest.getOutputStream().write(PONG);
            }
          }
        }
      } catch (IOException | GeneralSecurityException deleted) {
        // It has left.
      }
    }

    /// RFC 6455, 4.2.2.
    private static void open(Socket guest) throws IOException, GeneralSecurityException {
      var key = "";
      for (var line = line(guest.getInputStream());
          !line.isEmpty();
          line = line(guest.getInputStream())) {
        if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
          key = line.substring(line.indexOf(':') + 1).strip();
        }
      }
      var accept =
          Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-1")
                      .digest(
                          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                              .getBytes(StandardCharsets.US_ASCII)));
      guest
          .getOutputStream()
          .write(
              ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                      + accept
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
    }

    private static String line(InputStream in) throws IOException {
      var line = new StringBuilder();
      for (var next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
        line.append((char) next);
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      door.close();
    }
  }
}
