// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;

/// Requests to one server over HTTPS. The host never changes: redirects are not followed. Answers
/// are bounded. No message contains a request or a whole answer.
public final class Web implements AutoCloseable {
  public static final JsonMapper JSON = new JsonMapper();

  private static final int LONGEST_ANSWER = 4 << 20;
  private static final int LONGEST_TEXT = 300;

  private final String system;
  private final String base;
  private final Duration timeout;
  private final HttpClient client;

  /// What the server answers.
  public record Answer(int status, String body) {

    public boolean isSuccess() {
      return status / 100 == 2;
    }

    /// The server is overloaded, or does not work.
    public boolean isUnavailable() {
      return status == 429 || status >= 500;
    }

    /// The body, or an empty node where it is no JSON.
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }

    /// One text of the body, shortened.
    public String text(String pointer) {
      var node = json().at(JsonPointer.compile(pointer));
      var text = node.isValueNode() ? node.asText() : node.isMissingNode() ? "" : node.toString();
      return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }

    /// Without the body, which may contain a value.
    @Override
    public String toString() {
      return "status " + status;
    }
  }

  /// A server that receives tokens: it is never reached without encryption.
  public static Web of(Inputs inputs, String system, String host, int port) {
    if (!inputs.isTls() && !host.equals("127.0.0.1")) {
      throw new Failure(
          Kind.Usage, "HOOK_TLS must be verify: a token would be sent without encryption.");
    }
    return withOptionalTls(inputs, system, host, port);
  }

  /// A server that is reached as `HOOK_TLS` says.
  public static Web withOptionalTls(Inputs inputs, String system, String host, int port) {
    return new Web(
        system,
        (inputs.isTls() ? "https://" : "http://") + authority(host, port),
        Trust.context(inputs.authorities()),
        inputs.timeout());
  }

  Web(String system, String base, SSLContext trust, Duration timeout) {
    this.system = system;
    this.base = base;
    this.timeout = timeout;
    client =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .sslContext(trust)
            .connectTimeout(timeout)
            .build();
  }

  static String authority(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /// A part of a path or of a query.
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// The address of a path.
  public URI uri(String path) {
    try {
      return URI.create(base + path);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Kind.Usage, "HOOK_HOST or a path in the settings of the Job is no part of a URL.");
    }
  }

  public Answer get(String path, Map<String, String> headers) {
    return send("GET", path, headers, "");
  }

  /// Sends a request. An empty body is none.
  public Answer send(String method, String path, Map<String, String> headers, String body) {
    try {
      var request =
          HttpRequest.newBuilder(uri(path))
              .timeout(timeout)
              .header("User-Agent", "credence-hook")
              .method(
                  method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
      headers.forEach(request::header);
      var answer =
          client.send(
              request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_ANSWER));
      return new Answer(answer.statusCode(), answer.body());
    } catch (IllegalArgumentException e) {
      throw new Failure(Kind.Usage, "A header has a character that HTTP does not allow.");
    } catch (HttpConnectTimeoutException | ConnectException e) {
      throw unavailable("cannot be reached");
    } catch (HttpTimeoutException e) {
      throw unavailable("did not answer in time (HOOK_TIMEOUT)");
    } catch (IOException e) {
      throw Trust.failure(e, system)
          .orElseGet(() -> unavailable("closed the connection, or its answer is too long"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for");
    }
  }

  private Failure unavailable(String what) {
    return new Failure(Kind.Unavailable, system + " " + what + ".");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
