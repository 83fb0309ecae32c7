// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import ch.qos.logback.classic.Level;
import dev.credence.system.kubelet.Mount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;

/// An SSH server on 127.0.0.1 with the accounts `webfinance` and `hooks`. The home of an account is
/// a folder, its `authorized_keys` is read at each login, and commands are run by the `sh` of this
/// machine.
final class UnixHost implements Accounts, AutoCloseable {
  private static final String ACCOUNT = "webfinance";
  private static final String ADMIN = "hooks";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// Attempts, where the server closes the connection during the key exchange: no login was tried.
  private static final int ATTEMPTS = 5;

  private final ServerLog log = ServerLog.of("org.apache.sshd", Level.DEBUG);
  private final Path homes;
  private final KeyPair host = generated();
  private final KeyPair admin = generated();
  private final SshServer server = SshServer.setUpDefaultServer();
  private final SshClient client = SshClient.setUpDefaultClient();

  static UnixHost start() {
    try {
      return new UnixHost();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private UnixHost() throws IOException {
    homes = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "homes-");
    Files.createDirectories(authorizedKeys(ACCOUNT).getParent());
    Files.createDirectories(authorizedKeys(ADMIN).getParent());
    Files.writeString(authorizedKeys(ACCOUNT), "");
    Files.writeString(authorizedKeys(ADMIN), PublicKeyEntry.toString(admin.getPublic()) + "\n");
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(host));
    server.setPublickeyAuthenticator((account, key, session) -> accepts(account, key));
    server.setCommandFactory(ProcessShellCommandFactory.INSTANCE);
    server.start();
    client.setServerKeyVerifier(
        new KnownHostsServerKeyVerifier(
            RejectAllServerKeyVerifier.INSTANCE,
            Files.writeString(homes.resolve("known_hosts"), knownHosts())));
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setUserAuthFactoriesNames(List.of("publickey"));
    client.start();
  }

  int port() {
    return server.getPort();
  }

  /// The path of the file on the server, with `{username}` in it.
  String authorizedKeys() {
    return authorizedKeys("{username}").toString();
  }

  /// The Secret of the account of the hooks.
  Map<String, String> admin() {
    return Map.of("username", ADMIN, "ssh-privatekey", text(admin), "known_hosts", knownHosts());
  }

  /// The lines of the application's file, each without its key.
  List<String> lines() {
    try {
      return withoutPublicKeys(Files.readString(authorizedKeys(ACCOUNT))).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the server has logged, without public keys.
  String log() {
    return withoutPublicKeys(log.text());
  }

  private static String withoutPublicKeys(String text) {
    return text.replaceAll("(ssh-ed25519 )AAAA\\S+", "$1AAAA…");
  }

  @Override
  public String system() {
    return "batch.finance";
  }

  @Override
  public Optional<String> refusal(Map<String, String> value) {
    var key = pair(value.get("ssh-privatekey"));
    for (var attempt = 1; ; attempt++) {
      try (var session =
          client.connect(ACCOUNT, "127.0.0.1", port()).verify(TIMEOUT).getSession()) {
        session.addPublicKeyIdentity(key);
        session.auth().verify(TIMEOUT);
        return Optional.empty();
      } catch (SshException e) {
        if (e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
          return Optional.of("Permission denied (publickey)");
        }
        // This milestone of the server may close a connection before the login.
        if (e.getDisconnectCode() != SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR
            || attempt == ATTEMPTS) {
          return Optional.of(e.toString());
        }
      } catch (IOException e) {
        return Optional.of(e.toString());
      }
    }
  }

  @Override
  public void close() {
    try {
      client.stop();
      server.stop(true);
      new Mount(homes).delete();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      log.close();
    }
  }

  private boolean accepts(String account, PublicKey key) {
    try {
      return account.matches("[a-z]+")
          && Files.readAllLines(authorizedKeys(account)).stream()
              .filter(line -> !line.startsWith("#"))
              .anyMatch(line -> line.contains(PublicKeyEntry.toString(key)));
    } catch (IOException e) {
      return false;
    }
  }

  private Path authorizedKeys(String account) {
    return homes.toAbsolutePath().resolve(account).resolve(".ssh").resolve("authorized_keys");
  }

  private String knownHosts() {
    return "[127.0.0.1]:%d %s%n".formatted(port(), PublicKeyEntry.toString(host.getPublic()));
  }

  private static KeyPair generated() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(KeyPair pair) {
    var text = new ByteArrayOutputStream();
    try {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "", null, text);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static KeyPair pair(String text) {
    try (var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
      return SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName("key"), bytes, FilePasswordProvider.EMPTY)
          .iterator()
          .next();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
