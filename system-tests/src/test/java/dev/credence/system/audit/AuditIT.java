// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.audit;

import static dev.credence.testing.Eventually.eventually;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.ByToken;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.CommandLine;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `credence audit` says about the audit log of a real API server.
@OnCluster
class AuditIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final int FORBIDDEN = 403;

  /// As the account is granted; the script below uses a part of it.
  static final List<PolicyRule> GRANTED =
      List.of(
          rule("secrets", "get", "list", "watch", "delete"),
          rule("configmaps", "get", "list", "watch", "create", "patch", "update", "delete"),
          rule("serviceaccounts/token", "create"),
          rule("pods", "get", "list"));

  @TempDir Path folder;

  @Test
  void the_answer_equals_the_script_and_the_suggested_role_is_just_enough(
      LocalCluster cluster, TestNamespace namespace) throws IOException {
    var admin = cluster.client();
    var begin = Files.size(cluster.auditLog());
    Stream.of("crm-db", "foreign").forEach(name -> secret(admin, namespace, name));
    account(admin, namespace, "crm");
    role(namespace, "crm", GRANTED);
    bind(namespace, "crm", "crm");
    Instant since;
    try (var crm = client(admin, namespace, "crm")) {
      awaitRights(crm, namespace);
      since = Instant.now();
      script(crm, namespace);
    }
    var log = log(cluster, begin);

    var answers = audit(cluster, namespace, log, "--live", "--format", "json");
    assertThat(used(answers))
        .containsExactlyInAnyOrder(
            "get secrets",
            "list configmaps",
            "watch configmaps",
            "create configmaps",
            "patch configmaps",
            "delete configmaps",
            "create serviceaccounts/token");
    assertThat(granted(answers, "Used")).isEqualTo(used(answers));
    // The log is older than the rights: of none is it known that it is not needed.
    assertThat(granted(answers, "Unused")).isEmpty();
    assertThat(granted(answers, "Unknown")).contains("delete secrets", "get configmaps");

    var later =
        audit(cluster, namespace, log, "--live", "--since", since.toString(), "--format", "json");
    assertThat(granted(later, "Used")).isEqualTo(used(answers));
    // Whether somebody read pods meanwhile is not up to this test.
    assertThat(granted(later, "Unused"))
        .filteredOn(right -> !right.endsWith("pods"))
        .containsExactlyInAnyOrder(
            "list secrets",
            "watch secrets",
            "delete secrets",
            "get configmaps",
            "update configmaps");

    bindSuggested(cluster, namespace, log);
    try (var fresh = client(admin, namespace, "fresh")) {
      eventually("the suggested role is in effect")
          .ignoreExceptions()
          .until(
              () -> fresh.secrets().inNamespace(namespace.name()).withName("crm-db").get() != null);
      script(fresh, namespace);
      refuses(fresh, namespace);
      var rest = granted(later, "Unused");
      rest.addAll(granted(later, "Unknown"));
      assertThat(rest).hasSizeGreaterThan(4).noneMatch(right -> may(fresh, namespace, right));
      assertThat(may(fresh, namespace, "list configmaps")).isTrue();
    }
  }

  /// What the authorizer of the API server answers to the account itself: `list secrets`.
  private static boolean may(KubernetesClient client, TestNamespace namespace, String right) {
    var words = right.split(" ");
    var resource = words[1].split("/");
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(namespace.name())
            .withVerb(words[0])
            .withResource(resource[0])
            .withSubresource(resource.length > 1 ? resource[1] : "")
            .endResourceAttributes()
            .endSpec()
            .build();
    return client.resource(review).create().getStatus().getAllowed();
  }

  /// What the account does. Nothing else of its rights is used.
  static void script(KubernetesClient client, TestNamespace namespace) {
    assertThat(client.secrets().inNamespace(namespace.name()).withName("crm-db").get()).isNotNull();
    assertThat(client.configMaps().inNamespace(namespace.name()).list().getItems()).isNotEmpty();
    try (var _ = client.configMaps().inNamespace(namespace.name()).watch(nothing())) {
      client.resource(map(namespace, "made")).create();
    }
    // This patch creates its object, which takes the right to create.
    client
        .resource(map(namespace, "applied"))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("crm")
                .build());
    client.configMaps().inNamespace(namespace.name()).withName("made").delete();
    client.configMaps().inNamespace(namespace.name()).withName("applied").delete();
    client
        .serviceAccounts()
        .inNamespace(namespace.name())
        .withName("default")
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build());
  }

  private static void refuses(KubernetesClient client, TestNamespace namespace) {
    var secrets = client.secrets().inNamespace(namespace.name());
    var maps = client.configMaps().inNamespace(namespace.name());
    assertForbidden(() -> secrets.withName("foreign").get());
    assertForbidden(secrets::list);
    assertForbidden(() -> secrets.withName("crm-db").delete());
    assertForbidden(() -> maps.withName("kube-root-ca.crt").get());
    assertForbidden(() -> client.resource(map(namespace, "kube-root-ca.crt")).update());
    assertForbidden(() -> client.pods().inNamespace(namespace.name()).list());
    assertForbidden(
        () ->
            client
                .serviceAccounts()
                .inNamespace(namespace.name())
                .withName("crm")
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build()));
  }

  private static void assertForbidden(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable request) {
    assertThat(Assertions.catchThrowableOfType(KubernetesClientException.class, request))
        .isNotNull()
        .extracting(KubernetesClientException::getCode)
        .isEqualTo(FORBIDDEN);
  }

  private JsonNode audit(LocalCluster cluster, TestNamespace namespace, Path log, String... words)
      throws IOException {
    var output = folder.resolve("use.json");
    var all =
        Stream.concat(
                Stream.of(
                    "audit",
                    "--from",
                    log.toString(),
                    "-n",
                    namespace.name(),
                    "--output",
                    output.toString()),
                Stream.of(words))
            .toArray(String[]::new);
    var end = new CommandLine(cluster).credence(all);
    assertThat(end.code()).as(end.err()).isZero();
    for (var account : JSON.readTree(Files.readString(output)).path("accounts")) {
      if (account.path("account").asText().equals(namespace.name() + "/crm")) {
        return account;
      }
    }
    throw new AssertionError("the report does not contain the account");
  }

  private static TreeSet<String> used(JsonNode account) {
    var rights = new TreeSet<String>();
    account
        .path("used")
        .forEach(
            right ->
                rights.add(right.path("verb").asText() + " " + right.path("resource").asText()));
    return rights;
  }

  private static TreeSet<String> granted(JsonNode account, String answer) {
    var rights = new TreeSet<String>();
    for (var right : account.path("granted")) {
      if (right.path("use").asText().equals(answer)
          && right.path("via").asText().endsWith("/crm")) {
        rights.add(right.path("verb").asText() + " " + right.path("resource").asText());
      }
    }
    return rights;
  }

  /// The suggestion for `crm`, bound to an account that has nothing else.
  private void bindSuggested(LocalCluster cluster, TestNamespace namespace, Path log)
      throws IOException {
    var output = folder.resolve("suggested.yaml");
    var end =
        new CommandLine(cluster)
            .credence(
                "audit",
                "--from",
                log.toString(),
                "-n",
                namespace.name(),
                "--suggest",
                "--output",
                output.toString());
    assertThat(end.code()).as(end.err()).isZero();
    cluster.kubectl("apply", "-f", output.toString());
    account(cluster.client(), namespace, "fresh");
    bind(namespace, "fresh", "crm-used");
  }

  static void awaitRights(KubernetesClient client, TestNamespace namespace) {
    eventually("the rights of the account are in effect")
        .ignoreExceptions()
        .until(
            () -> client.secrets().inNamespace(namespace.name()).withName("crm-db").get() != null);
  }

  /// The audit log from this position on: what other tests did before can be hundreds of megabytes.
  private Path log(LocalCluster cluster, long begin) throws IOException {
    cluster.audit(); // returns when all requests up to now are in the log
    var recent = folder.resolve("audit.log");
    try (var all = FileChannel.open(cluster.auditLog());
        var copy = FileChannel.open(recent, CREATE_NEW, WRITE)) {
      all.transferTo(begin, all.size() - begin, copy);
    }
    return recent;
  }

  static KubernetesClient client(KubernetesClient admin, TestNamespace namespace, String account) {
    var token =
        admin
            .serviceAccounts()
            .inNamespace(namespace.name())
            .withName(account)
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    return ByToken.client(admin, token);
  }

  static void account(KubernetesClient admin, TestNamespace namespace, String name) {
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace.name())
                .endMetadata()
                .build())
        .create();
  }

  static void secret(KubernetesClient admin, TestNamespace namespace, String name) {
    admin
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace.name())
                .endMetadata()
                .addToStringData("password", "of-the-test")
                .build())
        .create();
  }

  private static ConfigMap map(TestNamespace namespace, String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace.name())
        .endMetadata()
        .addToData("key", "value")
        .build();
  }

  static void role(TestNamespace namespace, String name, List<PolicyRule> rules) {
    namespace
        .client()
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace.name())
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
  }

  static void bind(TestNamespace namespace, String account, String role) {
    namespace
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(account)
                .withNamespace(namespace.name())
                .endMetadata()
                .withNewRoleRef(RBAC, "Role", role)
                .withSubjects(
                    new SubjectBuilder()
                        .withKind("ServiceAccount")
                        .withNamespace(namespace.name())
                        .withName(account)
                        .build())
                .build())
        .create();
  }

  private static PolicyRule rule(String resource, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups("")
        .withResources(resource)
        .withVerbs(verbs)
        .build();
  }

  private static Watcher<ConfigMap> nothing() {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap map) {}

      @Override
      public void onClose(WatcherException cause) {}
    };
  }
}
