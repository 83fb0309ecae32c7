// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.annotation;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.api.SuspensionList;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// What users cannot gain by an identity, an approval or a review, as the API server answers to
/// them. No operator runs.
@OnCluster
class EscalationIT {
  /// May write identities, and nothing else.
  private static final String BOB = "bob@example.com";

  /// May also ask for tokens of, and delete, the ServiceAccount `crm`.
  private static final String TOM = "tom@example.com";

  /// May write identities, approve and review.
  private static final String CAROL = "carol@example.com";

  /// The same, and may impersonate the ServiceAccount `bot`.
  private static final String EVE = "eve@example.com";

  private static final Map<String, KubernetesClient> CLIENTS = new ConcurrentHashMap<>();
  private static LocalCluster cluster;

  @BeforeAll
  static void awaitPolicies(LocalCluster shared) {
    cluster = shared;
    try (var probes = TestNamespace.create(cluster.client(), "escalation", Map.of())) {
      admit(probes);
      var bob = as(BOB, probes);
      eventually("the API server goes by the policy")
          .until(
              () ->
                  isRefused(
                      () -> bob.identity("probe", OWNER + ", secrets: [" + password("a") + "]")));
    }
  }

  @AfterAll
  static void close() {
    CLIENTS.values().forEach(KubernetesClient::close);
    CLIENTS.clear();
  }

  @BesideOthers
  void nobody_has_made_by_an_identity_what_they_may_not_make_themselves(TestNamespace namespace) {
    admit(namespace);
    var bob = as(BOB, namespace);
    var tom = as(TOM, namespace);
    var token =
        OWNER
            + ", serviceAccounts: [{name: crm}], secrets: [{name: t, token: {serviceAccountName: crm}}]";

    assertRefused(() -> bob.identity("a", token), "create serviceaccounts/token", "delegate");
    assertRefused(
        () -> bob.identity("a", OWNER + ", secrets: [" + password("s") + "]"), "create secrets");
    assertRefused(
        () -> bob.identity("a", OWNER + ", serviceAccounts: [{name: new, provision: {}}]"),
        "create serviceaccounts");
    assertRefused(
        () ->
            bob.identity(
                "a",
                OWNER
                    + ", certificates: [{name: c, issue: {issuerRef: {kind: ClusterIssuer, name: corp}, secretName: c-tls, commonName: payments}}]"),
        "create certificates.cert-manager.io");

    // Of the very name alone, and what was there before is nobody's to ask again.
    tom.identity("crm", token);
    assertRefused(
        () ->
            tom.identity(
                "b",
                OWNER
                    + ", serviceAccounts: [{name: other}], secrets: [{name: u, token: {serviceAccountName: other}}]"),
        "token of ServiceAccount other");
    bob.patch(bob.identity("crm"), "{spec: {purpose: CHG-1234}}");
    assertRefused(
        () ->
            bob.patch(
                bob.identity("crm"),
                "{spec: {secrets: [{name: t, token: {serviceAccountName: crm, audiences: [elsewhere]}}]}}"),
        "create serviceaccounts/token");

    allow(namespace, "delegates", BOB, rule("credence.dev", "machineidentities", "delegate"));
    eventually("who writes for others may")
        .until(
            () ->
                !isRefused(() -> bob.identity("a", OWNER + ", secrets: [" + password("s") + "]")));
  }

  @BesideOthers
  void nobody_suspends_by_an_identity_an_account_that_they_may_not_delete(TestNamespace namespace) {
    admit(namespace);
    var bob = as(BOB, namespace);
    var tom = as(TOM, namespace);
    bob.identity("crm", OWNER + ", serviceAccounts: [{name: crm}]");
    bob.identity("all", OWNER + ", selector: {matchExpressions: [{key: team, operator: Exists}]}");

    var words = new String[] {"suspends linked ServiceAccounts", "RBAC verb \"suspend\""};
    assertRefused(() -> bob.annotate(bob.identity("crm"), "credence.dev/suspend", ""), words);
    assertRefused(() -> bob.annotate(bob.identity("all"), "credence.dev/suspend", "x"), words);
    assertRefused(() -> bob.annotate(bob.identity("crm"), "credence.dev/revoke", "x"), words);
    for (var spec : List.of("state: Suspended", "expirationTime: '2026-01-01T00:00:00Z'")) {
      assertRefused(() -> bob.patch(bob.identity("crm"), "{spec: {" + spec + "}}"), words);
    }

    tom.annotate(tom.identity("crm"), "credence.dev/suspend", "INC-7");
    // Nobody comes into a suspension that is there, either.
    assertRefused(
        () ->
            bob.patch(
                bob.identity("crm"), "{spec: {serviceAccounts: [{name: crm}, {name: other}]}}"),
        words);
    bob.patch(bob.identity("crm"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
    allow(namespace, "suspenders", BOB, rule("credence.dev", "machineidentities", "suspend"));
    eventually("who has the verb may")
        .until(
            () -> !isRefused(() -> bob.annotate(bob.identity("all"), "credence.dev/suspend", "x")));
  }

  @BesideOthers
  void a_change_beside_the_scope_does_not_wash_who_asked_away(TestNamespace namespace) {
    assumeTrue(
        cluster.client().supports("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"),
        "this API server knows no MutatingAdmissionPolicy");
    admit(namespace);
    var carol = as(CAROL, namespace);
    var bot = as("system:serviceaccount:" + namespace.name() + ":bot", namespace);
    carol.identity("crm", OWNER);
    bot.patch(bot.identity("crm"), "{spec: {purpose: formatted}}");
    assertThat(annotation(carol.identity("crm"), "credence.dev/requested-by"))
        .hasValue(CAROL + ", system:serviceaccount:" + namespace.name() + ":bot");

    assertRefused(
        () -> carol.annotate(carol.identity("crm"), "credence.dev/approve", CAROL + " 7d1f"),
        CAROL + " requested the current spec of crm");
    var eve = as(EVE, namespace);
    assertRefused(
        () -> eve.annotate(eve.identity("crm"), "credence.dev/approve", EVE + " 7d1f"),
        EVE + " can act as one of the requesters of crm");
  }

  @BesideOthers
  void a_review_has_the_time_of_now_whatever_managed_fields_a_client_sends(
      TestNamespace namespace) {
    admit(namespace);
    var carol = as(CAROL, namespace);
    carol.identity("crm", OWNER);
    var later = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(2));
    for (var count : List.of(1, 12)) {
      assertRefused(
          () -> {
            var forged = carol.identity("crm").get();
            var annotations =
                new HashMap<>(
                    Objects.requireNonNullElse(
                        forged.getMetadata().getAnnotations(), Map.<String, String>of()));
            annotations.put("credence.dev/review", CAROL + " " + later);
            forged.getMetadata().setAnnotations(annotations);
            var entries = new ArrayList<>(forged.getMetadata().getManagedFields());
            for (var i = 0; i < count; i++) {
              entries.add(entry("clock-" + i, later));
            }
            forged.getMetadata().setManagedFields(entries);
            carol.client().resource(forged).update();
          },
          "Review with the current time");
    }
    carol.annotate(
        carol.identity("crm"),
        "credence.dev/review",
        CAROL + " " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static ManagedFieldsEntry entry(String manager, Instant time) {
    var entry =
        new ManagedFieldsEntryBuilder()
            .withManager(manager)
            .withOperation("Update")
            .withApiVersion("credence.dev/v1alpha1")
            .withFieldsType("FieldsV1")
            .withTime(time.toString())
            .withNewFieldsV1()
            .endFieldsV1()
            .build();
    entry
        .getFieldsV1()
        .setAdditionalProperty("f:spec", Map.of("f:owner", Map.of("f:contact", Map.of())));
    return entry;
  }

  @BesideOthers
  void an_ended_token_does_not_come_back_in_another_secret(TestNamespace namespace) {
    admit(namespace);
    allow(namespace, "secrets", BOB, rule("", "secrets", "get, create, update, patch, delete"));
    var bob = as(BOB, namespace);
    eventually("bob may write Secrets")
        .ignoreExceptions()
        .until(() -> bob.create("{apiVersion: v1, kind: Secret, metadata: {name: mine}}") != null);
    var admin = Scene.in(namespace);
    admin.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: ended, annotations: {credence.dev/suspended: 11111111}}, stringData: {token: '%s'}}"
            .formatted(legacyToken()));
    assertRefused(
        () -> bob.client().resource(bob.secret("ended").get()).delete(),
        "Secret ended contains a token that Credence invalidated");

    var opaque =
        "{apiVersion: v1, kind: Secret, metadata: {name: again}, stringData: {token: '%s'}}"
            .formatted(legacyToken());
    var typed =
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: typed, annotations: {kubernetes.io/service-account.name: default}}, stringData: {token: '%s'}}"
            .formatted(legacyToken());
    suspend(namespace, "because");
    eventually("no such token is written while an account of the namespace is suspended")
        .until(() -> isRefused(() -> bob.create(opaque)));
    assertRefused(() -> bob.create(typed), "contains a token of a ServiceAccount");
    assertRefused(
        () -> bob.patch(bob.secret("mine"), "{stringData: {token: '%s'}}".formatted(legacyToken())),
        "contains a token of a ServiceAccount");
    bob.patch(bob.secret("mine"), "{stringData: {token: eyJhbGciOiJSUzI1NiJ9.e30.c2ln}}");
    suspend(namespace, null);
  }

  /// As Kubernetes issues them, but for the signature.
  private static String legacyToken() {
    return Stream.of(
            "{\"alg\":\"RS256\",\"kid\":\"a\"}",
            "{\"iss\":\"kubernetes/serviceaccount\",\"sub\":\"x\"}")
        .map(EscalationIT::encoded)
        .collect(Collectors.joining(".", "", ".c2ln"));
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @BesideOthers
  void the_end_of_a_token_and_the_label_of_a_discovered_identity_are_the_operators(
      TestNamespace namespace) {
    admit(namespace);
    allow(namespace, "secrets", BOB, rule("", "secrets", "get, patch"));
    var bob = as(BOB, namespace);
    var admin = Scene.in(namespace);
    admin.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: t, annotations: {credence.dev/account-uid: a, credence.dev/expires-at: '2027-01-01T00:00:00Z'}}}");
    admin.create("{apiVersion: v1, kind: Secret, metadata: {name: plain}}");
    eventually("bob may annotate")
        .ignoreExceptions()
        .until(
            () -> {
              bob.annotate(bob.secret("plain"), "credence.dev/expires-at", "2027-01-01T00:00:00Z");
              return true;
            });
    assertRefused(
        () -> bob.annotate(bob.secret("t"), "credence.dev/expires-at", "9999-01-01T00:00:00Z"),
        "Only Credence writes credence.dev/expires-at on Secret t");
    assertRefused(
        () ->
            bob.create(
                "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: crm, labels: {credence.dev/discovered: 'true'}}, spec: {"
                    + OWNER
                    + "}}"),
        "Only Credence writes the label credence.dev/discovered");
  }

  private static void admit(TestNamespace namespace) {
    var identities = rule("credence.dev", "machineidentities", "get, list, create, update, patch");
    for (var user : List.of(BOB, TOM, CAROL, EVE)) {
      allow(namespace, user.substring(0, 3), user, identities);
    }
    for (var user : List.of(CAROL, EVE)) {
      allow(
          namespace,
          "approver-" + user.substring(0, 3),
          user,
          rule("credence.dev", "machineidentities", "approve, review"));
    }
    allow(
        namespace,
        "crm",
        TOM,
        "{apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [crm], verbs: [create]}, {apiGroups: [''], resources: [serviceaccounts], resourceNames: [crm], verbs: [delete]}");
    allow(
        namespace,
        "as-bot",
        EVE,
        "{apiGroups: [''], resources: [serviceaccounts], resourceNames: [bot], verbs: [impersonate]}");
    Scene.in(namespace)
        .create(
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: bot}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: bob}, subjects: [{kind: ServiceAccount, name: bot, namespace: %s}]}"
                .formatted(namespace.name()));
    var eve = as(EVE, namespace);
    var bot = as("system:serviceaccount:" + namespace.name() + ":bot", namespace);
    eventually("they may")
        .ignoreExceptions()
        .until(() -> eve.identities().count() + bot.identities().count() >= 0);
  }

  private static String rule(String group, String resource, String verbs) {
    return "{apiGroups: ['%s'], resources: [%s], verbs: [%s]}".formatted(group, resource, verbs);
  }

  private static void allow(TestNamespace namespace, String name, String user, String rules) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: %s}, rules: [%s]}"
            .formatted(name, rules));
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: %1$s}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%2$s'}]}"
            .formatted(name, user));
  }

  /// As the operator writes it; null: nobody is suspended any more.
  private static void suspend(TestNamespace namespace, @Nullable String why) {
    var name = "of-" + namespace.name();
    var lists =
        cluster.client().resources(SuspensionList.class).inNamespace(LocalCluster.NAMESPACE);
    if (why == null) {
      lists.withName(name).delete();
      return;
    }
    new Scene(cluster.client(), LocalCluster.NAMESPACE)
        .create(
            "{apiVersion: credence.dev/v1alpha1, kind: SuspensionList, metadata: {name: %s}, spec: {revision: '1', accounts: {%s.crm: %s}}}"
                .formatted(name, namespace.name(), why));
  }

  private static Scene as(String user, TestNamespace namespace) {
    return new Scene(CLIENTS.computeIfAbsent(user, EscalationIT::impersonating), namespace.name());
  }

  private static KubernetesClient impersonating(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .withUserAgent("credence-tests")
                .withRequestRetryBackoffLimit(0)
                .withImpersonateUsername(user)
                .build())
        .build();
  }

  private static void assertRefused(ThrowingCallable write, String... words) {
    assertThat(refusal(write))
        .as("what the API server says")
        .hasValueSatisfying(message -> assertThat(message).contains(List.of(words)));
  }

  private static boolean isRefused(ThrowingCallable write) {
    return refusal(write).isPresent();
  }

  private static Optional<String> refusal(ThrowingCallable write) {
    var refusal = catchThrowableOfType(KubernetesClientException.class, write);
    return Optional.ofNullable(refusal)
        .map(KubernetesClientException::getMessage)
        .filter(message -> message.contains("ValidatingAdmissionPolicy"));
  }
}
