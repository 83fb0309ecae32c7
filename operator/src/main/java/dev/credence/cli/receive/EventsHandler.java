// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.credence.metrics.ReceiverMetrics;
import dev.credence.observe.audit.AuditInput;
import dev.credence.observe.audit.LimitedInput;
import java.io.EOFException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.zip.ZipException;

/// Answers requests with audit events. 200: the events are part of the evidence. 400: the rest of
/// the request is no JSON, or it contains no audit event. 413: it is too large. Events before the
/// fault are part of the evidence. 429: bodies of other requests that are being received reach the
/// limit; the client repeats the request.
final class EventsHandler implements HttpHandler {
  private static final int KIB = 1024;
  private static final int UNSUPPORTED = 415;
  private static final int TOO_MANY = 429;
  private static final String RETRY_SECONDS = "5";

  private final Authentication authentication;
  private final Inbox inbox;
  private final Sources sources;
  private final ReceiverMetrics metrics;
  private final int bodyLimit;
  private final int pendingLimit;
  private final Semaphore free;

  /// `bodyLimit`: bytes of one body; `pendingLimit`: of all bodies at the same time.
  EventsHandler(
      Authentication authentication,
      Inbox inbox,
      Sources sources,
      ReceiverMetrics metrics,
      int bodyLimit,
      int pendingLimit) {
    this.authentication = authentication;
    this.inbox = inbox;
    this.sources = sources;
    this.metrics = metrics;
    this.bodyLimit = bodyLimit;
    this.pendingLimit = pendingLimit;
    free = new Semaphore(kib(pendingLimit));
  }

  private static int kib(int bytes) {
    return (bytes + KIB - 1) / KIB;
  }

  /// Bytes of bodies that are being received.
  long pending() {
    return (long) (kib(pendingLimit) - free.availablePermits()) * KIB;
  }

  private record Answer(int code, String text) {}

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var answer = answer(exchange);
      metrics.answered(answer.code());
      if (answer.code() != HttpURLConnection.HTTP_OK) {
        RequestBody.discard(exchange, bodyLimit);
      }
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      return new Answer(HttpURLConnection.HTTP_BAD_METHOD, "Send audit events by POST.");
    }
    if (!authentication.accepts(exchange)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      return new Answer(
          HttpURLConnection.HTTP_UNAUTHORIZED,
          "A client certificate or a bearer token of this receiver is required.");
    }
    if (!RequestBody.isEncodingKnown(exchange)) {
      return new Answer(UNSUPPORTED, "The body must be JSON, plain or compressed with gzip.");
    }
    try {
      return reserved(exchange, Math.max(1, kib(RequestBody.announced(exchange, bodyLimit))));
    } catch (LimitedInput.TooLarge wrong) {
      inbox.refuse();
      return new Answer(
          HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
          "The body is larger than " + bodyLimit + " bytes.");
    }
  }

  private Answer reserved(HttpExchange exchange, int kib) throws IOException {
    if (!free.tryAcquire(kib)) {
      inbox.refuse();
      exchange.getResponseHeaders().set("Retry-After", RETRY_SECONDS);
      return new Answer(TOO_MANY, "Too many events are being received. Repeat the request later.");
    }
    try {
      return received(exchange);
    } finally {
      free.release(kib);
    }
  }

  private Answer received(HttpExchange exchange) throws IOException {
    var reader = inbox.reader();
    try {
      return answer(reader, reader.stream(RequestBody.events(exchange, bodyLimit)));
    } catch (EOFException | ZipException wrong) {
      inbox.refuse();
      return new Answer(
          HttpURLConnection.HTTP_BAD_REQUEST, "The gzip data are incomplete or damaged.");
    } finally {
      metrics.read(reader.read(), reader.broken(), reader.others());
      if (reader.read() > 0) {
        sources.saw(exchange.getRemoteAddress().getAddress());
      }
    }
  }

  /// `problem`: where the request ends to be JSON.
  private Answer answer(AuditInput reader, Optional<String> problem) {
    if (problem.isPresent()) {
      inbox.refuse();
      return new Answer(
          HttpURLConnection.HTTP_BAD_REQUEST,
          problem.get() + " Events before it were recorded: " + reader.read() + ".");
    }
    if (reader.read() == 0 && reader.others() > 0) {
      return new Answer(
          HttpURLConnection.HTTP_BAD_REQUEST,
          "Line 1 is JSON, but the body contains no audit event.");
    }
    inbox.accept();
    return new Answer(HttpURLConnection.HTTP_OK, "");
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    var bytes = (answer.text() + "\n").getBytes(UTF_8);
    if (answer.text().isEmpty()) {
      exchange.sendResponseHeaders(answer.code(), -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(answer.code(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
