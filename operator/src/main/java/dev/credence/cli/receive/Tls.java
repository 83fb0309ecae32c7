// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// The certificate of the server and the authorities of its clients, read again when their files
/// change: a new connection uses the new ones.
final class Tls {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final char[] NO_PASSWORD = {};

  private final Reloaded<X509ExtendedKeyManager> certificate;
  private final Optional<Reloaded<X509ExtendedTrustManager>> clients;

  /// `authorities`: of the certificates of clients; empty where clients have none.
  Tls(Path certificate, Path key, Optional<Path> authorities, LongSupplier nanos)
      throws IOException, GeneralSecurityException {
    this.certificate = new Reloaded<>(List.of(certificate, key), Tls::certificate, nanos);
    this.clients =
        authorities.isEmpty()
            ? Optional.empty()
            : Optional.of(new Reloaded<>(List.of(authorities.get()), Tls::authorities, nanos));
  }

  /// `certificateRequired`: a client without a certificate cannot connect.
  HttpsConfigurator configurator(boolean certificateRequired) throws GeneralSecurityException {
    var context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new CurrentCertificate(certificate)},
        clients
            .map(known -> new TrustManager[] {new CurrentAuthorities(known)})
            .orElseGet(() -> new TrustManager[0]),
        null);
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        var settings = getSSLContext().getDefaultSSLParameters();
        settings.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        if (certificateRequired) {
          settings.setNeedClientAuth(true);
        } else if (clients.isPresent()) {
          settings.setWantClientAuth(true);
        }
        parameters.setSSLParameters(settings);
      }
    };
  }

  /// Why files of now are not in effect.
  List<String> problems() {
    return Stream.concat(
            certificate.problem().stream(),
            clients.stream().flatMap(known -> known.problem().stream()))
        .toList();
  }

  private static X509ExtendedKeyManager certificate(List<String> contents)
      throws IOException, GeneralSecurityException {
    var chain = certificates(contents.getFirst());
    var store = empty();
    store.setKeyEntry(
        "server",
        key(contents.getLast(), chain[0].getPublicKey().getAlgorithm()),
        NO_PASSWORD,
        chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return Arrays.stream(factory.getKeyManagers())
        .filter(X509ExtendedKeyManager.class::isInstance)
        .map(X509ExtendedKeyManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static X509ExtendedTrustManager authorities(List<String> contents)
      throws IOException, GeneralSecurityException {
    var store = empty();
    var number = 0;
    for (var one : certificates(contents.getFirst())) {
      store.setCertificateEntry("client-" + number++, one);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate[] certificates(String pem) throws IOException, CertificateException {
    var found =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(UTF_8)));
    if (found.isEmpty()) {
      throw new IOException("there is no certificate in PEM");
    }
    return found.toArray(Certificate[]::new);
  }

  private static PrivateKey key(String pem, String algorithm)
      throws IOException, GeneralSecurityException {
    var pkcs8 = PKCS8.matcher(pem);
    if (pkcs8.find()) {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pkcs8.group(1))));
    }
    // PKCS #1 and SEC 1, as cert-manager writes them by default.
    var keys =
        SecurityUtils.loadKeyPairIdentities(
            null,
            NamedResource.ofName("the key of the server"),
            new ByteArrayInputStream(pem.getBytes(UTF_8)),
            FilePasswordProvider.EMPTY);
    if (keys == null || !keys.iterator().hasNext()) {
      throw new IOException("there is no private key in PEM");
    }
    return keys.iterator().next().getPrivate();
  }

  private static final class CurrentCertificate extends X509ExtendedKeyManager {
    private final Reloaded<X509ExtendedKeyManager> current;

    CurrentCertificate(Reloaded<X509ExtendedKeyManager> current) {
      this.current = current;
    }

    @Override
    public String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, SSLEngine engine) {
      return current.get().chooseEngineServerAlias(type, issuers, engine);
    }

    @Override
    public String chooseServerAlias(String type, Principal @Nullable [] issuers, Socket socket) {
      return current.get().chooseServerAlias(type, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return current.get().getServerAliases(type, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return current.get().getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return current.get().getPrivateKey(alias);
    }

    @Override
    public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
      throw new UnsupportedOperationException("a server");
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      throw new UnsupportedOperationException("a server");
    }
  }

  private static final class CurrentAuthorities extends X509ExtendedTrustManager {
    private final Reloaded<X509ExtendedTrustManager> current;

    CurrentAuthorities(Reloaded<X509ExtendedTrustManager> current) {
      this.current = current;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      current.get().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      current.get().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      current.get().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return current.get().getAcceptedIssuers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("a server trusts no server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("a server trusts no server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("a server trusts no server");
    }
  }
}
