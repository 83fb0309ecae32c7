// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import static dev.credence.testing.Eventually.within;

import dev.credence.api.CredentialPolicy;
import dev.credence.cluster.LocalCluster;
import dev.credence.system.Scene;
import dev.credence.system.database.Database;
import dev.credence.system.database.Login;
import dev.credence.system.database.Psql;
import dev.credence.system.kubelet.TestKubelet;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `examples/webfinance` with real systems: applied as it is, then the addresses and passwords are
/// filled in, and its hooks are given to the kubelet of the test. All of it goes when it is closed.
final class WebFinance implements AutoCloseable {
  static final String NAMESPACE = "finance";
  static final String IDENTITY = "webfinance";
  static final String DB = "webfinance-db";
  static final String LDAP = "webfinance-ldap";
  static final String SSH = "webfinance-ssh";
  static final List<String> SECRETS = List.of(DB, LDAP, SSH);

  private static final String POLICY = "finance-accounts";
  private static final Path FOLDER = LocalCluster.TOP.resolve("examples/webfinance");

  private final LocalCluster cluster;
  private final Scene scene;
  private final Database database;
  private final Directory directory;
  private final UnixHost host;

  static WebFinance start(LocalCluster cluster) {
    return new WebFinance(cluster);
  }

  private WebFinance(LocalCluster cluster) {
    this.cluster = cluster;
    scene = new Scene(cluster.client(), NAMESPACE);
    database = Database.start("finance");
    directory = Directory.start(FOLDER.resolve("directory.ldif"));
    host = UnixHost.start();
    try {
      var password = UUID.randomUUID().toString();
      prepareDatabase(password);
      List.of("1-webfinance.yaml", "2-hooks.yaml", "3-policy.yaml").forEach(this::apply);
      fillIn("finance-db-admin", Map.of("password", password));
      fillIn("finance-ldap-admin", directory.admin());
      fillIn("finance-ssh-admin", host.admin());
      fillIn("webfinance-db-hook", environment(port(database)));
      fillIn("webfinance-ldap-hook", environment(directory.port()));
      var ssh = new HashMap<>(environment(host.port()));
      ssh.putAll(Map.of("HOOK_AUTHORIZED_KEYS", host.authorizedKeys(), "HOOK_SUDO", "false"));
      fillIn("webfinance-ssh-hook", ssh);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  Scene scene() {
    return scene;
  }

  UnixHost host() {
    return host;
  }

  /// What each system has logged, by its name.
  Map<String, String> logs() {
    return Map.of(
        "db.finance",
        database.log(),
        "ldap.finance",
        directory.logged(),
        "batch.finance",
        host.log());
  }

  void applyIdentity() {
    apply("4-identity.yaml");
  }

  /// The systems, by the Secret that opens them.
  Map<String, Accounts> accounts() {
    var accounts = new LinkedHashMap<String, Accounts>();
    accounts.put(DB, new InDatabase(database));
    accounts.put(LDAP, directory);
    accounts.put(SSH, host);
    return accounts;
  }

  /// The values of the three Secrets now.
  Map<String, Map<String, String>> values() {
    var values = new LinkedHashMap<String, Map<String, String>>();
    SECRETS.forEach(
        secret ->
            Application.values(cluster.client(), NAMESPACE, secret)
                .ifPresent(value -> values.put(secret, value)));
    return values;
  }

  /// What each system answers to a login with these values: by its name.
  Map<String, Optional<String>> refusals(Map<String, Map<String, String>> values) {
    var refusals = new LinkedHashMap<String, Optional<String>>();
    accounts()
        .forEach(
            (secret, accounts) ->
                refusals.put(accounts.system(), accounts.refusal(values.get(secret))));
    return refusals;
  }

  /// As the administrator of the database.
  void inDatabase(String sql) {
    try (var session = database.open(database.superuser());
        var statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    var client = cluster.client();
    try {
      client.resources(CredentialPolicy.class).withName(POLICY).delete();
      client.namespaces().withName(NAMESPACE).delete();
      within(Duration.ofMinutes(1), "the namespace of the example is gone")
          .until(() -> client.namespaces().withName(NAMESPACE).get() == null);
    } finally {
      host.close();
      directory.close();
      database.close();
    }
  }

  private record InDatabase(Database database) implements Accounts {
    @Override
    public String system() {
      return "db.finance";
    }

    @Override
    public Optional<String> refusal(Map<String, String> value) {
      return database.refusal(
          new Login(value.getOrDefault("username", ""), value.getOrDefault("password", "")));
    }
  }

  private void prepareDatabase(String password) {
    var environment = new HashMap<>(database.server());
    environment.put("PGUSER", database.superuser().username());
    environment.put("PGPASSWORD", database.superuser().password());
    environment.put("WF_ADMIN_PASSWORD", password);
    var script = FOLDER.resolve("database.sql").toString();
    Psql.run(
        Psql.folder(),
        environment,
        "--no-psqlrc",
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        "--file",
        script);
  }

  private void apply(String file) {
    cluster.kubectl("apply", "-f", FOLDER.resolve(file).toString());
  }

  private void fillIn(String secretOrHook, Map<String, String> values) {
    if (secretOrHook.endsWith("-admin")) {
      scene
          .secret(secretOrHook)
          .edit(secret -> new SecretBuilder(secret).addToStringData(values).build());
      return;
    }
    TestKubelet.take(scene.cronJob(secretOrHook), values);
  }

  /// Without TLS: everything is on this machine.
  private static Map<String, String> environment(int port) {
    return Map.of(
        "HOOK_HOST",
        "127.0.0.1",
        "HOOK_PORT",
        String.valueOf(port),
        "HOOK_TLS",
        "off",
        "HOOK_CA_FILE",
        "");
  }

  private static int port(Database database) {
    return Integer.parseInt(database.server().getOrDefault("PGPORT", "0"));
  }
}
