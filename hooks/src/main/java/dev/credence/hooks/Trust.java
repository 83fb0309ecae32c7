// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Certificate authorities that a connection accepts.
public final class Trust {

  /// That trusts the authorities of the file alone, or those of the Java runtime without a file.
  public static SSLContext context(Optional<Path> authorities) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers(authorities), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no TLS");
    }
  }

  public static TrustManager[] managers(Optional<Path> authorities) {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities.isPresent() ? store(authorities.get()) : null);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw unreadable(authorities);
    }
  }

  /// Whether TLS failed, and the failure with that cause.
  public static Optional<Failure> failure(@Nullable Throwable thrown, String system) {
    for (var cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return Optional.of(
            new Failure(
                Kind.Untrusted,
                "The certificate of "
                    + system
                    + " is not trusted, or is for another name. Set HOOK_CA_FILE to its certificate"
                    + " authority. The runtime reports: "
                    + cause.getMessage()));
      }
    }
    return Optional.empty();
  }

  private static KeyStore store(Path file) throws GeneralSecurityException {
    try (var pem = Files.newInputStream(file)) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      var number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw unreadable(Optional.of(file));
      }
      return store;
    } catch (IOException e) {
      throw unreadable(Optional.of(file));
    }
  }

  private static Failure unreadable(Optional<Path> file) {
    return new Failure(
        Kind.Usage,
        "HOOK_CA_FILE must name a file with certificates in PEM format"
            + file.map(path -> ": " + path).orElse("")
            + ".");
  }

  private Trust() {}
}
