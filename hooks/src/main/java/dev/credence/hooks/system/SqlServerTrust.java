// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Trust;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// Certificates that a session with SQL Server accepts: those of the authorities in a PEM file, or
/// of the Java runtime, for the host of the connection.
///
/// Microsoft's driver reads no PEM files, and creates an instance by its property
/// `trustManagerClass`. It then checks no names itself (TDSChannel.enableSSL in
/// <https://github.com/microsoft/mssql-jdbc>), so that the Java runtime is told to, as for HTTPS.
public final class SqlServerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authorities;

  public SqlServerTrust() {
    this(Optional.empty());
  }

  public SqlServerTrust(String file) {
    this(Optional.of(Path.of(file)));
  }

  private SqlServerTrust(Optional<Path> file) {
    authorities =
        Stream.of(Trust.managers(file))
            .filter(X509ExtendedTrustManager.class::isInstance)
            .map(X509ExtendedTrustManager.class::cast)
            .findFirst()
            .orElseThrow();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    if (!(socket instanceof SSLSocket tls)) {
      throw unsupported();
    }
    var parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    authorities.checkServerTrusted(chain, type, tls);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw unsupported();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw unsupported();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw unsupported();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw unsupported();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw unsupported();
  }

  private static CertificateException unsupported() {
    return new CertificateException("Only a server on a socket has a name to check.");
  }
}
