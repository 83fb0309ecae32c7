// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Whether a client may send events: it has a certificate of the authorities of clients, or the
/// token of the file.
final class Authentication {
  private static final String SCHEME = "Bearer ";
  private static final int SHORTEST = 16;

  private final boolean certificates;
  private final Optional<Reloaded<byte[]>> token;

  /// `certificates`: the handshake checks those that clients have.
  Authentication(boolean certificates, Optional<Path> token, LongSupplier nanos)
      throws IOException, GeneralSecurityException {
    this.certificates = certificates;
    this.token =
        token.isEmpty()
            ? Optional.empty()
            : Optional.of(new Reloaded<>(List.of(token.get()), Authentication::read, nanos));
  }

  private static byte[] read(List<String> contents) throws IOException, GeneralSecurityException {
    var text = contents.getFirst().strip();
    if (text.length() < SHORTEST) {
      throw new IOException("the token has less than " + SHORTEST + " characters");
    }
    return digest(text);
  }

  /// Digests have one length, so that the comparison takes the same time for every text.
  private static byte[] digest(String text) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
  }

  boolean accepts(HttpExchange exchange) {
    return (certificates && hasCertificate(exchange))
        || token.map(known -> hasToken(exchange, known.get())).orElse(false);
  }

  private static boolean hasCertificate(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange https
          && https.getSSLSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException none) {
      return false;
    }
  }

  private static boolean hasToken(HttpExchange exchange, byte[] expected) {
    var header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    try {
      return MessageDigest.isEqual(digest(header.substring(SCHEME.length()).strip()), expected);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  List<String> problems() {
    return token.flatMap(Reloaded::problem).stream().toList();
  }
}
