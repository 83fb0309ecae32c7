// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.Failed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The certificate authorities that Java trusts, and those of a file.
final class TrustedRoots {

  static SSLContext context(Optional<Path> file) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          null, file.isEmpty() ? null : managers(with(file.get())).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new Failed(
          "The certificates in %s cannot be read: %s"
              .formatted(file.map(Path::toString).orElse("the JDK"), unreadable.getMessage()));
    }
  }

  private static KeyStore with(Path file) throws GeneralSecurityException, IOException {
    var all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    var number = 0;
    for (var known : known()) {
      all.setCertificateEntry("known-" + number++, known);
    }
    try (InputStream pem = Files.newInputStream(file)) {
      var added = CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (added.isEmpty()) {
        throw new IOException("there is no certificate");
      }
      for (var one : added) {
        all.setCertificateEntry("added-" + number++, one);
      }
    }
    return all;
  }

  private static Iterable<X509Certificate> known() throws GeneralSecurityException {
    return Arrays.stream(managers(null).getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
        .toList();
  }

  private static TrustManagerFactory managers(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private TrustedRoots() {}
}
