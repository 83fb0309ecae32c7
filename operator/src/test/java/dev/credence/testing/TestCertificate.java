// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that is its own authority, made by the JDK's keytool.
public record TestCertificate(SSLContext server, Path pem) {
  private static final String PASSWORD = "changeit";

  /// `name`: such as `dns:localhost,ip:127.0.0.1`.
  public static TestCertificate of(Path folder, String name) {
    try {
      var file = folder.resolve(name.replaceAll("[^a-z]", "-") + ".p12");
      Program.output(
          Map.of(),
          List.of(
              Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
              // For a start of half a second.
              "-J-XX:TieredStopAtLevel=1",
              "-J-XX:+UseSerialGC",
              "-genkeypair",
              "-keyalg",
              "EC",
              "-alias",
              "server",
              "-dname",
              "CN=credence test",
              "-ext",
              "san=" + name,
              "-validity",
              "2",
              "-storetype",
              "PKCS12",
              "-keystore",
              file.toString(),
              "-storepass",
              PASSWORD));
      var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      var pem =
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(store.getCertificate("server").getEncoded())
              + "\n-----END CERTIFICATE-----\n";
      return new TestCertificate(
          context, Files.writeString(folder.resolve(file.getFileName() + ".pem"), pem));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
