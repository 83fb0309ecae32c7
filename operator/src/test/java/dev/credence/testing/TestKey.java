// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate that is its own authority and its key, in PEM and as a client has them.
public record TestKey(Path certificate, Path key, KeyManager[] managers) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /// The header of an RSA key of 2048 bits in PKCS #8; what follows is PKCS #1.
  private static final int RSA_HEADER = 26;

  public static TestKey of(Path folder, String name) {
    return of(folder, name, "EC");
  }

  public static TestKey of(Path folder, String name, String algorithm) {
    try {
      var file = folder.resolve(name + ".p12");
      Program.output(
          Map.of(),
          List.of(
              Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
              // For a start of half a second.
              "-J-XX:TieredStopAtLevel=1",
              "-J-XX:+UseSerialGC",
              "-genkeypair",
              "-keyalg",
              algorithm,
              "-keysize",
              algorithm.equals("EC") ? "256" : "2048",
              "-alias",
              "key",
              "-dname",
              "CN=" + name,
              "-ext",
              "san=ip:127.0.0.1",
              "-validity",
              "2",
              "-storetype",
              "PKCS12",
              "-keystore",
              file.toString(),
              "-storepass",
              new String(PASSWORD)));
      var store = KeyStore.getInstance(file.toFile(), PASSWORD);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      var der = store.getKey("key", PASSWORD).getEncoded();
      return new TestKey(
          pem(
              folder.resolve(name + ".crt"),
              "CERTIFICATE",
              store.getCertificate("key").getEncoded()),
          algorithm.equals("EC")
              ? pem(folder.resolve(name + ".key"), "PRIVATE KEY", der)
              : pem(
                  folder.resolve(name + ".key"),
                  "RSA PRIVATE KEY",
                  Arrays.copyOfRange(der, RSA_HEADER, der.length)),
          keys.getKeyManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Of a client that trusts this certificate, as its file is now, and has keys of its own or none.
  public SSLContext clientContext(KeyManager... own) {
    try (var pem = Files.newInputStream(certificate)) {
      var known = KeyStore.getInstance("PKCS12");
      known.load(null, null);
      known.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      var context = SSLContext.getInstance("TLS");
      context.init(own, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path pem(Path file, String what, byte[] der) throws IOException {
    return Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), what));
  }
}
