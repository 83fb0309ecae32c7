// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The hooks of the example, each a Job that somebody else than the operator makes: what they do to
/// the database, also when they are run twice, and what becomes of one that fails.
@OnCluster
class HooksIT {
  private static final Login BLUE = new Login("crm_blue", "one 'quoted' \\ \"password\" $HOME :x");
  private static final Login GREEN = new Login("crm_green", "two");
  private static final Login BLUE_AGAIN = new Login("crm_blue", "three");

  @ParameterizedTest
  @EnumSource
  void hooks_do_what_they_say_however_often(Psql psql, LocalCluster cluster) throws SQLException {
    var programs = psql.find();
    Assumptions.assumeTrue(programs.isPresent(), "there is no psql 15 or later on this machine");
    try (var database = Database.start();
        var example = DatabaseExample.apply(cluster, database, programs.orElseThrow());
        var hooks = new Hooks(cluster, programs.orElseThrow())) {
      hooks.put("crm-db-pending", BLUE, Optional.empty());
      var tooEarly = hooks.run("verify", "crm-db-pending", "");
      assertThat(tooEarly.exitCode()).isNotZero();
      assertThat(tooEarly.output())
          .contains("password authentication failed for user \"crm_blue\"")
          .doesNotContain(BLUE.password());
      for (var time = 1; time <= 2; time++) {
        hooks.succeeds("apply", "crm-db-pending", "");
        hooks.succeeds("verify", "crm-db-pending", "");
      }
      assertThat(database.refusal(BLUE)).isEmpty();

      hooks.put("crm-db-pending", GREEN, Optional.empty());
      hooks.succeeds("apply", "crm-db-pending", "");
      hooks.succeeds("verify", "crm-db-pending", "");
      assertThat(database.refusal(GREEN)).isEmpty();
      assertThat(database.refusal(BLUE)).as("both work").isEmpty();

      hooks.put("crm-db", GREEN, Optional.of(BLUE));
      try (var blue = database.open(BLUE);
          var green = database.open(GREEN)) {
        execute(blue, "CREATE TABLE customers (name text)");
        execute(green, "INSERT INTO customers VALUES ('Carol')");
        for (var time = 1; time <= 2; time++) {
          hooks.succeeds("revoke", "crm-db", ".previous");
        }
        assertThat(blue.isValid(5)).as("its session").isFalse();
        assertThat(green.isValid(5)).isTrue();
      }
      assertThat(database.refusal(BLUE)).isPresent();
      assertThat(database.refusal(GREEN)).isEmpty();

      hooks.put("crm-db-pending", BLUE_AGAIN, Optional.empty());
      hooks.succeeds("apply", "crm-db-pending", "");
      hooks.succeeds("verify", "crm-db-pending", "");
      assertThat(database.refusal(BLUE_AGAIN)).isEmpty();
      assertThat(database.refusal(BLUE)).isPresent();

      hooks.put("crm-db", BLUE_AGAIN, Optional.of(BLUE));
      hooks.succeeds("revoke", "crm-db", ".previous");
      assertThat(database.refusal(BLUE_AGAIN)).as("the account in use stays").isEmpty();
      hooks.succeeds("revoke", "crm-db", "");
      assertThat(database.refusal(BLUE_AGAIN)).as("revoked at once").isPresent();
    }
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Makes the Jobs that the operator would make.
  private static final class Hooks implements AutoCloseable {
    private final LocalCluster cluster;
    private final TestKubelet kubelet;
    private int jobs;

    Hooks(LocalCluster cluster, Path programs) {
      this.cluster = cluster;
      kubelet = TestKubelet.start(cluster.client(), DatabaseExample.NAMESPACE, programs);
    }

    void put(String name, Login login, Optional<Login> previous) {
      var secret =
          new SecretBuilder()
              .withNewMetadata()
              .withName(name)
              .withNamespace(DatabaseExample.NAMESPACE)
              .endMetadata()
              .addToStringData("username", login.username())
              .addToStringData("password", login.password());
      previous.ifPresent(
          old ->
              secret
                  .addToStringData("username.previous", old.username())
                  .addToStringData("password.previous", old.password()));
      cluster.client().resource(secret.build()).createOr(there -> there.update());
    }

    void succeeds(String step, String secret, String suffix) {
      var ran = run(step, secret, suffix);
      assertThat(ran.exitCode()).as(ran.output()).isZero();
    }

    /// Returns when the Job controller has seen its end.
    Ran run(String step, String secret, String suffix) {
      var client = cluster.client();
      var cronJob =
          client
              .batch()
              .v1()
              .cronjobs()
              .inNamespace(DatabaseExample.NAMESPACE)
              .withName("crm-db-" + step)
              .get();
      var name = "crm-db-%s-%d".formatted(step, ++jobs);
      var spec = cronJob.getSpec().getJobTemplate().getSpec();
      var reported =
          Map.of(
              "CREDENCE_STEP", step,
              "CREDENCE_SECRET", "crm-db",
              "CREDENCE_VALUE_SECRET", secret,
              "CREDENCE_KEY_SUFFIX", suffix,
              "CREDENCE_VERSION", "1",
              "CREDENCE_ATTEMPT", "1",
              "CREDENCE_IDENTITY", "crm");
      for (var container : spec.getTemplate().getSpec().getContainers()) {
        var all =
            Stream.concat(
                container.getEnv().stream(), reported.entrySet().stream().map(Hooks::variable));
        container.setEnv(all.toList());
      }
      var job =
          client
              .resource(
                  new JobBuilder()
                      .withNewMetadata()
                      .withName(name)
                      .withNamespace(DatabaseExample.NAMESPACE)
                      .endMetadata()
                      .withSpec(spec)
                      .build())
              .create();
      eventually(name + " has ended").until(() -> isEnded(client.resource(job).get()));
      var ran = kubelet.ran().stream().filter(one -> one.job().equals(name)).toList();
      assertThat(ran).as("its pods").hasSize(1);
      var succeeded = client.resource(job).get().getStatus().getSucceeded();
      assertThat(succeeded != null).isEqualTo(ran.getFirst().exitCode() == 0);
      return ran.getFirst();
    }

    private static boolean isEnded(Job job) {
      return job.getStatus().getConditions().stream()
          .filter(condition -> List.of("Complete", "Failed").contains(condition.getType()))
          .anyMatch(condition -> condition.getStatus().equals("True"));
    }

    private static EnvVar variable(Map.Entry<String, String> entry) {
      return new EnvVar(entry.getKey(), entry.getValue(), null);
    }

    @Override
    public void close() {
      kubelet.close();
    }
  }
}
