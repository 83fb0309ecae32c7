// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.system.AwsIam;
import dev.credence.hooks.system.GitHubApp;
import dev.credence.hooks.system.GitHubDeployKey;
import dev.credence.hooks.system.GitLab;
import dev.credence.hooks.system.Kafka;
import dev.credence.hooks.system.Ldap;
import dev.credence.hooks.system.MariaDb;
import dev.credence.hooks.system.MongoDb;
import dev.credence.hooks.system.MySql;
import dev.credence.hooks.system.PostgreSql;
import dev.credence.hooks.system.RabbitMq;
import dev.credence.hooks.system.Redis;
import dev.credence.hooks.system.Rest;
import dev.credence.hooks.system.SqlServer;
import dev.credence.hooks.system.Ssh;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The systems that the image knows.
public final class Systems {
  private static final List<Driver> ALL =
      List.of(
          new PostgreSql(),
          new MySql(),
          new MariaDb(),
          new MongoDb(),
          new SqlServer(),
          new Redis(),
          new Kafka(),
          new RabbitMq(),
          new Ldap(),
          new Ssh(),
          new GitLab(),
          new GitHubApp(),
          new GitHubDeployKey(),
          new AwsIam(),
          new Rest());

  public static List<Driver> all() {
    return ALL;
  }

  static Optional<Driver> find(String name) {
    return ALL.stream().filter(driver -> driver.name().equals(name)).findFirst();
  }

  static String names() {
    return ALL.stream().map(Driver::name).collect(Collectors.joining(", "));
  }

  private Systems() {}
}
