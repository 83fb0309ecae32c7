// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// GitHub's API as a stub, and an SSH server that accepts the deploy keys which the stub has.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GitHubDeployKeyTest {
  private static final int ROTATIONS = 10;

  private final Map<String, KeyPair> pairs = new ConcurrentHashMap<>();
  private GitHubStub gitHub;
  private String admin;
  private SshServer ssh;
  private SshClient client;
  private Path knownHosts;

  @BeforeAll
  void start() throws Exception {
    gitHub = new GitHubStub();
    admin = gitHub.personal(Map.of("administration", "write"));
    var host = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    ssh = SshServer.setUpDefaultServer();
    ssh.setHost("127.0.0.1");
    ssh.setPort(0);
    ssh.setKeyPairProvider(KeyPairProvider.wrap(host));
    ssh.setPublickeyAuthenticator(
        (account, key, _) -> account.equals("git") && gitHub.accepts(PublicKeyEntry.toString(key)));
    ssh.start();
    client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.start();
    knownHosts =
        Files.writeString(
            Files.createTempFile(Path.of("target").toAbsolutePath(), "known", "hosts"),
            "[127.0.0.1]:%d %s%n"
                .formatted(ssh.getPort(), PublicKeyEntry.toString(host.getPublic())));
  }

  @AfterAll
  void stop() throws Exception {
    client.stop();
    ssh.stop(true);
    gitHub.close();
  }

  private Credential credential(Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("HOOK_HOST", "127.0.0.1");
    settings.put("HOOK_PORT", String.valueOf(gitHub.port()));
    settings.put("HOOK_TLS", "off");
    settings.put("HOOK_REPOSITORY", "sales/crm");
    settings.put("HOOK_SSH_HOST", "127.0.0.1");
    settings.put("HOOK_SSH_PORT", String.valueOf(ssh.getPort()));
    settings.put("HOOK_KNOWN_HOSTS", knownHosts.toString());
    settings.put("CREDENCE_IDENTITY_UID", "0b5f7c8e");
    settings.putAll(more);
    return new Credential(
        "github-deploy-key",
        settings,
        Map.of("token", admin),
        _ -> Map.of("ssh-privatekey", key()));
  }

  private boolean opens(Map<String, String> value) throws Exception {
    for (var attempt = 1; ; attempt++) {
      try (var session =
          client
              .connect("git", "127.0.0.1", ssh.getPort())
              .verify(Duration.ofSeconds(10))
              .getSession()) {
        session.addPublicKeyIdentity(pairs.get(value.get("ssh-privatekey")));
        session.auth().verify(Duration.ofSeconds(10));
        return true;
      } catch (SshException e) {
        if (e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
          return false;
        }
        // As in SshIT: no login was tried.
        if (e.getDisconnectCode() != SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR || attempt == 5) {
          throw e;
        }
      }
    }
  }

  private String key() {
    try {
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      var text = new ByteArrayOutputStream();
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "", null, text);
      var key = text.toString(StandardCharsets.UTF_8);
      pairs.put(key, pair);
      return key;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void ten_rotations_fail_no_login() throws Exception {
    gitHub.removeKeys();
    try (var credential = credential(Map.of())) {
      credential.rotate();
      try (var consumers = new Consumers(credential, this::opens)) {
        for (var rotation = 0; rotation < ROTATIONS; rotation++) {
          credential.rotate();
          var before = consumers.logins();
          consumers.restart();
          eventually("consumers go on").until(() -> consumers.logins() > before + 2);
          credential.finish();
        }
        assertThat(consumers.failures()).isEmpty();
      }
      assertThat(gitHub.keys())
          .singleElement()
          .matches(key -> key.title().equals("credence 0b5f7c8e crm-db v11") && key.isReadOnly());
      for (var value : credential.values()) {
        var line = value.lines().skip(1).findFirst().orElseThrow();
        assertThat(credential.printed()).doesNotContain(line, admin);
        assertThat(gitHub.log()).noneMatch(url -> url.contains(line) || url.contains(admin));
      }
    }
  }

  @Test
  void a_hook_that_is_killed_at_any_message_converges() throws Exception {
    gitHub.removeKeys();
    gitHub.add("crm", "ssh-ed25519 AAAAothers");
    for (var place : Place.values()) {
      try (var credential = credential(Map.of())) {
        credential.rotate();
        var isReached = true;
        for (var at = 0; isReached; at++) {
          credential.stage();
          isReached = isCut(credential, Step.apply, at, place);
          credential.succeeds(Step.apply);
          credential.succeeds(Step.apply);
          credential.succeeds(Step.verify);
          credential.switchOver();
          isReached |= isCut(credential, Step.revoke, at, place);
          credential.succeeds(Step.revoke);
          credential.succeeds(Step.revoke);
          credential.retire();
          assertThat(gitHub.keys()).as("cut at " + at).hasSize(2);
          assertThat(opens(credential.current())).isTrue();
        }
        credential.succeeds(Step.revoke);
        assertThat(gitHub.keys()).singleElement().matches(key -> key.title().equals("others"));
      }
    }
  }

  private boolean isCut(Credential credential, Step step, int at, Place place) {
    try (var cut = new Cut(gitHub.port(), at, place)) {
      credential.run(step, Map.of("HOOK_PORT", String.valueOf(cut.port()), "HOOK_TIMEOUT", "1"));
      return cut.messages() > at;
    }
  }

  @Test
  void a_second_writer_is_noticed_by_one_probe() throws Exception {
    try (var credential = credential(Map.of("HOOK_WRITE_ACCESS", "true"))) {
      credential.rotate();
      credential.succeeds(Step.probe);
      assertThat(gitHub.keys().getLast().isReadOnly()).isFalse();
      gitHub.removeKeys();
      assertThat(credential.fails(Step.probe, Kind.Rejected).line())
          .contains("rejects the login of the deploy key of version 1 for repository sales/crm");
    }
  }

  @Test
  void the_installation_of_an_app_administers_the_keys() throws Exception {
    var settings =
        Map.of(
            "HOOK_GITHUB_APP", GitHubStub.APP,
            "HOOK_GITHUB_INSTALLATION", GitHubStub.INSTALLATION);
    try (var credential = credential(settings)) {
      credential.setAdmin(Map.of("private-key", gitHub.privateKey()));
      credential.rotate();
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sales/crm,read,the permission Administration (write) on repository sales/crm",
    "sales/secret,write,the permission Administration (write) on repository sales/secret",
  })
  void a_missing_right_is_named(String repository, String right, String named) throws Exception {
    try (var credential = credential(Map.of("HOOK_REPOSITORY", repository))) {
      credential.setAdmin(Map.of("token", gitHub.personal(Map.of("administration", right))));
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Denied).line()).contains(named);
      credential.setAdmin(Map.of("token", "of-nobody"));
      assertThat(credential.fails(Step.apply, Kind.Denied).line()).contains("Correct the Secret");
    }
  }

  @Test
  void a_key_of_another_repository_is_told() throws Exception {
    try (var credential = credential(Map.of())) {
      credential.stage();
      var pair = pairs.get(credential.pending().get("ssh-privatekey"));
      gitHub.add("billing", PublicKeyEntry.toString(pair.getPublic()));
      assertThat(credential.fails(Step.apply, Kind.Failed).line())
          .contains("belongs to one repository", "key is already in use");
    }
  }
}
