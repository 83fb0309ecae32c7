// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A key and a certificate for 127.0.0.1 that no public authority signed.
record Certificates(Path certificate, Path key, KeyStore store) {
  static final char[] PASSWORD = "no-secret".toCharArray();

  static Certificates create() throws Exception {
    return create("EC");
  }

  static Certificates create(String algorithm) throws Exception {
    var folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "tls-");
    var file = folder.resolve(UUID.randomUUID() + ".p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=server",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(output);
    }
    var store = KeyStore.getInstance(file.toFile(), PASSWORD);
    var certificate =
        pem(folder.resolve("ca.crt"), "CERTIFICATE", store.getCertificate("server").getEncoded());
    var key =
        pem(
            folder.resolve("server.key"),
            "PRIVATE KEY",
            store.getKey("server", PASSWORD).getEncoded());
    return new Certificates(certificate, key, store);
  }

  /// For a server with this certificate.
  SSLContext tls() throws GeneralSecurityException {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static Path pem(Path file, String type, byte[] bytes) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(bytes)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file.toAbsolutePath();
  }
}
