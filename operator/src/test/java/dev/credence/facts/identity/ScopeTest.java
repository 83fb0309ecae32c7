// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.observe.read.IdentityReader;
import dev.credence.world.Yaml;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is approved, as it is shown, has a name that changes with anything in it.
class ScopeTest {
  private static final String IDENTITY =
      """
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm, namespace: sales, uid: crm-1}
      spec:
        owner: {contact: alice@example.com}
        serviceAccounts: [{name: crm-sync}, {name: crm-new, provision: {}}]
        secrets:
        - name: crm-db
          generate:
            keys:
            - {name: password, password: {length: 32}}
            - {name: url, template: "postgres://crm:{password}@db"}
          hooks: {revoke: {cronJobName: crm-db-revoke}}
        - name: crm-ci
          token: {serviceAccountName: crm-sync, audiences: [vault], lifetime: 1h, kubeconfig: true}
        certificates:
        - name: crm-tls
          issue: {issuerRef: {kind: ClusterIssuer, name: corp}, secretName: crm-tls, commonName: crm, usages: [client auth]}
        selector: {matchExpressions: [{key: team, operator: In, values: [sales, crm]}]}
      """;

  private static final Map<String, HookTemplate> HOOKS =
      Map.of("crm-db-revoke", new HookTemplate.Found("0123abcd", "db-admin", List.of("psql:18")));

  @Test
  void every_field_that_gives_power_is_a_line() {
    assertThat(Scope.lines(identity(IDENTITY), HOOKS))
        .map(line -> line.replace("\t", " | "))
        .containsExactly(
            "account | crm-new | created, automountServiceAccountToken: false",
            "account | crm-sync | linked",
            "backup | -",
            "certificate | crm-tls | issued",
            "expires | -",
            "hook | crm-db | revoke | CronJob crm-db-revoke | runs as ServiceAccount db-admin with psql:18, pod template 0123abcd",
            "issue | crm-tls | commonName | crm",
            "issue | crm-tls | issuerRef.group | cert-manager.io",
            "issue | crm-tls | issuerRef.kind | ClusterIssuer",
            "issue | crm-tls | issuerRef.name | corp",
            "issue | crm-tls | privateKey.rotationPolicy | Always",
            "issue | crm-tls | secretName | crm-tls",
            "issue | crm-tls | usages | \"client auth\"",
            "key | crm-db | password | password 32 AlphaNumeric",
            "key | crm-db | url | template \"postgres://crm:{password}@db\"",
            "owner | alice@example.com",
            "secret | crm-ci (token) | type Opaque",
            "secret | crm-db (generated) | type Opaque",
            "selects | team | In | \"crm\" \"sales\"",
            "team | -",
            "token | crm-ci | ServiceAccount crm-sync | audiences \"vault\" | lifetime 1h | kubeconfig true",
            "type | -");
  }

  @Test
  void a_change_of_any_of_them_is_another_scope() {
    var scope = Scope.of(identity(IDENTITY), HOOKS);
    for (var change :
        Map.ofEntries(
                Map.entry("alice@", "bob@"),
                Map.entry("{name: crm-sync}, ", "{name: crm-sync}, {name: more}, "),
                Map.entry("provision: {}", "provision: {automountServiceAccountToken: true}"),
                Map.entry("length: 32", "length: 8"),
                Map.entry("postgres://crm", "postgres://root"),
                Map.entry("crm-db-revoke}", "crm-db-other}"),
                Map.entry("audiences: [vault]", "audiences: [other]"),
                Map.entry("lifetime: 1h", "lifetime: 2h"),
                Map.entry("kubeconfig: true", "kubeconfig: false"),
                Map.entry("client auth", "server auth"),
                Map.entry("commonName: crm", "commonName: payments"),
                Map.entry("operator: In", "operator: NotIn"))
            .entrySet()) {
      var changed = IDENTITY.replace(change.getKey(), change.getValue());
      assertThat(changed).as(change.getKey()).isNotEqualTo(IDENTITY);
      assertThat(Scope.of(identity(changed), HOOKS)).as(change.getKey()).isNotEqualTo(scope);
    }
    assertThat(Scope.of(identity(IDENTITY), Map.of())).isNotEqualTo(scope);
    assertThat(
            Scope.of(
                identity(IDENTITY),
                Map.of(
                    "crm-db-revoke",
                    new HookTemplate.Found("4567abcd", "db-admin", List.of("psql:18")))))
        .isNotEqualTo(scope);
  }

  @Test
  void no_text_of_the_spec_looks_like_a_line_of_its_own() {
    var forged =
        IDENTITY.replace("\"postgres://crm:{password}@db\"", "\"x\\\"\\ntoken\\tcrm-ci\\u202e\"");
    assertThat(Scope.lines(identity(forged), HOOKS))
        .anySatisfy(
            line ->
                assertThat(line).endsWith("template \"x\\\"\\u000atoken\\u0009crm-ci\\u202e\""));
  }

  private static Identity identity(String yaml) {
    return IdentityReader.identity(
        (MachineIdentity) Yaml.object(Yaml.node(Yaml.documents(yaml).getFirst())));
  }
}
