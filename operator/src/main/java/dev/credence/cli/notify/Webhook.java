// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.report.PlainText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Posts each notice to an HTTPS URL. The URL may contain a secret, so messages name its host
/// alone. Redirects are not followed, since they would take the token elsewhere.
final class Webhook implements Delivery {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int CLASS = 100;
  private static final int SUCCESS = 2;
  private static final int SERVER_ERROR = 500;

  private final URI url;
  private final Optional<String> token;
  private final Format format;
  private final String cluster;
  private final Clock clock;
  private final HttpClient http;

  Webhook(
      URI url,
      Optional<String> token,
      Format format,
      String cluster,
      SSLContext trust,
      Clock clock) {
    this.url = url;
    this.token = token;
    this.format = format;
    this.cluster = cluster;
    this.clock = clock;
    http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(trust)
            .build();
  }

  @Override
  public void deliver(Notice notice) throws Undelivered {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(ANSWER)
            .header("Content-Type", format.contentType())
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    format.body(notice, cluster, clock.instant())));
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      var code = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
      if (code / CLASS != SUCCESS) {
        throw new Undelivered(server() + " answered " + code, code >= SERVER_ERROR);
      }
    } catch (IOException failed) {
      throw new Undelivered(
          "%s cannot be reached: %s"
              .formatted(server(), PlainText.text(String.valueOf(failed.getMessage()))),
          true);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Undelivered("interrupted", true);
    }
  }

  @Override
  public String server() {
    return "webhook at " + url.getHost();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
