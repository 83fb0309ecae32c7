// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsServer;
import dev.credence.facts.evidence.Networks;
import dev.credence.metrics.MetricsPage;
import dev.credence.metrics.ReceiverMetric;
import dev.credence.metrics.ReceiverMetrics;
import dev.credence.observe.audit.AuditFormat;
import dev.credence.testing.Eventually;
import dev.credence.testing.TestKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The receiver over real HTTPS, without a cluster.
class ReceiverTest {
  private static final String TOKEN = "a-token-of-more-than-16-characters";
  private static final int BODY_LIMIT = 64 << 10;
  private static final TestKey NONE =
      new TestKey(Path.of("none"), Path.of("none"), new KeyManager[0]);
  private static final Path FIXTURES = Path.of("src/test/resources/audit");

  /// Made once: each is a second of a program's work.
  @TempDir static Path keys;

  private static TestKey serverKey = NONE;
  private static TestKey senderKey = NONE;
  private static TestKey otherKey = NONE;

  @TempDir Path folder;

  private final AtomicLong nanos = new AtomicLong();
  private final ReceiverMetrics metrics = new ReceiverMetrics();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Inbox inbox = new Inbox(AuditFormat.auto, Networks.NONE, Clock.systemUTC());
  private TestKey server = NONE;
  private final TestKey sender = senderKey;
  private @Nullable HttpsServer running;
  private @Nullable EventsHandler handler;

  @BeforeAll
  static void makeKeys() {
    serverKey = TestKey.of(keys, "server");
    senderKey = TestKey.of(keys, "sender");
    otherKey = TestKey.of(keys, "other");
  }

  /// The files of the server are replaced by a test.
  @BeforeEach
  void files() throws IOException {
    server =
        new TestKey(
            Files.copy(serverKey.certificate(), folder.resolve("server.crt")),
            Files.copy(serverKey.key(), folder.resolve("server.key")),
            serverKey.managers());
    Files.writeString(folder.resolve("token"), TOKEN + "\n");
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.stop(0);
    }
    threads.shutdownNow();
  }

  @Test
  void a_sender_with_the_token_is_heard_and_nobody_else() throws Exception {
    start(false, true);
    assertThat(post(client(null), "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
    assertThat(recorded()).isEqualTo(5);
    for (var wrong : new String[] {"Bearer " + TOKEN + "x", "Bearer ", "Basic " + TOKEN}) {
      var answer = post(client(null), wrong, events());
      assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }
    assertThat(recorded()).isEqualTo(5);
    var read =
        client(null).send(HttpRequest.newBuilder(address()).build(), BodyHandlers.ofString());
    assertThat(read.statusCode()).isEqualTo(405);
    assertThat(read.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void a_sender_with_a_certificate_of_the_authority_is_heard_and_nobody_else() throws Exception {
    start(true, false);
    assertThat(post(client(sender), "", events()).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> post(client(null), "Bearer " + TOKEN, events()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> post(client(otherKey), "", events())).isInstanceOf(IOException.class);
    assertThat(recorded()).isEqualTo(5);
  }

  @Test
  void with_both_either_is_enough() throws Exception {
    start(true, true);
    assertThat(post(client(sender), "", events()).statusCode()).isEqualTo(200);
    assertThat(post(client(null), "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
    assertThat(post(client(null), "", events()).statusCode()).isEqualTo(401);
  }

  /// As cert-manager writes a key unless it is told otherwise.
  @Test
  void a_key_in_pkcs_1_is_read() throws Exception {
    server = TestKey.of(folder, "rsa", "RSA");
    start(false, true);
    assertThat(Files.readString(server.key())).contains("RSA PRIVATE KEY");
    assertThat(post(client(null), "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
  }

  @Test
  void a_body_above_the_limit_is_refused_also_after_decompression() throws Exception {
    start(false, true);
    var large = events() + " ".repeat(BODY_LIMIT);
    assertThat(post(client(null), "Bearer " + TOKEN, large).statusCode()).isEqualTo(413);
    var chunked =
        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large.getBytes(UTF_8)));
    assertThat(post(client(null), chunked, "").statusCode()).isEqualTo(413);
    assertThat(post(client(null), gzip(large), "gzip").statusCode()).isEqualTo(413);
    assertThat(post(client(null), gzip(events()), "gzip").statusCode()).isEqualTo(200);
    assertThat(post(client(null), gzip(events()), "br").statusCode()).isEqualTo(415);
    // Compressed twice, so that only the outer layer is within the limit.
    assertThat(post(client(null), gzip(gzipped(large)), "gzip").statusCode()).isEqualTo(400);
    assertThat(page().value("credence_audit_requests_total", "code=413")).isEqualTo(3);
  }

  @Test
  void garbage_is_answered_with_the_line_and_what_was_before_it_counts() throws Exception {
    start(false, true);
    var lines = events().lines().toList();
    var answer =
        post(
            client(null),
            "Bearer " + TOKEN,
            lines.getFirst() + "\n" + lines.get(1) + "\nno json\n");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("Line 3 is no JSON: ").endsWith("recorded: 2.\n");
    assertThat(recorded()).isEqualTo(2);
    var other = post(client(null), "Bearer " + TOKEN, "{\"kind\": \"Pod\"}");
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(other.body()).contains("Line 1").contains("no audit event");
    assertThat(post(client(null), gzip(truncated("half")), "gzip").statusCode()).isEqualTo(400);
  }

  /// The rest of a body may come much later, or never.
  @Test
  void events_are_recorded_as_they_come_and_other_senders_do_not_wait() throws Exception {
    start(false, true);
    try (var slow = socket()) {
      var out = slow.getOutputStream();
      out.write(head(BODY_LIMIT / 2));
      out.write(events().getBytes(UTF_8));
      out.flush();
      Eventually.eventually("the first events are recorded").until(() -> inbox.accounts() > 0);
      assertThat(post(client(null), "Bearer " + TOKEN, "\n").statusCode()).isEqualTo(200);
    }
  }

  /// One body is on its way and has the memory; the other sender comes again later.
  @Test
  void while_the_queue_is_full_senders_are_told_to_come_again() throws Exception {
    start(false, true);
    var body = events();
    try (var socket = socket()) {
      var out = socket.getOutputStream();
      out.write(head(BODY_LIMIT));
      out.write(body.getBytes(UTF_8));
      out.flush();
      whileItIsReceived();
      out.write(" ".repeat(BODY_LIMIT - body.length()).getBytes(UTF_8));
      out.flush();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200 ");
    }
    assertThat(post(client(null), "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
    assertThat(Objects.requireNonNull(handler).pending()).isZero();
  }

  private static byte[] head(int length) {
    return """
        POST /events HTTP/1.1
        Host: 127.0.0.1
        Authorization: Bearer %s
        Content-Length: %d
        Connection: close

        """
        .formatted(TOKEN, length)
        .replace("\n", "\r\n")
        .getBytes(UTF_8);
  }

  private void whileItIsReceived() throws Exception {
    var busy = Objects.requireNonNull(handler);
    Eventually.eventually("the first body is being received").until(() -> busy.pending() > 0);
    var refused = post(client(null), "Bearer " + TOKEN, events());
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void certificate_authority_and_token_change_without_a_restart() throws Exception {
    start(true, true);
    var before = client(null);
    assertThat(post(before, "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
    Files.copy(otherKey.certificate(), server.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(otherKey.key(), server.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(folder.resolve("token"), "another-token-of-this-test");
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());

    var after = client(null);
    assertThat(post(after, "Bearer another-token-of-this-test", events()).statusCode())
        .isEqualTo(200);
    assertThat(post(after, "Bearer " + TOKEN, events()).statusCode()).isEqualTo(401);

    // A file that makes no sense changes nothing.
    Files.writeString(server.key(), "no key");
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(post(client(null), "Bearer another-token-of-this-test", events()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void every_metric_is_on_the_page_with_its_labels() throws Exception {
    start(false, true);
    metrics.completed(Clock.systemUTC().instant());
    assertThat(post(client(null), "Bearer " + TOKEN, events()).statusCode()).isEqualTo(200);
    var page = page();
    for (var metric : ReceiverMetric.values()) {
      assertThat(page.samples())
          .filteredOn(sample -> sample.name().equals(metric.page()))
          .as(metric.page())
          .isNotEmpty()
          .allSatisfy(
              sample -> assertThat(sample.labels().keySet()).hasSameElementsAs(metric.labels()));
    }
    assertThat(page.value("credence_audit_events_total")).isEqualTo(5);
    assertThat(page.value("credence_audit_sources")).isEqualTo(1);
  }

  private void start(boolean certificates, boolean token)
      throws IOException, GeneralSecurityException {
    var listen =
        new ListenOptions.Listen(
            new InetSocketAddress("127.0.0.1", 0),
            server.certificate(),
            server.key(),
            Optional.of(sender.certificate()).filter(_ -> certificates),
            Optional.of(folder.resolve("token")).filter(_ -> token),
            BODY_LIMIT,
            BODY_LIMIT,
            Duration.ofMinutes(5));
    var sources = new Sources(Clock.systemUTC());
    var events =
        new EventsHandler(
            new Authentication(certificates, listen.tokenFile(), nanos::get),
            inbox,
            sources,
            metrics,
            listen.bodyLimit(),
            listen.pendingLimit());
    metrics.gauge(ReceiverMetric.Pending, events::pending);
    metrics.gauge(ReceiverMetric.Accounts, inbox::accounts);
    metrics.gauge(ReceiverMetric.Sources, sources::count);
    handler = events;
    var https =
        Receiver.server(
            listen,
            new Tls(listen.certificate(), listen.key(), listen.clientCa(), nanos::get),
            events,
            threads);
    https.start();
    running = https;
  }

  private MetricsPage page() {
    var registry = new PrometheusRegistry();
    registry.register(metrics);
    return MetricsPage.of(registry);
  }

  private double recorded() {
    return page().value("credence_audit_events_total");
  }

  private URI address() {
    return URI.create(
        "https://127.0.0.1:" + Objects.requireNonNull(running).getAddress().getPort() + "/events");
  }

  private Socket socket() throws IOException {
    var address = Objects.requireNonNull(running).getAddress();
    return trusting(null).getSocketFactory().createSocket(address.getAddress(), address.getPort());
  }

  private HttpClient client(@Nullable TestKey key) {
    return HttpClient.newBuilder()
        .sslContext(trusting(key))
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private SSLContext trusting(@Nullable TestKey key) {
    return server.clientContext(key == null ? new KeyManager[0] : key.managers());
  }

  private HttpResponse<String> post(HttpClient client, String authorization, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address())
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(
      HttpClient client, HttpRequest.BodyPublisher body, String encoding)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address())
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(body);
    if (!encoding.isEmpty()) {
      request.header("Content-Encoding", encoding);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpRequest.BodyPublisher gzip(String text) throws IOException {
    return BodyPublishers.ofByteArray(gzipped(text.getBytes(UTF_8)));
  }

  private static HttpRequest.BodyPublisher gzip(byte[] bytes) {
    return BodyPublishers.ofByteArray(bytes);
  }

  private static byte[] gzipped(String text) throws IOException {
    return gzipped(gzipped(text.getBytes(UTF_8)));
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var compressed = new GZIPOutputStream(out)) {
      compressed.write(bytes);
    }
    return out.toByteArray();
  }

  /// Data that end in the middle.
  private static byte[] truncated(String text) throws IOException {
    var whole = gzipped(("[" + text.repeat(100)).getBytes(UTF_8));
    return Arrays.copyOf(whole, whole.length / 2);
  }

  private static String events() throws IOException {
    return Files.readString(FIXTURES.resolve("k8s.jsonl"));
  }
}
