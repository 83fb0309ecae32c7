// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/// Kafka: users with SCRAM credentials that take turns. The library salts and hashes the password
/// before it sends it, so brokers and their logs never have a password.
///
/// Kafka cannot lock a user. A locked user has the credential of a random password, and its number
/// of iterations, which brokers report, tells that it is locked.
public final class Kafka implements Driver {
  private static final Setting PORT = Setting.port(9093);
  static final Setting MECHANISM =
      new Setting(
          "HOOK_MECHANISM",
          "SCRAM-SHA-512",
          "`SCRAM-SHA-512` or `SCRAM-SHA-256`, which the application uses");
  static final Setting ADMIN_MECHANISM =
      new Setting(
          "HOOK_ADMIN_MECHANISM",
          "",
          "`SCRAM-SHA-512`, `SCRAM-SHA-256` or `PLAIN`, if the administrative account uses another"
              + " mechanism than `HOOK_MECHANISM`");

  /// Kafka's default, for passwords that are generated. No administrator sets the two odd numbers.
  private static final int ITERATIONS = 4096;

  private static final int LOCKED = 4097;
  private static final int LOCKED_WITHOUT_PASSWORD = 4099;

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public String title() {
    return "Kafka";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`), each with the same ACLs",
        "the credential of a random password, until `resume` sets that of the Secret again",
        "stay until the client closes them or `connections.max.reauth.ms` ends",
        "SCRAM salted password, computed by the hook",
        "`ALTER` on the cluster",
        "Kafka 4.1 (KRaft)");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, MECHANISM, ADMIN_MECHANISM);
  }

  @Override
  public String apply(Inputs inputs) {
    var login = inputs.login();
    try (var cluster = asAdmin(inputs)) {
      var user = new User(cluster, inputs, login.username());
      if (user.has(LOCKED) || user.has(LOCKED_WITHOUT_PASSWORD)) {
        user.set(LOCKED, randomPassword());
        return "User %s is locked. The step resume sets the password of the Secret."
            .formatted(login.username());
      }
      user.set(ITERATIONS, login.password());
    }
    await(inputs, login, true);
    return "User %s has the password of version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String verify(Inputs inputs) {
    var login = inputs.login();
    if (!KafkaCluster.isAccepted(inputs, port(inputs), login)) {
      throw new Failure(
          Kind.Rejected,
          "Kafka rejects the login of user %s with version %s."
              .formatted(login.username(), inputs.version()));
    }
    return "User %s logs in with version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String revoke(Inputs inputs) {
    var login = inputs.login();
    if (inputs.isSameAccount()) {
      return "User %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(login.username());
    }
    try (var cluster = asAdmin(inputs)) {
      var user = new User(cluster, inputs, login.username());
      if (user.has(LOCKED) || user.has(LOCKED_WITHOUT_PASSWORD)) {
        user.set(LOCKED_WITHOUT_PASSWORD, randomPassword());
      } else {
        user.delete();
      }
    }
    await(inputs, login, false);
    return "User %s has no password any more. Open connections stay until they authenticate again."
        .formatted(login.username());
  }

  @Override
  public String suspend(Inputs inputs) {
    var login = inputs.login();
    try (var cluster = asAdmin(inputs)) {
      var user = new User(cluster, inputs, login.username());
      user.set(user.isWithoutPassword() ? LOCKED_WITHOUT_PASSWORD : LOCKED, randomPassword());
    }
    await(inputs, login, false);
    return "User %s is locked. Open connections stay until they authenticate again."
        .formatted(login.username());
  }

  @Override
  public String resume(Inputs inputs) {
    var login = inputs.login();
    try (var cluster = asAdmin(inputs)) {
      var user = new User(cluster, inputs, login.username());
      if (user.has(LOCKED)) {
        user.set(ITERATIONS, login.password());
      } else if (user.has(LOCKED_WITHOUT_PASSWORD)) {
        user.delete();
        return "User %s has no password any more.".formatted(login.username());
      } else {
        return "User %s is not locked.".formatted(login.username());
      }
    }
    await(inputs, login, true);
    return "User %s can log in again.".formatted(login.username());
  }

  /// A user has one credential for each mechanism. All of them change together: an earlier password
  /// must not stay valid by another mechanism.
  private static final class User {
    private final KafkaCluster cluster;
    private final ScramMechanism mechanism;
    private final String name;
    private final Map<ScramMechanism, Integer> iterations = new TreeMap<>();

    User(KafkaCluster cluster, Inputs inputs, String name) {
      this.cluster = cluster;
      this.mechanism = mechanism(inputs);
      this.name = name;
      cluster
          .credentials(name)
          .forEach(credential -> iterations.put(credential.mechanism(), credential.iterations()));
    }

    boolean has(int marker) {
      return iterations.containsValue(marker);
    }

    boolean isWithoutPassword() {
      return iterations.values().stream().allMatch(number -> number == LOCKED_WITHOUT_PASSWORD);
    }

    /// Kafka accepts one change of a user in a request.
    void set(int number, String password) {
      iterations.putIfAbsent(mechanism, 0);
      iterations.forEach(
          (each, earlier) -> {
            if (earlier != number || number == ITERATIONS) {
              cluster.change(
                  new UserScramCredentialUpsertion(
                      name,
                      new ScramCredentialInfo(each, number),
                      password.getBytes(StandardCharsets.UTF_8)));
            }
          });
    }

    void delete() {
      iterations
          .keySet()
          .forEach(each -> cluster.change(new UserScramCredentialDeletion(name, each)));
    }
  }

  /// Brokers follow the controller with a delay of some milliseconds.
  private static void await(Inputs inputs, Login login, boolean isAccepted) {
    if (!KafkaCluster.becomes(inputs, port(inputs), login, isAccepted)) {
      throw new Failure(
          Kind.Failed,
          "Kafka has stored the change, and a broker still %s user %s after HOOK_TIMEOUT."
              .formatted(isAccepted ? "rejects" : "accepts", login.username()));
    }
  }

  private static KafkaCluster asAdmin(Inputs inputs) {
    return KafkaCluster.asAdmin(inputs, port(inputs));
  }

  private static int port(Inputs inputs) {
    return inputs.number(PORT);
  }

  static ScramMechanism mechanism(Inputs inputs) {
    var mechanism = ScramMechanism.fromMechanismName(inputs.get(MECHANISM));
    if (mechanism == ScramMechanism.UNKNOWN) {
      throw new Failure(Kind.Usage, "HOOK_MECHANISM must be SCRAM-SHA-512 or SCRAM-SHA-256.");
    }
    return mechanism;
  }

  private static String randomPassword() {
    return new BigInteger(256, new SecureRandom()).toString(36);
  }
}
