// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Words of a Secret's name that mark it as a credential: those that scanners of source code look
/// for, and those of tutorials and charts. `secret`, `key` and `url` count only together with the
/// word before, since every Secret may be called a secret. docs/discovery.md has the same table.
final class NameWords {
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[-._]+");

  /// The records of Helm, which carry the name of a release.
  private static final String HELM_RELEASE = "sh.helm.release.v1.";

  static final Set<String> WORDS =
      Set.of(
          "accesskey",
          "apikey",
          "apikeys",
          "auth",
          "bearer",
          "cred",
          "creds",
          "credential",
          "credentials",
          "dockercfg",
          "dockerconfig",
          "dockerconfigjson",
          "dsn",
          "htpasswd",
          "jwt",
          "keytab",
          "kubeconfig",
          "login",
          "netrc",
          "npmrc",
          "oauth",
          "pass",
          "passphrase",
          "passwd",
          "password",
          "passwords",
          "pat",
          "pgpass",
          "privatekey",
          "psk",
          "pw",
          "pwd",
          "pypirc",
          "regcred",
          "secretkey",
          "sshkey",
          "token",
          "tokens");

  /// Endings of words that are written as one, like `dbpassword`.
  static final List<String> ENDINGS =
      List.of("password", "passwords", "passwd", "credentials", "creds", "apikey");

  static final Set<String> BEFORE_KEY =
      Set.of(
          "access",
          "account",
          "api",
          "app",
          "auth",
          "aws",
          "azure",
          "bucket",
          "cosign",
          "crypto",
          "datadog",
          "decryption",
          "deploy",
          "encryption",
          "fernet",
          "gcp",
          "gcs",
          "git",
          "github",
          "gitlab",
          "google",
          "gpg",
          "hmac",
          "host",
          "iam",
          "ingestion",
          "integration",
          "master",
          "openai",
          "pgp",
          "private",
          "recovery",
          "s3",
          "sa",
          "secret",
          "serviceaccount",
          "session",
          "signing",
          "ssh",
          "storage",
          "stripe",
          "subscription",
          "unseal",
          "user",
          "vault",
          "wireguard");

  static final Set<String> BEFORE_SECRET =
      Set.of(
          "admin",
          "amqp",
          "api",
          "app",
          "application",
          "argocd",
          "aws",
          "azure",
          "backup",
          "bot",
          "client",
          "consumer",
          "cookie",
          "database",
          "datadog",
          "db",
          "docker",
          "elastic",
          "elasticsearch",
          "encryption",
          "env",
          "gcp",
          "gcs",
          "git",
          "github",
          "gitlab",
          "google",
          "grafana",
          "hmac",
          "jwt",
          "kafka",
          "keycloak",
          "ldap",
          "mail",
          "mariadb",
          "minio",
          "mongo",
          "mongodb",
          "mssql",
          "mysql",
          "nats",
          "oauth",
          "oauth2",
          "oidc",
          "openai",
          "opensearch",
          "oracle",
          "pg",
          "postgres",
          "postgresql",
          "pull",
          "rabbitmq",
          "rds",
          "redis",
          "registry",
          "root",
          "s3",
          "secret",
          "service",
          "session",
          "shared",
          "signing",
          "slack",
          "smtp",
          "sql",
          "sso",
          "stripe",
          "token",
          "twilio",
          "user",
          "vault",
          "webhook");

  static final Set<String> BEFORE_URL =
      Set.of(
          "amqp",
          "broker",
          "connection",
          "database",
          "db",
          "mongo",
          "mongodb",
          "mysql",
          "postgres",
          "postgresql",
          "rabbitmq",
          "redis",
          "slack",
          "webhook");

  /// Other words that are harmless alone.
  static final Set<List<String>> PAIRS =
      Set.of(
          List.of("connection", "string"),
          List.of("connection", "strings"),
          List.of("docker", "config"),
          List.of("id", "dsa"),
          List.of("id", "ecdsa"),
          List.of("id", "ed25519"),
          List.of("id", "rsa"),
          List.of("recovery", "codes"),
          List.of("service", "account"),
          List.of("service", "principal"));

  private static final Set<String> KEY = Set.of("key", "keys");
  private static final Set<String> SECRET = Set.of("secret", "secrets");
  private static final Set<String> URL = Set.of("uri", "uris", "url", "urls");

  /// The word, or two, that say it.
  static Optional<String> in(String name) {
    if (name.startsWith(HELM_RELEASE)) {
      return Optional.empty();
    }
    var words = Arrays.asList(BETWEEN_WORDS.split(name.toLowerCase(Locale.ROOT)));
    if (isPublic(words)) {
      return Optional.empty();
    }
    for (var i = 0; i < words.size(); i++) {
      var word = words.get(i);
      var next = i + 1 < words.size() ? words.get(i + 1) : "";
      if (isCredential(word) && !isOtherwiseMeant(word, next)) {
        return Optional.of(word);
      }
      if (areCredential(word, next)) {
        return Optional.of(word + "-" + next);
      }
    }
    return Optional.empty();
  }

  private static boolean isCredential(String word) {
    return WORDS.contains(word) || ENDINGS.stream().anyMatch(word::endsWith);
  }

  /// `pass-through` is no password.
  private static boolean isOtherwiseMeant(String word, String next) {
    return word.equals("pass") && Set.of("through", "thru").contains(next);
  }

  private static boolean areCredential(String word, String next) {
    return (KEY.contains(next) && BEFORE_KEY.contains(word))
        || (SECRET.contains(next) && BEFORE_SECRET.contains(word))
        || (URL.contains(next) && BEFORE_URL.contains(word))
        || PAIRS.contains(List.of(word, next));
  }

  /// A public key.
  private static boolean isPublic(List<String> words) {
    for (var i = 0; i + 1 < words.size(); i++) {
      if (Set.of("pub", "public").contains(words.get(i)) && KEY.contains(words.get(i + 1))) {
        return true;
      }
    }
    return false;
  }

  private NameWords() {}
}
