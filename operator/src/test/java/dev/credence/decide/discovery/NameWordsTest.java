// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names of Secrets as tutorials, charts and operators have them.
class NameWordsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db-user-pass",
        "mysql-pass-c57bb4t7mf",
        "prod-db-secret",
        "sa-key",
        "github-token",
        "regcred",
        "gcp-sa-key",
        "google-service-account",
        "aws-secret-access-key",
        "s3-secret-key",
        "postgres-secret",
        "argocd-initial-admin-secret",
        "argocd-secret",
        "oauth2-proxy-cookie-secret",
        "jwt-secret",
        "app-secrets",
        "rds-pwd",
        "mysql-root-pw",
        "vault-unseal-keys",
        "database-url",
        "mongodb-uri",
        "azure-storage-connection-string",
        "slack-webhook-url",
        "id-rsa",
        "git-ssh-keys",
        "krb5.keytab",
        "dbpassword",
        "dbcreds",
        "sentry-dsn",
        "wireguard-psk",
        "encryption-key",
        "db_password"
      })
  void a_person_calls_it_a_credential(String name) {
    assertThat(NameWords.in(name)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app-config",
        "tls-options",
        "tls-ca-bundle",
        "ca-certificates",
        "sh.helm.release.v1.oauth-proxy.v3",
        "sh.helm.release.v1.vault-token.v12",
        "tls-secret",
        "my-secret",
        "cluster-secret-store",
        "alertmanager-main-generated",
        "prometheus-prometheus-tls-assets-0",
        "additional-scrape-configs",
        "feature-flags",
        "tokenizer-model",
        "keyboard-layout",
        "pass-through-routes",
        "passenger-config",
        "patch-notes",
        "cosign-public-key",
        "jwt-public-key",
        "compass-index",
        "monkey-settings",
        "primary-keys",
        "base-url",
        "grafana-dashboards",
        "license",
        "author-names"
      })
  void nobody_calls_it_one(String name) {
    assertThat(NameWords.in(name)).isEmpty();
  }

  @Test
  void the_words_are_in_the_documentation() throws IOException {
    var page = Files.readString(Path.of("../docs/discovery.md"));
    assertThat(
            Stream.of(
                    NameWords.WORDS.stream(),
                    NameWords.ENDINGS.stream(),
                    NameWords.BEFORE_KEY.stream(),
                    NameWords.BEFORE_SECRET.stream(),
                    NameWords.BEFORE_URL.stream(),
                    NameWords.PAIRS.stream().map(pair -> String.join("-", pair)))
                .flatMap(words -> words))
        .allSatisfy(word -> assertThat(page).contains("`" + word + "`"));
  }
}
