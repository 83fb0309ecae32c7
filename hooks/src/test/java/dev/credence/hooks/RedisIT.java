// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.RedisServer;

/// A Redis with a file of users.
class RedisIT extends SystemContract {
  private static final String ROOT = UUID.randomUUID().toString();
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();

  private RedisServer server;
  private Path users;
  private int port;

  @BeforeAll
  void start() throws Exception {
    var folder = Files.createDirectories(Path.of("target", "redis", UUID.randomUUID().toString()));
    users =
        Files.writeString(
                folder.resolve("users.acl"),
                """
                user default on >%s ~* &* +@all
                user hooks on >%s +acl +client|kill
                """
                    .formatted(ROOT, ADMIN))
            .toAbsolutePath();
    port = Free.port();
    server =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("aclfile " + users)
            .setting("dir " + folder.toAbsolutePath())
            .setting("save \"\"")
            .build();
    server.start();
  }

  @AfterAll
  void stop() throws IOException {
    server.stop();
  }

  @Override
  protected String system() {
    return "redis";
  }

  @Override
  protected int port() {
    return port;
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_ACL_RULES", "~crm:* +@read");
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "hooks", "password", ADMIN);
  }

  /// One account: both passwords are valid during the overlap.
  @Override
  protected List<String> accounts(String name) {
    return List.of(name);
  }

  @Override
  protected boolean opens(Map<String, String> value) {
    try (var session = open(value.get("username"), value.get("password"))) {
      session.get("crm:1");
      return true;
    } catch (JedisException e) {
      if (String.valueOf(e.getMessage()).startsWith("WRONGPASS")) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) {
    try (var session = open("default", ROOT)) {
      session.aclSetUser(value.get("username"), "resetpass", ">somebody elses");
    }
  }

  /// The file of users is what a copy of the server's disk contains.
  @Override
  protected List<Path> logs() {
    return List.of(users);
  }

  @Test
  void the_change_is_saved_as_a_hash() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(users))
          .contains("user " + credential.current().get("username") + " on #");
    }
  }

  @Test
  void sessions_end_at_a_suspension() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      try (var session =
          open(credential.current().get("username"), credential.current().get("password"))) {
        session.get("crm:1");
        credential.succeeds(Step.suspend);
        assertThat(session.isConnected() && answers(session)).isFalse();
      }
    }
  }

  @Test
  void a_user_that_does_not_exist_needs_rules_without_passwords() throws Exception {
    try (var credential = credential(Map.of("HOOK_ACL_RULES", ""))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line()).contains("set HOOK_ACL_RULES");
    }
    try (var credential = credential(Map.of("HOOK_ACL_RULES", "~* +@all nopass"))) {
      credential.stage();
      credential.fails(Step.apply, Kind.Usage);
    }
  }

  @ParameterizedTest
  @CsvSource({"-@all,apply,+acl|save", "+acl,suspend,+client|kill", "+acl|getuser,apply,+acl|save"})
  void a_missing_right_is_named(String rule, Step step, String right) throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      try (var session = open("default", ROOT)) {
        session.aclDelUser("weak");
        session.aclSetUser("weak", "on", ">weak-weak", rule);
      }
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      assertThat(credential.fails(step, Kind.Denied).line()).contains(right);
    }
  }

  private static boolean answers(Jedis session) {
    try {
      session.get("crm:1");
      return true;
    } catch (JedisException e) {
      return false;
    }
  }

  private Jedis open(String user, String password) {
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder().user(user).password(password).build());
  }
}
