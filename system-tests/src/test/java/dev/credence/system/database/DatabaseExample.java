// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.within;

import dev.credence.api.CredentialPolicy;
import dev.credence.cluster.LocalCluster;
import dev.credence.system.kubelet.TestKubelet;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// `examples/database-password`, applied as it is; then only what its README tells the reader to
/// fill in is filled in, and its hooks are given to the kubelet of the test. Goes when it is
/// closed.
public final class DatabaseExample implements AutoCloseable {
  public static final String NAMESPACE = "sales";
  public static final List<String> HOOKS =
      List.of("crm-db-apply", "crm-db-verify", "crm-db-revoke");

  private static final Path FOLDER = LocalCluster.TOP.resolve("examples/database-password");

  private final LocalCluster cluster;

  /// Everything but the identity: the database is prepared, and nothing rotates yet.
  public static DatabaseExample apply(LocalCluster cluster, Database database, Path psql) {
    var example = new DatabaseExample(cluster);
    try {
      var password = UUID.randomUUID().toString();
      example.prepare(database, psql, password);
      for (var file : List.of("1-crm.yaml", "2-hooks.yaml", "3-policy.yaml")) {
        example.apply(file);
      }
      example.fillIn(database, password);
      return example;
    } catch (RuntimeException e) {
      example.close();
      throw e;
    }
  }

  private DatabaseExample(LocalCluster cluster) {
    this.cluster = cluster;
  }

  /// The identity, with a rhythm that a test can wait for: `interval: 12s, overlap: 3s`.
  public void applyIdentity(String rotation) {
    apply("4-identity.yaml");
    setRotation(rotation);
  }

  public void setRotation(String rotation) {
    var value = Serialization.unmarshal("---\n{" + rotation + "}", Map.class);
    patch(
        "machineidentity/crm",
        "json",
        List.of(
            Map.of("op", "test", "path", "/spec/secrets/1/name", "value", "crm-db"),
            Map.of("op", "add", "path", "/spec/secrets/1/rotation", "value", value)));
  }

  @Override
  public void close() {
    var client = cluster.client();
    client.resources(CredentialPolicy.class).withName("sales-databases").delete();
    client.namespaces().withName(NAMESPACE).delete();
    within(Duration.ofMinutes(1), "the namespace of the example is gone")
        .until(() -> client.namespaces().withName(NAMESPACE).get() == null);
  }

  private void prepare(Database database, Path psql, String password) {
    var environment = new HashMap<>(database.server());
    environment.put("PGUSER", database.superuser().username());
    environment.put("PGPASSWORD", database.superuser().password());
    environment.put("CRM_ADMIN_PASSWORD", password);
    Psql.run(
        psql,
        environment,
        "--no-psqlrc",
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        "--file",
        FOLDER.resolve("database.sql").toString());
  }

  private void apply(String file) {
    cluster.kubectl("apply", "-f", FOLDER.resolve(file).toString());
  }

  private void fillIn(Database database, String password) {
    patch("configmap/crm-db-server", "merge", Map.of("data", database.server()));
    cluster
        .client()
        .secrets()
        .inNamespace(NAMESPACE)
        .withName("crm-db-admin")
        .edit(secret -> new SecretBuilder(secret).addToStringData("password", password).build());
    var pod = Map.of("schedulerName", TestKubelet.SCHEDULER);
    var template =
        Map.of(
            "spec", Map.of("jobTemplate", Map.of("spec", Map.of("template", Map.of("spec", pod)))));
    for (var hook : HOOKS) {
      patch("cronjob/" + hook, "merge", template);
    }
  }

  private void patch(String object, String type, Object patch) {
    cluster.kubectl(
        "patch", object, "-n", NAMESPACE, "--type", type, "-p", Serialization.asJson(patch));
  }
}
