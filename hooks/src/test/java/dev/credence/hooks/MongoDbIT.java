// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A stub of MongoDB, or a MongoDB on 127.0.0.1 with the user `root` whose password is `root-root`:
/// `-Dcredence.mongodb=PORT:LOG-FILE`. The tests of TLS and of a replica set run with a stub alone.
class MongoDbIT extends SystemContract {
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();
  private static final String DATABASE = "sales-" + UUID.randomUUID();
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;

  private final MongoDbUsers users = new MongoDbUsers("root-root");
  private Optional<MongoDbStub> stub = Optional.empty();
  private int port;
  private List<Path> logs = List.of();

  @BeforeAll
  void start() throws Exception {
    var real = System.getProperty("credence.mongodb");
    if (real == null) {
      var started = new MongoDbStub(users, Optional.empty());
      stub = Optional.of(started);
      port = started.port();
    } else {
      var parts = real.split(":", 2);
      port = Integer.parseInt(parts[0]);
      logs = List.of(Path.of(parts[1]));
    }
    createAdmin("hooks", ADMIN, "viewUser", "changePassword", "setAuthenticationRestriction");
    createRole("application", "customers", "find");
  }

  @AfterAll
  void stop() {
    stub.ifPresent(MongoDbStub::close);
  }

  @Override
  protected String system() {
    return "mongodb";
  }

  @Override
  protected int port() {
    return port;
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_AUTH_SOURCE", DATABASE, "HOOK_ADMIN_AUTH_SOURCE", DATABASE);
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "hooks", "password", ADMIN);
  }

  /// Names that would end a text that does not quote them.
  @Override
  protected List<String> accounts(String name) {
    var names = List.of(name + "_blue", name + "\"}, $where: =,green");
    for (var account : names) {
      asRoot(
          DATABASE,
          new Document("createUser", account)
              .append("pwd", UUID.randomUUID().toString())
              .append("roles", List.of(role("application"))));
    }
    return names;
  }

  @Override
  protected boolean opens(Map<String, String> value) {
    try (var client = open(value)) {
      read(client);
      return true;
    } catch (MongoSecurityException e) {
      if (e.getCause() instanceof MongoCommandException answer
          && answer.getErrorCode() == AUTHENTICATION_FAILED) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) {
    asRoot(
        DATABASE, new Document("updateUser", value.get("username")).append("pwd", "another one"));
  }

  @Override
  protected List<Path> logs() {
    return logs;
  }

  /// The client would connect again until its timeout.
  @Override
  protected Cut cut(int at, Place place) {
    return new Cut(0, port(), at, place, Thread.currentThread()::interrupt);
  }

  @Test
  void sessions_end_at_a_suspension_and_at_a_revocation() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.rotate();
      try (var previous = open(credential.previous());
          var current = open(credential.current())) {
        read(previous);
        read(current);
        credential.succeeds(Step.revoke);
        assertThatExceptionOfType(MongoCommandException.class)
            .isThrownBy(() -> read(previous))
            .matches(e -> e.getErrorCode() == UNAUTHORIZED);
        read(current);
        credential.succeeds(Step.suspend);
        assertThatExceptionOfType(MongoCommandException.class)
            .isThrownBy(() -> read(current))
            .matches(e -> e.getErrorCode() == UNAUTHORIZED);
      }
    }
  }

  @Test
  void a_user_that_was_revoked_while_it_was_locked_needs_a_password_after_resume()
      throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.succeeds(Step.suspend);
      credential.succeeds(Step.revoke);
      credential.succeeds(Step.resume);
      assertThat(opens(credential.current())).isFalse();
      credential.run(Step.apply, Map.of("CREDENCE_VALUE_SECRET", "crm-db"));
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @Test
  void addresses_to_which_the_user_is_restricted_stay() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      restrict(credential, new Document("clientSource", List.of("127.0.0.0/8")));
      for (var step : List.of(Step.suspend, Step.revoke)) {
        credential.succeeds(step);
        assertThat(opens(credential.current())).isFalse();
        assertThat(restriction(credential).getList("clientSource", String.class))
            .containsExactly("127.0.0.0/8");
      }
      credential.succeeds(Step.resume);
      credential.run(Step.apply, Map.of("CREDENCE_VALUE_SECRET", "crm-db"));
      assertThat(opens(credential.current())).isTrue();
      assertThat(restriction(credential))
          .isEqualTo(new Document("clientSource", List.of("127.0.0.0/8")));
      restrict(credential, new Document("serverAddress", List.of("127.0.0.1")));
      assertThat(credential.fails(Step.suspend, Kind.Usage).line()).contains("serverAddress");
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @Test
  void a_restriction_that_another_administrator_adds_unlocks_until_the_next_suspension()
      throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.succeeds(Step.suspend);
      restrict(
          credential,
          restriction(credential),
          new Document("clientSource", List.of("127.0.0.0/8")));
      assertThat(opens(credential.current())).isTrue();
      credential.succeeds(Step.suspend);
      assertThat(opens(credential.current())).isFalse();
      credential.succeeds(Step.resume);
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @Test
  void a_password_is_for_the_stated_mechanisms_alone() throws Exception {
    try (var credential = credential(Map.of("HOOK_MECHANISMS", "SCRAM-SHA-1,SCRAM-SHA-256"))) {
      credential.rotate();
      assertThat(description(credential).getList("mechanisms", String.class))
          .containsExactlyInAnyOrder("SCRAM-SHA-1", "SCRAM-SHA-256");
      credential.stage();
      assertThat(credential.run(Step.apply, Map.of("HOOK_MECHANISMS", "SCRAM-SHA-256")).status())
          .isZero();
      credential.switchOver();
      assertThat(description(credential).getList("mechanisms", String.class))
          .containsExactly("SCRAM-SHA-256");
      var wrong = credential.run(Step.apply, Map.of("HOOK_MECHANISMS", "PLAIN"));
      assertThat(wrong.status()).as(wrong.line()).isEqualTo(Kind.Usage.exitCode());
    }
  }

  @Test
  void a_user_that_does_not_exist_is_named() throws Exception {
    try (var credential =
        credential(Map.of("HOOK_USERNAME_KEY", "login", "HOOK_USERNAME", "ghost"))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line())
          .contains("User ghost does not exist in database " + DATABASE);
      assertThat(credential.run(Step.resume, Map.of()).status()).isEqualTo(Kind.Failed.exitCode());
      credential.succeeds(Step.suspend);
      credential.succeeds(Step.revoke);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "none, apply, viewUser",
    "viewUser, apply, changePassword",
    "viewUser, suspend, setAuthenticationRestriction"
  })
  void a_missing_right_is_named(String action, Step step, String missing) throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      var weak = "weak-" + UUID.randomUUID();
      createAdmin(weak, "weak-weak", action.equals("none") ? "find" : action);
      credential.setAdmin(Map.of("username", weak, "password", "weak-weak"));
      assertThat(credential.fails(step, Kind.Denied).line())
          .contains(weak + " lacks a right", DATABASE, missing, "userAdmin");
    }
  }

  @Test
  void the_primary_is_found_and_needs_its_majority() throws Exception {
    assumeTrue(stub.isPresent());
    try (var primary = new MongoDbStub(users, Optional.empty());
        var secondary = MongoDbStub.secondaryOf(primary);
        var credential = credential(Map.of("HOOK_PORT", String.valueOf(secondary.port())))) {
      credential.rotate();
      credential.succeeds(Step.probe);
      primary.loseMajority();
      assertThat(credential.fails(Step.suspend, Kind.Unavailable).line()).contains("majority");
    }
  }

  @Test
  void a_server_that_ignores_restrictions_is_not_supported() throws Exception {
    assumeTrue(stub.isPresent());
    try (var credential = credential()) {
      credential.rotate();
      users.setRestricting(false);
      for (var step : List.of(Step.suspend, Step.revoke)) {
        assertThat(credential.fails(step, Kind.Unsupported).line())
            .contains("ignores authentication restrictions");
      }
    } finally {
      users.setRestricting(true);
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    assumeTrue(stub.isPresent());
    var certificates = Certificates.create();
    try (var server = new MongoDbStub(users, Optional.of(certificates.tls()));
        var credential =
            credential(
                Map.of(
                    "HOOK_PORT", String.valueOf(server.port()),
                    "HOOK_TLS", "verify",
                    "HOOK_TIMEOUT", "1"))) {
      credential.stage();
      credential.fails(Step.apply, Kind.Untrusted);
      var trusted = new HashMap<>(Map.of("HOOK_CA_FILE", certificates.certificate().toString()));
      var ended = credential.run(Step.apply, trusted);
      assertThat(ended.status()).as(ended.line()).isZero();
      // The certificate is for 127.0.0.1.
      trusted.put("HOOK_HOST", "localhost");
      assertThat(credential.run(Step.apply, trusted).status()).isEqualTo(Kind.Untrusted.exitCode());
    }
  }

  private void createAdmin(String name, String password, String... actions) {
    createRole(name, "", actions);
    asRoot(
        DATABASE,
        new Document("createUser", name)
            .append("pwd", password)
            .append("roles", List.of(role(name))));
  }

  private void createRole(String name, String collection, String... actions) {
    var resource = new Document("db", DATABASE).append("collection", collection);
    asRoot(
        DATABASE,
        new Document("createRole", name)
            .append(
                "privileges",
                List.of(new Document("resource", resource).append("actions", List.of(actions))))
            .append("roles", List.of()));
  }

  private static Document role(String name) {
    return new Document("role", name).append("db", DATABASE);
  }

  private void restrict(Credential credential, Document... restrictions) {
    asRoot(
        DATABASE,
        new Document("updateUser", credential.current().get("username"))
            .append("authenticationRestrictions", List.of(restrictions)));
  }

  private Document restriction(Credential credential) {
    return description(credential).getList("authenticationRestrictions", Document.class).getFirst();
  }

  private Document description(Credential credential) {
    return asRoot(
            DATABASE,
            new Document("usersInfo", credential.current().get("username"))
                .append("showAuthenticationRestrictions", true))
        .getList("users", Document.class)
        .getFirst();
  }

  private Document asRoot(String database, Document command) {
    try (var client = open("root", "root-root", "admin")) {
      return client.getDatabase(database).runCommand(command);
    }
  }

  private static void read(MongoClient client) {
    client.getDatabase(DATABASE).runCommand(new Document("find", "customers"));
  }

  private MongoClient open(Map<String, String> value) {
    return open(value.get("username"), value.get("password"), DATABASE);
  }

  private MongoClient open(String user, String password, String authSource) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .credential(MongoCredential.createCredential(user, authSource, password.toCharArray()))
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress("127.0.0.1", port)))
                        .serverSelectionTimeout(10, TimeUnit.SECONDS))
            .build());
  }
}
