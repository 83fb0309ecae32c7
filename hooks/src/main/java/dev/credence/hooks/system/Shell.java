// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.jspecify.annotations.Nullable;

/// A connection to an SSH server whose host key is known, with keys as the only way to log in.
final class Shell implements AutoCloseable {
  private final Inputs inputs;
  private final String host;
  private final int port;
  private final SshClient client = SshClient.setUpDefaultClient();
  private @Nullable ClientSession session;

  /// What a command ended with.
  record Answer(int status, String output, String error) {}

  static final class LoginRejected extends Exception {
    private static final long serialVersionUID = 1;
  }

  Shell(Inputs inputs, String host, int port, Path knownHosts) {
    this.inputs = inputs;
    this.host = host;
    this.port = port;
    client.setServerKeyVerifier(
        new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, knownHosts));
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setUserAuthFactoriesNames(List.of("publickey"));
  }

  /// Attempts, where the server ends the connection during the key exchange: no login was tried.
  private static final int ATTEMPTS = 5;

  void logIn(String account, KeyPair key) throws LoginRejected {
    for (var attempt = 1; !tryToLogIn(account, key); attempt++) {
      if (attempt == ATTEMPTS) {
        throw unavailable();
      }
    }
  }

  /// False if the server reports a protocol error before the login.
  private boolean tryToLogIn(String account, KeyPair key) throws LoginRejected {
    var timeout = inputs.timeout();
    var isConnected = false;
    try {
      client.start();
      var opened = client.connect(account, host, port).verify(timeout).getSession();
      session = opened;
      isConnected = true;
      opened.addPublicKeyIdentity(key);
      opened.auth().verify(timeout);
      return true;
    } catch (SshException e) {
      if (e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE) {
        throw new Failure(
            Kind.Untrusted,
            "The host key of the server is not in the file of HOOK_KNOWN_HOSTS. Add the output of `ssh-keyscan -p %d %s` after a check."
                .formatted(port, host));
      }
      if (isConnected
          && e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
        throw new LoginRejected();
      }
      if (isConnected && e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR) {
        return false;
      }
      throw unavailable();
    } catch (IOException e) {
      throw unavailable();
    }
  }

  /// Runs a command with `input` as its standard input.
  Answer run(String command, String input) {
    var output = new ByteArrayOutputStream();
    var error = new ByteArrayOutputStream();
    var timeout = inputs.timeout();
    try (var channel = Optional.ofNullable(session).orElseThrow().createExecChannel(command)) {
      channel.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      channel.setOut(output);
      channel.setErr(error);
      channel.open().verify(timeout);
      var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), timeout.plus(SLACK));
      var status = channel.getExitStatus();
      if (!events.contains(ClientChannelEvent.CLOSED) || status == null) {
        throw unavailable();
      }
      return new Answer(
          status, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unavailable();
    }
  }

  private static final Duration SLACK = Duration.ofSeconds(1);

  private static Failure unavailable() {
    return new Failure(
        Kind.Unavailable, "The SSH server cannot be reached, or closed the connection.");
  }

  @Override
  public void close() {
    client.stop();
  }
}
