// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A broker of Kafka that is its own controller.
class KafkaIT extends SystemContract {
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();

  private KafkaServer server;
  private Certificates certificates;

  @BeforeAll
  void start() throws Exception {
    certificates = Certificates.create();
    server = new KafkaServer(certificates);
    try (var admin = server.asSuperuser()) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(
                          ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:hooks", "*", AclOperation.ALTER, AclPermissionType.ALLOW))))
          .all()
          .get();
    }
    set("hooks", ScramMechanism.SCRAM_SHA_512, ADMIN);
    set("weak", ScramMechanism.SCRAM_SHA_512, "weak-weak");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected String system() {
    return "kafka";
  }

  @Override
  protected int port() {
    return server.port();
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of();
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "hooks", "password", ADMIN);
  }

  /// Names that would end a setting that does not quote them.
  @Override
  protected List<String> accounts(String name) {
    return List.of(name + "_blue", name + "\\\" required; =,green");
  }

  @Override
  protected boolean opens(Map<String, String> value) {
    return opens(value, "SCRAM-SHA-512");
  }

  private boolean opens(Map<String, String> value, String mechanism) {
    var module =
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(
                value.get("username").replace("\\", "\\\\").replace("\"", "\\\""),
                value.get("password"));
    var properties =
        Map.<String, Object>of(
            "bootstrap.servers",
            "127.0.0.1:" + port(),
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            mechanism,
            "sasl.jaas.config",
            module,
            "enable.metrics.push",
            false);
    try (var client =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      client.listTopics(Duration.ofSeconds(20));
      return true;
    } catch (SaslAuthenticationException e) {
      return false;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) throws Exception {
    set(value.get("username"), ScramMechanism.SCRAM_SHA_512, "somebody elses");
  }

  /// Returns when the broker accepts the password.
  private void set(String user, ScramMechanism mechanism, String password) throws Exception {
    try (var admin = server.asSuperuser()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      user, new ScramCredentialInfo(mechanism, 4096), password)))
          .all()
          .get();
    }
    var value = Map.of("username", user, "password", password);
    eventually("the value opens a connection").until(() -> opens(value, mechanism.mechanismName()));
  }

  @Override
  protected List<Path> logs() {
    return server.files();
  }

  /// A client of Kafka connects again, and to the port that the broker tells it.
  @Override
  protected Cut cut(int at, Place place) {
    return new Cut(
        server.portOfCut(), server.portBehindCut(), at, place, Thread.currentThread()::interrupt);
  }

  /// A step has some twenty messages, most of them of logins.
  @Override
  protected int stride() {
    return Boolean.getBoolean("credence.long") ? 3 : 5;
  }

  @Test
  void the_log_has_requests_and_no_password() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(server.log())).contains("ALTER_USER_SCRAM_CREDENTIALS");
      assertCanaries(credential);
    }
  }

  /// An account can log in by both mechanisms while its application moves from one to the other.
  @Test
  void the_password_of_the_other_mechanism_follows() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      var user = credential.current().get("username");
      set(user, ScramMechanism.SCRAM_SHA_256, "an earlier one");
      var earlier = Map.of("username", user, "password", "an earlier one");
      credential.succeeds(Step.suspend);
      assertThat(opens(earlier, "SCRAM-SHA-256")).isFalse();
      credential.succeeds(Step.resume);
      assertThat(opens(earlier, "SCRAM-SHA-256")).isFalse();
      assertThat(opens(credential.current(), "SCRAM-SHA-256")).isTrue();
      assertThat(opens(credential.current(), "SCRAM-SHA-512")).isTrue();
      credential.succeeds(Step.revoke);
      assertThat(opens(credential.current(), "SCRAM-SHA-256")).isFalse();
      assertThat(users()).doesNotContain(user);
    }
  }

  @Test
  void a_user_that_was_revoked_while_it_was_locked_is_removed_by_resume() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.succeeds(Step.suspend);
      credential.succeeds(Step.revoke);
      assertThat(users()).contains(credential.current().get("username"));
      credential.succeeds(Step.resume);
      assertThat(users()).doesNotContain(credential.current().get("username"));
    }
  }

  private List<String> users() throws ExecutionException, InterruptedException {
    try (var admin = server.asSuperuser()) {
      return admin.describeUserScramCredentials().users().get();
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    var port = String.valueOf(server.tlsPort());
    try (var credential = credential(Map.of("HOOK_PORT", port, "HOOK_TLS", "verify"))) {
      credential.stage();
      credential.fails(Step.apply, Kind.Untrusted);
      var trusted = new HashMap<>(Map.of("HOOK_CA_FILE", certificates.certificate().toString()));
      assertThat(credential.run(Step.apply, trusted).status()).isZero();
      // The certificate is for 127.0.0.1.
      trusted.put("HOOK_HOST", "localhost");
      assertThat(credential.run(Step.apply, trusted).status()).isEqualTo(Kind.Untrusted.exitCode());
    }
  }

  @Test
  void a_missing_right_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      for (var step : List.of(Step.apply, Step.suspend, Step.resume, Step.revoke)) {
        assertThat(credential.fails(step, Kind.Denied).line())
            .contains(
                "kafka-acls.sh --add --allow-principal User:weak --operation Alter --cluster");
      }
    }
  }

  @Test
  void a_mechanism_that_the_listener_does_not_have_is_named() throws Exception {
    try (var credential = credential(Map.of("HOOK_ADMIN_MECHANISM", "PLAIN"))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line()).contains("HOOK_ADMIN_MECHANISM");
    }
    try (var credential = credential(Map.of("HOOK_MECHANISM", "GSSAPI"))) {
      credential.stage();
      credential.fails(Step.apply, Kind.Usage);
    }
  }
}
