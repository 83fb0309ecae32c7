// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Is the API server still at the other end of a watch? A watch in which nothing happens and one
/// whose packets are lost on the way look the same, and the client would believe in the second
/// for up to 12 minutes. So each is asked with a ping (RFC 6455, 5.5.2), and one that does not
/// answer is given up: the client then opens another where this one ended, and misses nothing.
///
/// The JDK shows its WebSockets to no one but who opens them, so this stands between the client
/// and the JDK.
public final class WebSocketPing extends JdkHttpClientFactory {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketPing.class);
  private static final Duration EVERY = Duration.ofSeconds(20);

  private final Duration every;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("heartbeat").daemon().factory());

  public WebSocketPing() {
    this(EVERY);
  }

  /// A ping is sent this often, and must be answered before the next one is due.
  WebSocketPing(Duration every) {
    this.every = every;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new ClientBuilder(super.createNewHttpClientBuilder());
  }

  /// One WebSocket: what it hears is passed on.
  private final class Beating implements WebSocket.Listener {
    private static final long ANSWERED = Long.MIN_VALUE;

    private final WebSocket.Listener listener;
    private final AtomicLong askedAt = new AtomicLong(ANSWERED);
    private volatile @Nullable Future<?> beats;

    Beating(WebSocket.Listener listener) {
      this.listener = listener;
    }

    private void beat(WebSocket socket) {
      if (askedAt.get() == ANSWERED) {
        askedAt.set(System.nanoTime());
        socket.sendPing(ByteBuffer.allocate(0));
      } else if (System.nanoTime() - askedAt.get() >= every.toNanos()) {
        rest();
        LOG.warn("A watch did not answer for {} s and is reconnected", every.toSeconds());
        socket.abort();
        listener.onError(
            socket, new IOException("No answer for " + every + ", closing the connection"));
      }
    }

    private void rest() {
      var running = beats;
      if (running != null) {
        running.cancel(false);
      }
    }

    @Override
    public void onOpen(WebSocket socket) {
      beats =
          timer.scheduleWithFixedDelay(
              () -> beat(socket), every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
      listener.onOpen(socket);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      askedAt.set(ANSWERED);
      return listener.onText(socket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      askedAt.set(ANSWERED);
      return listener.onBinary(socket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      askedAt.set(ANSWERED);
      return listener.onPing(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      askedAt.set(ANSWERED);
      return listener.onPong(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      rest();
      return listener.onClose(socket, code, reason);
    }

    @Override
    public void onError(WebSocket socket, Throwable problem) {
      rest();
      listener.onError(socket, problem);
    }
  }

  private final class SocketBuilder implements WebSocket.Builder {
    private final WebSocket.Builder jdk;

    SocketBuilder(WebSocket.Builder jdk) {
      this.jdk = jdk;
    }

    @Override
    public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
      return jdk.buildAsync(uri, new Beating(listener));
    }

    @Override
    public WebSocket.Builder header(String name, String value) {
      jdk.header(name, value);
      return this;
    }

    @Override
    public WebSocket.Builder connectTimeout(Duration timeout) {
      jdk.connectTimeout(timeout);
      return this;
    }

    @Override
    public WebSocket.Builder subprotocols(String preferred, String... others) {
      jdk.subprotocols(preferred, others);
      return this;
    }
  }

  private final class Client extends HttpClient {
    private final HttpClient jdk;

    Client(HttpClient jdk) {
      this.jdk = jdk;
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
      return new SocketBuilder(jdk.newWebSocketBuilder());
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
        throws IOException, InterruptedException {
      return jdk.send(request, handler);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        HttpRequest request, HttpResponse.BodyHandler<T> handler) {
      return jdk.sendAsync(request, handler);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        HttpRequest request,
        HttpResponse.BodyHandler<T> handler,
        HttpResponse.@Nullable PushPromiseHandler<T> pushes) {
      return jdk.sendAsync(request, handler, pushes);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
      return jdk.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
      return jdk.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
      return jdk.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
      return jdk.proxy();
    }

    @Override
    public SSLContext sslContext() {
      return jdk.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
      return jdk.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
      return jdk.authenticator();
    }

    @Override
    public Version version() {
      return jdk.version();
    }

    @Override
    public Optional<Executor> executor() {
      return jdk.executor();
    }

    @Override
    public void shutdown() {
      jdk.shutdown();
    }

    @Override
    public void shutdownNow() {
      jdk.shutdownNow();
    }

    @Override
    public boolean isTerminated() {
      return jdk.isTerminated();
    }

    @Override
    public boolean awaitTermination(Duration patience) throws InterruptedException {
      return jdk.awaitTermination(patience);
    }

    @Override
    public void close() {
      jdk.close();
    }
  }

  private final class ClientBuilder implements HttpClient.Builder {
    private final HttpClient.Builder jdk;
    private SSLParameters parameters = new SSLParameters();
    private @Nullable SSLContext context;

    ClientBuilder(HttpClient.Builder jdk) {
      this.jdk = jdk;
    }

    @Override
    public HttpClient build() {
      if (context != null) {
        jdk.sslParameters(CipherOrder.cheapFirst(context, parameters));
      }
      return new Client(jdk.build());
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler handler) {
      jdk.cookieHandler(handler);
      return this;
    }

    /// Without one for connecting alone: its timer would keep the first exchange of a connection,
    /// and with it a response that may be a Secret, until the connection ends, which for a watch
    /// takes hours (`PlainHttpConnection.connectTimerEvent`, JDK 25). The timeouts of requests and
    /// of opening a WebSocket include the time to connect.
    @Override
    public HttpClient.Builder connectTimeout(Duration timeout) {
      return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext context) {
      this.context = context;
      jdk.sslContext(context);
      return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters parameters) {
      this.parameters = parameters;
      jdk.sslParameters(parameters);
      return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
      jdk.executor(executor);
      return this;
    }

    @Override
    public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
      jdk.followRedirects(policy);
      return this;
    }

    @Override
    public HttpClient.Builder version(HttpClient.Version version) {
      jdk.version(version);
      return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
      jdk.priority(priority);
      return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector proxies) {
      jdk.proxy(proxies);
      return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
      jdk.authenticator(authenticator);
      return this;
    }
  }
}
