// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.lifecycle;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.annotation;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the API server itself refuses by the chart's policies, and what passes. No operator runs:
/// what it would write is written under its name.
@OnCluster
class AdmissionIT {
  private static final String OPERATOR =
      "system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT;

  /// The Job of `helm uninstall`.
  private static final String RELEASE = OPERATOR + "-release";

  private static final String TENANT = "tina@example.com";
  private static final String REQUESTER = "rob@example.com";
  private static final String APPROVER = "anna@example.com";
  private static final String RESTORER = "ruth@example.com";
  private static final String COLLECTOR =
      "system:serviceaccount:kube-system:generic-garbage-collector";

  private static final String TOKEN_OF = "kubernetes.io/service-account.name";

  private static final Map<String, KubernetesClient> CLIENTS = new ConcurrentHashMap<>();
  private static final List<String> WARNINGS = new CopyOnWriteArrayList<>();

  private static LocalCluster cluster;

  /// An API server takes a moment to go by policies that are new to it.
  @BeforeAll
  static void awaitPolicies(LocalCluster shared) {
    cluster = shared;
    cluster.chart("admission.owner.warn=true");
    awaitWarnings();
    try (var probes = inNamespace("probes", Map.of("credence.dev/enforce", "owner"))) {
      admit(probes);
      var tenant = as(TENANT, probes);
      tenant.identity("probe", OWNER);
      eventually("marks, owner and approval are kept")
          .until(
              () ->
                  isRefused(() -> tenant.create(marked("generateName: probe-")))
                      && isRefused(() -> createUnowned(tenant))
                      && isRefused(() -> approve(tenant, "probe", "now " + System.nanoTime())));
      if (stamps()) {
        eventually("who asks is written on an identity")
            .until(
                () -> {
                  tenant.patch(
                      tenant.identity("probe"),
                      "{spec: {purpose: '%d'}}".formatted(System.nanoTime()));
                  return annotation(tenant.identity("probe"), "credence.dev/requested-by")
                      .isPresent();
                });
      }
    }
  }

  private static void awaitWarnings() {
    try (var warned = inNamespace("warned", Map.of())) {
      admit(warned);
      var tenant = as(TENANT, warned);
      eventually("a missing owner is warned about")
          .until(
              () -> {
                createUnowned(tenant);
                return !warnings(warned).isEmpty();
              });
    }
  }

  @AfterAll
  static void close() {
    cluster.chart("admission.owner.warn=false");
    CLIENTS.values().forEach(KubernetesClient::close);
    CLIENTS.clear();
  }

  /// Of a copy: the kinds that came with the chart are known by now.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "suspended",
        "no-new-tokens",
        "approval",
        "review",
        "owner",
        "marks",
        "issued",
        "escalation",
        "discovered",
        "ended-tokens",
        "operator"
      })
  void every_expression_fits_the_types_that_it_is_for(String name) {
    var policies = cluster.client().admissionRegistration().v1().validatingAdmissionPolicies();
    var policy = policies.withName(name + ".credence.dev").get();
    policy.setMetadata(new ObjectMetaBuilder().withGenerateName("types-of-" + name + "-").build());
    policy.setStatus(null);
    var copy = policies.resource(policies.resource(policy).create());
    try {
      eventually("the API server has checked its types")
          .until(() -> copy.get().getStatus().getObservedGeneration() != null);
      assertThat(copy.get().getStatus().getTypeChecking().getExpressionWarnings()).isEmpty();
    } finally {
      copy.delete();
    }
  }

  // Suspension

  @BesideOthers
  void a_suspended_account_writes_nothing_until_it_is_resumed(TestNamespace namespace) {
    var admin = Scene.in(namespace);
    admin.createAccount("crm-sync");
    admin.createAccount("crm-report");
    bind(namespace, "edit", account(namespace, "crm-sync"), account(namespace, "crm-report"));
    try (var client = withTokenOf(namespace, "crm-sync")) {
      var account = new Scene(client, namespace.name());
      account.create(configMap("orders"));

      var start = System.nanoTime();
      suspend(namespace, "crm-sync", "crm 4f1c8a2b 2026-11-22T13:00:00Z");
      eventually("its writes are refused")
          .until(() -> isRefused(() -> touch(account, "orders", start)));
      print("a suspended account was refused", start);

      assertRefused(
          () -> account.create(configMap("more")),
          "ServiceAccount %s/crm-sync is suspended: MachineIdentity crm 4f1c8a2b 2026-11-22T13:00:00Z"
              .formatted(namespace));
      assertRefused(() -> configMaps(account, "orders").delete(), "is suspended");
      assertRefused(
          () -> client.raw("/api/v1/namespaces/%s/pods/none/proxy/".formatted(namespace)),
          "is suspended");
      // Reads are never seen by admission, and the next account is not meant.
      assertThat(configMaps(account, "orders").get()).isNotNull();
      as(account(namespace, "crm-report"), namespace).create(configMap("report"));

      var resumed = System.nanoTime();
      resume(namespace, "crm-sync");
      eventually("it writes again")
          .until(() -> !isRefused(() -> touch(account, "orders", resumed)));
      print("a resumed account was let in", resumed);
      account.create(configMap("more"));
    }
  }

  @BesideOthers
  void a_suspended_account_gets_no_new_token(TestNamespace namespace) {
    var admin = Scene.in(namespace);
    admin.createAccount("crm-sync");
    admin.createAccount("crm-report");
    admin.create(tokenSecret("old", "crm-sync", ""));
    suspend(namespace, "crm-sync", "crm 4f1c8a2b 2026-11-22T13:00:00Z");
    eventually("it gets none").until(() -> isRefused(() -> token(namespace, "crm-sync")));

    assertRefused(
        () -> token(namespace, "crm-sync"),
        "ServiceAccount %s/crm-sync is suspended and gets no new token: MachineIdentity crm 4f1c8a2b"
            .formatted(namespace));
    assertRefused(
        () -> admin.create(tokenSecret("new", "crm-sync", "")),
        "and gets no new token: MachineIdentity");
    admin.create(tokenSecret("others", "crm-report", ""));
    assertRefused(
        () -> admin.annotate(admin.secret("others"), TOKEN_OF, "crm-sync"), "gets no new token");
    // What it has already is only relabelled, and other accounts are not meant.
    admin.patch(admin.secret("old"), "{metadata: {labels: {seen: 'true'}}}");
    admin.create("{apiVersion: v1, kind: Secret, metadata: {name: plain}}");
    assertThat(token(namespace, "crm-report")).isNotEmpty();

    resume(namespace, "crm-sync");
    eventually("it gets one").until(() -> !isRefused(() -> token(namespace, "crm-sync")));
  }

  @BesideOthers
  void kubernetes_and_the_operator_are_never_suspended(TestNamespace namespace) {
    var kube = "system:serviceaccount:kube-system:" + namespace;
    bind(namespace, "edit", kube, account(namespace, "canary"));
    var keys = List.of("kube-system." + namespace, "credence-system.credence");
    try {
      keys.forEach(key -> enter(key, "'a mistake'"));
      suspend(namespace, "canary", "a mistake");
      var canary = as(account(namespace, "canary"), namespace);
      eventually("it is in force")
          .until(() -> isRefused(() -> canary.create(configMap("of-canary"))));

      as(kube, namespace).create(configMap("of-kubernetes"));
      as(OPERATOR, namespace).create(owned("Secret, metadata: {name: crm-db", namespace));
      assertThat(
              cluster
                  .client()
                  .serviceAccounts()
                  .inNamespace(LocalCluster.NAMESPACE)
                  .withName(LocalCluster.ACCOUNT)
                  .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build()))
          .isNotNull();
    } finally {
      keys.forEach(key -> enter(key, null));
      resume(namespace, "canary");
    }
  }

  @BesideOthers
  void an_upgrade_of_the_chart_leaves_the_suspended_suspended(TestNamespace namespace) {
    suspend(namespace, "crm-sync", "crm 4f1c8a2b 2026-11-22T13:00:00Z");
    suspend(namespace, "payments", "crm 4f1c8a2b 2026-11-22T13:00:00Z");
    bind(namespace, "edit", account(namespace, "crm-sync"), account(namespace, "payments"));
    try {
      upgrade(
          "commonLabels.upgraded-by=" + namespace,
          "settings.neverSuspend={" + namespace + "/payments}");
      var payments = as(account(namespace, "payments"), namespace);
      eventually("an account that is never suspended writes")
          .until(() -> !isRefused(() -> payments.create(configMap("paid"))));
      payments.create(configMap("more"));
      var sync = as(account(namespace, "crm-sync"), namespace);
      assertRefused(() -> sync.create(configMap("orders")), "is suspended: MachineIdentity crm");
      Scene.in(namespace).createAccount("payments");
      // Another policy, which may be new to the server a moment later.
      eventually("it gets a token").until(() -> !isRefused(() -> token(namespace, "payments")));
    } finally {
      upgrade();
      resume(namespace, "crm-sync");
      resume(namespace, "payments");
    }
  }

  private static void upgrade(String... values) {
    var all = new ArrayList<>(List.of("operator.enabled=false", "admission.owner.warn=true"));
    all.addAll(List.of(values));
    cluster.helm(
        "upgrade",
        "credence",
        LocalCluster.TOP.resolve("helm/credence").toString(),
        "--namespace",
        LocalCluster.NAMESPACE,
        "--set",
        String.join(",", all));
  }

  // Approval

  @BesideOthers
  void who_asks_is_written_on_the_identity(TestNamespace namespace) {
    assumeTrue(stamps(), "this API server knows no MutatingAdmissionPolicy");
    admit(namespace);
    var requester = as(REQUESTER, namespace);
    var tenant = as(TENANT, namespace);
    requester.create(
        "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/requested-by: %s}}, spec: {%s}}"
            .formatted(TENANT, OWNER));
    assertThat(requester(requester)).hasValue(REQUESTER);

    tenant.patch(tenant.identity("crm"), "{metadata: {labels: {seen: 'true'}}}");
    tenant.annotate(tenant.identity("crm"), Api.ROTATE, "now");
    assertThat(requester(tenant)).hasValue(REQUESTER);
    tenant.patch(tenant.identity("crm"), "{spec: {purpose: CHG-1234}}");
    assertThat(requester(tenant)).hasValue(REQUESTER + ", " + TENANT);

    assertRefused(
        () -> tenant.annotate(tenant.identity("crm"), "credence.dev/requested-by", REQUESTER),
        "changes only with the spec",
        TENANT);
    assertRefused(
        () ->
            requester.patch(
                requester.identity("crm"),
                "{metadata: {annotations: {credence.dev/requested-by: null}}}"),
        "Leave it at \"");
  }

  @BesideOthers
  void who_asked_does_not_approve(TestNamespace namespace) {
    assumeTrue(stamps(), "this API server knows no MutatingAdmissionPolicy");
    admit(namespace);
    var requester = as(REQUESTER, namespace);
    var approver = as(APPROVER, namespace);
    requester.identity("crm", OWNER);

    assertRefused(
        () -> approve(requester, "crm", REQUESTER + " 7d1f"),
        REQUESTER + " requested the current spec of crm",
        "Another user must approve it");
    approve(approver, "crm", APPROVER + " 7d1f");
    assertThat(annotation(approver.identity("crm"), "credence.dev/approve"))
        .hasValue(APPROVER + " 7d1f");

    // Who changes the spec asks anew.
    approver.patch(approver.identity("crm"), "{spec: {purpose: CHG-1234}}");
    assertRefused(
        () -> approve(approver, "crm", APPROVER + " 8e20"), "Another user must approve it");
    approve(requester, "crm", REQUESTER + " 8e20");
  }

  @BesideOthers
  void an_approval_is_by_who_may_in_their_own_name_and_a_write_of_its_own(TestNamespace namespace) {
    admit(namespace);
    var requester = as(REQUESTER, namespace);
    var approver = as(APPROVER, namespace);
    var tenant = as(TENANT, namespace);
    requester.identity("crm", OWNER);

    assertRefused(
        () -> approve(tenant, "crm", TENANT + " 7d1f"),
        TENANT + " may not approve crm",
        "RBAC verb \"approve\" on machineidentities.credence.dev in namespace " + namespace);
    for (var value :
        List.of(REQUESTER + " 7d1f", APPROVER, APPROVER + " ", APPROVER + " smith 7d1f", "7d1f")) {
      assertRefused(
          () -> approve(approver, "crm", value),
          "Approve in your own name: set credence.dev/approve to \"" + APPROVER + " <scope>\"");
    }
    assertRefused(
        () ->
            approver.patch(
                approver.identity("crm"),
                "{metadata: {annotations: {credence.dev/approve: '%s 7d1f'}}, spec: {purpose: more}}"
                    .formatted(APPROVER)),
        "This write changes the spec and approves it");
    assertRefused(
        () ->
            approver.create(
                "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: billing, annotations: {credence.dev/approve: '%s 7d1f'}}, spec: {%s}}"
                    .formatted(APPROVER, OWNER)),
        "Create the MachineIdentity without credence.dev/approve");

    approve(approver, "crm", APPROVER + " 7d1f");
    // An approval that is there holds up nobody, and anybody may take it away.
    tenant.patch(tenant.identity("crm"), "{metadata: {labels: {seen: 'true'}}}");
    tenant.patch(tenant.identity("crm"), "{spec: {purpose: CHG-1234}}");
    tenant.patch(tenant.identity("crm"), "{metadata: {annotations: {credence.dev/approve: null}}}");
    assertThat(annotation(tenant.identity("crm"), "credence.dev/approve")).isEmpty();
  }

  // Review

  @BesideOthers
  void a_review_is_by_who_may_in_their_own_name_and_of_now(TestNamespace namespace) {
    admit(namespace);
    allow(namespace, "reviewers", "review", List.of(APPROVER));
    awaitRight(namespace, APPROVER, "review", "credence.dev", "machineidentities");
    var tenant = as(TENANT, namespace);
    var reviewer = as(APPROVER, namespace);
    tenant.identity("crm", OWNER);
    eventually("the API server goes by the policy")
        .until(() -> isRefused(() -> review(tenant, TENANT + " " + now().plusSeconds(1))));

    assertRefused(
        () -> review(tenant, TENANT + " " + now()),
        TENANT + " may not review crm",
        "RBAC verb \"review\" on machineidentities.credence.dev in namespace " + namespace);
    for (var value :
        List.of(
            TENANT + " " + now(),
            APPROVER,
            APPROVER + " today",
            APPROVER + " smith " + now(),
            APPROVER + " 2026-11-22T13:00:00",
            now().toString())) {
      assertRefused(
          () -> review(reviewer, value),
          "Review in your own name and with the current time: set credence.dev/review to \""
              + APPROVER
              + " <time>\"");
    }
    for (var time : List.of(now().plusSeconds(600), now().minusSeconds(600))) {
      assertRefused(
          () -> review(reviewer, APPROVER + " " + time), "Review with the current time: " + time);
    }
    assertRefused(
        () ->
            reviewer.create(
                "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: billing, annotations: {credence.dev/review: '%s %s'}}, spec: {%s}}"
                    .formatted(APPROVER, now(), OWNER)),
        "Create the MachineIdentity without credence.dev/review");

    review(reviewer, APPROVER + " " + now());
    // One that is there holds up nobody, and anybody may take it away.
    tenant.patch(tenant.identity("crm"), "{spec: {purpose: CHG-1234}}");
    tenant.patch(tenant.identity("crm"), "{metadata: {annotations: {credence.dev/review: null}}}");
    assertThat(annotation(tenant.identity("crm"), "credence.dev/review")).isEmpty();
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static void review(Scene scene, String value) {
    scene.annotate(scene.identity("crm"), "credence.dev/review", value);
  }

  // Owner

  @BesideOthers
  void what_nobody_answers_for_is_warned_of(TestNamespace namespace) {
    admit(namespace);
    var tenant = as(TENANT, namespace);
    tenant.createAccount("crm-sync");
    assertThat(warnings(namespace))
        .singleElement()
        .asString()
        .contains(
            "ServiceAccount crm-sync has no owner",
            "Set the annotation credence.dev/owner on it, or on the namespace " + namespace);

    tenant.create(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-report, annotations: {credence.dev/owner: alice@example.com}}}");
    tenant.create("{apiVersion: v1, kind: Secret, metadata: {name: plain}}");
    tenant.patch(tenant.account("crm-sync"), "{metadata: {labels: {seen: 'true'}}}");
    assertThat(warnings(namespace)).hasSize(1);
    tenant.create(tokenSecret("crm-sync-token", "crm-sync", ""));
    assertThat(warnings(namespace))
        .hasSize(2)
        .last()
        .asString()
        .contains("Secret crm-sync-token has no owner");
  }

  @BesideOthers
  void what_nobody_answers_for_is_refused_where_that_is_enforced() {
    try (var namespace = inNamespace("enforced", Map.of())) {
      admit(namespace);
      var tenant = as(TENANT, namespace);
      tenant.createAccount("from-before");
      change(namespace, "labels: {credence.dev/enforce: owner}");
      eventually("one without an owner is refused")
          .until(() -> isRefused(() -> createUnowned(tenant)));

      assertRefused(
          () -> tenant.createAccount("crm-sync"),
          "ServiceAccount crm-sync has no owner. Set the annotation credence.dev/owner on it");
      assertRefused(
          () -> tenant.create(tokenSecret("crm-token", "from-before", "")),
          "Secret crm-token has no owner");
      tenant.create(tokenSecret("crm-token", "from-before", ", credence.dev/owner: alice"));
      tenant.create("{apiVersion: v1, kind: Secret, metadata: {name: plain}}");

      // What was without an owner is not held up; what has one keeps one.
      var before = tenant.account("from-before");
      tenant.patch(before, "{metadata: {labels: {seen: 'true'}}}");
      tenant.annotate(before, Api.OWNER, "alice@example.com");
      tenant.annotate(before, Api.OWNER, "bob@example.com");
      assertRefused(
          () -> tenant.patch(before, "{metadata: {annotations: {credence.dev/owner: null}}}"),
          "This write removes the owner of ServiceAccount from-before");
      assertRefused(() -> tenant.annotate(before, Api.OWNER, ""), "removes the owner");

      // Kubernetes makes this one in every namespace.
      var byDefault = tenant.account("default");
      byDefault.delete();
      eventually("there is a default account").until(() -> byDefault.get() != null);
      tenant.annotate(byDefault, Api.OWNER, "alice@example.com");
      tenant.patch(byDefault, "{metadata: {annotations: {credence.dev/owner: null}}}");
      as("system:serviceaccount:kube-system:service-account-controller", namespace)
          .createAccount("by-kubernetes");
      // The operator provisions for an identity, which has the owner.
      as(OPERATOR, namespace)
          .create(owned("ServiceAccount, metadata: {name: crm-report", namespace));

      change(namespace, "annotations: {credence.dev/owner: alice@example.com}");
      eventually("the owner of the namespace is enough")
          .until(() -> !isRefused(() -> createUnowned(tenant)));
      tenant.patch(before, "{metadata: {annotations: {credence.dev/owner: null}}}");
    }
  }

  private static void createUnowned(Scene scene) {
    scene.create("{apiVersion: v1, kind: ServiceAccount, metadata: {generateName: unowned-}}");
  }

  // Marks

  @BesideOthers
  void nobody_but_the_operator_marks_an_object(TestNamespace namespace) {
    admit(namespace);
    var tenant = as(TENANT, namespace);
    tenant.create("{apiVersion: v1, kind: Secret, metadata: {name: mine}, data: {a: bWluZQ==}}");
    assertRefused(
        () -> tenant.annotate(tenant.secret("mine"), Api.SECRET_VERSION, "7"),
        "Only Credence writes credence.dev/version on Secret mine. Leave it unchanged");
    assertRefused(
        () ->
            tenant.patch(
                tenant.secret("mine"),
                "{metadata: {labels: {credence.dev/identity: crm}, annotations: {credence.dev/held-by: x}}}"),
        "credence.dev/held-by, credence.dev/identity on Secret mine");
    for (var kind : List.of("v1, kind: Secret", "v1, kind: ServiceAccount")) {
      assertRefused(
          () ->
              tenant.create(
                  "{apiVersion: %s, metadata: {name: new, labels: {credence.dev/identity: crm}}}"
                      .formatted(kind)),
          "Only Credence writes credence.dev/identity on ",
          " new.");
    }
    assertRefused(
        () -> tenant.create(job("verify")),
        "credence.dev/step, credence.dev/attempt on Job verify");
    // Nor by way of a CronJob.
    assertRefused(
        () ->
            as("system:serviceaccount:kube-system:cronjob-controller", namespace)
                .create(job("by-template")),
        "Only Credence writes ");

    // What people write is theirs.
    tenant.patch(
        tenant.secret("mine"),
        "{metadata: {annotations: {credence.dev/adopt: crm, credence.dev/expires-at: '2027-01-01T00:00:00Z', credence.dev/owner: alice}}}");
    var operator = as(OPERATOR, namespace);
    operator.annotate(operator.secret("mine"), Api.HELD_BY, "11111111");
    as(RESTORER, namespace).create(marked("name: restored"));
  }

  @BesideOthers
  void what_the_operator_made_stays_known_as_that(TestNamespace namespace) {
    var tenant = generated(namespace);
    var secret = tenant.secret("crm-db");
    for (var without :
        List.of(
            "annotations: {credence.dev/version: null}",
            "annotations: null",
            "labels: {credence.dev/identity: null}")) {
      assertRefused(
          () -> tenant.patch(secret, "{metadata: {%s}}".formatted(without)),
          " on Secret crm-db to recognize objects that it created. Do not remove it");
    }
    assertRefused(() -> tenant.annotate(secret, Api.SECRET_VERSION, "1"), "Only Credence writes ");
    assertRefused(
        () -> tenant.patch(secret, "{metadata: {ownerReferences: null}}"),
        "Secret crm-db belongs to a MachineIdentity. Do not remove its ownerReference");
    assertRefused(
        () -> tenant.client().resource(unmarked("crm-db")).inNamespace(namespace.name()).update(),
        "to recognize objects that it created");

    tenant.patch(secret, "{metadata: {labels: {team: sales}}, data: {theirs: bWluZQ==}}");
    tenant.annotate(secret, Api.ROTATE, "now");
    tenant.annotate(secret, Api.ROTATE, "again");
    // As after `kubectl delete --cascade=orphan`, and as the operator gives something back.
    var collector = as(COLLECTOR, namespace);
    collector.patch(collector.secret("crm-db"), "{metadata: {ownerReferences: null}}");
    var operator = as(OPERATOR, namespace);
    operator.patch(
        operator.secret("crm-db"),
        "{metadata: {annotations: {credence.dev/version: null, credence.dev/recipe: null}, labels: {credence.dev/identity: null}}}");
    assertThat(tenant.isUnmarked(secret)).isTrue();
  }

  @BesideOthers
  void an_object_is_not_handed_to_an_identity(TestNamespace namespace) {
    var tenant = generated(namespace);
    var owner =
        "apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, uid: "
            + tenant.identity("crm").get().getMetadata().getUid();
    tenant.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: mine, ownerReferences: [{%s}]}}"
            .formatted(owner));
    assertRefused(
        () ->
            tenant.patch(
                tenant.secret("mine"),
                "{metadata: {ownerReferences: [{%s, controller: true}]}}".formatted(owner)),
        "Secret mine has an ownerReference with controller: true to a MachineIdentity",
        "credence.dev/adopt");
  }

  @BesideOthers
  void a_linked_object_is_written_by_its_holder_as_ever(TestNamespace namespace) {
    admit(namespace);
    var tenant = as(TENANT, namespace);
    var secret = tenant.secret("smtp");
    tenant.create(plainSecret("smtp"));
    var operator = as(OPERATOR, namespace);
    operator.patch(
        operator.secret("smtp"),
        "{metadata: {labels: {credence.dev/identity: crm}, annotations: {credence.dev/owner: alice, credence.dev/team: sales}}}");

    tenant.patch(secret, "{data: {password: bW9yZQ==}}");
    assertThat(tenant.isMarked(secret, "crm")).isTrue();
    // As `kubectl replace` and many a controller do.
    tenant.client().resource(unmarked("smtp")).inNamespace(namespace.name()).update();
    assertThat(tenant.isUnmarked(secret)).isTrue();
  }

  @BesideOthers
  void nobody_has_a_hand_in_a_pending_value(TestNamespace namespace) {
    var tenant = generated(namespace);
    var pending = tenant.secret("crm-db-pending");
    for (var change :
        List.of(
            "data: {password: bW9yZQ==}",
            "data: {theirs: bW9yZQ==}",
            "immutable: true",
            "metadata: {labels: {team: sales}}",
            "metadata: {annotations: {note: seen}}",
            "metadata: {finalizers: [tests.credence.dev/brake]}")) {
      assertRefused(
          () -> tenant.patch(pending, "{%s}".formatted(change)),
          "Secret crm-db-pending contains the next value of crm-db, and only Credence writes it");
    }
    tenant.annotate(pending, Api.ABORT, "now");
    tenant.annotate(pending, Api.ABORT, "again");
    tenant.patch(pending, "{metadata: {annotations: {credence.dev/abort: null}}}");
    var operator = as(OPERATOR, namespace);
    operator.patch(operator.secret("crm-db-pending"), "{data: {password: bW9yZQ==}}");
    pending.delete();
  }

  /// One write each that breaks one rule of the policy, and the one that breaks none.
  @BesideOthers
  void the_admitted_pod_alone_writes_what_another_system_issued_and_once(TestNamespace namespace) {
    var tenant = generated(namespace);
    var operator = as(OPERATOR, namespace);
    var uid = tenant.identity("crm").get().getMetadata().getUid();
    operator.create(issuing("crm-gitlab-pending", uid));
    var pending = tenant.secret("crm-gitlab-pending");
    tenant.createAccount("obtain");
    bindAccount(namespace, "obtain");
    try (var admitted = withTokenOfPod(namespace, "obtain", "hook");
        var other = withTokenOfPod(namespace, "obtain", "another")) {
      var hook = new Scene(admitted, namespace.name());
      var another = new Scene(other, namespace.name());
      var secret = hook.secret("crm-gitlab-pending");
      assertRefused(() -> hook.patch(secret, BOTH), "none is admitted yet. Wait and try again");
      operator.patch(
          operator.secret("crm-gitlab-pending"),
          "{metadata: {annotations: {credence.dev/issuer-pod: %s, credence.dev/issuer-job: crm-gitlab-v2-issue-1}}}"
              .formatted(podUid(namespace, "hook")));

      for (var scene : List.of(another, tenant)) {
        assertRefused(() -> scene.patch(scene.secret("crm-gitlab-pending"), BOTH), "Only ");
      }
      assertWrongContent(hook);
      for (var change :
          List.of(
              "metadata: {labels: {team: sales}}",
              "metadata: {annotations: {note: seen}}",
              "metadata: {ownerReferences: []}",
              "metadata: {finalizers: [tests.credence.dev/brake]}",
              "immutable: true")) {
        assertRefused(
            () -> hook.patch(secret, "{data: {%s}, %s}".formatted(ISSUED, change)), "Secret");
      }
      assertRefused(secret::delete, "Annotate Secret crm-gitlab with credence.dev/abort");
      assertRefused(pending::delete, "Annotate Secret crm-gitlab with credence.dev/abort");
      assertRefused(() -> tenant.create(issuing("beforehand", uid)), "Only Credence");

      hook.patch(secret, BOTH);
      assertRefused(() -> hook.patch(secret, BOTH.replace("Nw==", "OA==")), "written already");
      tenant.annotate(pending, Api.ABORT, "now");
      assertProbeIsRefused(operator);
      operator.patch(
          operator.secret("crm-gitlab-pending"), "{data: {token: null, token-id: null}}");
      as(COLLECTOR, namespace).secret("crm-gitlab-pending").delete();
    }
  }

  private static final String ISSUED = "token: dG9rZW4=, token-id: Nw==";
  private static final String BOTH = "{data: {" + ISSUED + "}}";

  private static void assertWrongContent(Scene hook) {
    var secret = hook.secret("crm-gitlab-pending");
    var large = Base64.getEncoder().encodeToString(new byte[16 * 1024 + 3]);
    for (var wrong :
        Map.of(
                "token: dG9rZW4=",
                "Write all issued keys of Secret crm-gitlab-pending in one",
                "token: '', token-id: Nw==",
                "each with a value",
                ISSUED + ", theirs: bW9yZQ==",
                "and no other key",
                ISSUED + ", salt: bW9yZQ==",
                "and no other key",
                ISSUED + ", salt: null",
                "and no other key",
                "token: " + large + ", token-id: Nw==",
                "has more than 16 KiB")
            .entrySet()) {
      assertRefused(() -> hook.patch(secret, "{data: {" + wrong.getKey() + "}}"), wrong.getValue());
    }
  }

  /// As the operator asks whether the API server enforces the policy: never stored, whoever asks.
  private static void assertProbeIsRefused(Scene operator) {
    var asked =
        catchThrowableOfType(
            KubernetesClientException.class,
            () ->
                operator.annotate(operator.secret("crm-gitlab-pending"), Api.ISSUED_PROBE, "job"));
    assertThat(asked.getCode()).isEqualTo(422);
    assertThat(asked).hasMessageContaining("The API server enforces issued.credence.dev");
  }

  /// As the operator creates it.
  private static String issuing(String name, String uid) {
    return """
    {apiVersion: v1, kind: Secret, data: {salt: bWluZQ==}, metadata: {name: %s,
     labels: {credence.dev/identity: crm},
     annotations: {credence.dev/version: '2', credence.dev/pending-for: crm-gitlab, credence.dev/issued-keys: 'token,token-id'},
     ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true, uid: %s}]}}
    """
        .formatted(name, uid);
  }

  private static void bindAccount(TestNamespace namespace, String account) {
    Scene.in(namespace)
        .create(
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: %s}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}, subjects: [{kind: ServiceAccount, name: %s, namespace: %s}]}"
                .formatted(account, account, namespace));
    awaitRight(namespace, account(namespace, account), "patch", "", "secrets");
  }

  /// Nobody runs the pod.
  private static KubernetesClient withTokenOfPod(
      TestNamespace namespace, String account, String pod) {
    Scene.in(namespace)
        .create(
            "{apiVersion: v1, kind: Pod, metadata: {name: %s}, spec: {schedulerName: nobody, serviceAccountName: %s, containers: [{name: hook, image: none}]}}"
                .formatted(pod, account));
    var request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod)
            .withUid(podUid(namespace, pod))
            .endBoundObjectRef()
            .endSpec()
            .build();
    var granted =
        cluster
            .client()
            .serviceAccounts()
            .inNamespace(namespace.name())
            .withName(account)
            .tokenRequest(request);
    return withToken(granted.getStatus().getToken());
  }

  private static String podUid(TestNamespace namespace, String pod) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace.name())
        .withName(pod)
        .get()
        .getMetadata()
        .getUid();
  }

  @BesideOthers
  void a_token_of_a_suspended_account_stays_invalid(TestNamespace namespace) {
    admit(namespace);
    var tenant = as(TENANT, namespace);
    var secret = tenant.secret("crm-token");
    tenant.createAccount("crm-sync");
    tenant.create(tokenSecret("crm-token", "crm-sync", ""));
    tenant.patch(secret, invalidSince("'2026-11-20'"));
    tenant.patch(secret, invalidSince("null"));
    var operator = as(OPERATOR, namespace);
    operator.patch(
        operator.secret("crm-token"),
        "{metadata: {labels: {kubernetes.io/legacy-token-invalid-since: '2026-11-22'}, annotations: {credence.dev/suspended: now}}}");

    for (var date : List.of("null", "''", "'2026-11-23'")) {
      assertRefused(
          () -> tenant.patch(secret, invalidSince(date)),
          "Secret crm-token is a token of a suspended ServiceAccount",
          "Resume the MachineIdentity instead");
    }
    assertRefused(
        () -> tenant.patch(secret, "{metadata: {annotations: {credence.dev/suspended: null}}}"),
        "Credence needs credence.dev/suspended on Secret crm-token to recognize objects that it suspended");
    tenant.patch(secret, invalidSince("'2026-11-21'"));
    tenant.patch(secret, "{metadata: {labels: {team: sales}}}");
    bind(namespace, "ClusterRole, name: edit", "release", List.of(RELEASE));
    awaitRight(namespace, RELEASE, "patch", "", "secrets");
    var release = as(RELEASE, namespace);
    for (var more : List.of("version: '7'", "held-by: x")) {
      assertRefused(
          () ->
              release.patch(
                  release.secret("crm-token"),
                  "{metadata: {annotations: {credence.dev/suspended: null, credence.dev/%s}}}"
                      .formatted(more)),
          "Only Credence writes ");
    }
    for (var end : List.of(operator, release)) {
      end.patch(
          end.secret("crm-token"),
          "{metadata: {labels: {kubernetes.io/legacy-token-invalid-since: null}, annotations: {credence.dev/suspended: null}}}");
      operator.patch(
          operator.secret("crm-token"),
          "{metadata: {labels: {kubernetes.io/legacy-token-invalid-since: '2026-11-22'}, annotations: {credence.dev/suspended: now}}}");
    }
  }

  private static String invalidSince(String date) {
    return "{metadata: {labels: {kubernetes.io/legacy-token-invalid-since: %s}}}".formatted(date);
  }

  /// An object as the operator creates it for an identity of the namespace.
  private static String owned(String beginning, TestNamespace namespace) {
    return "{apiVersion: v1, kind: %s, ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true, uid: %s}]}}"
        .formatted(beginning, Scene.in(namespace).identity("crm", OWNER).getMetadata().getUid());
  }

  /// An identity with a generated Secret and its pending value, as the operator makes them.
  private static Scene generated(TestNamespace namespace) {
    admit(namespace);
    var tenant = as(TENANT, namespace);
    var uid = tenant.identity("crm", OWNER).getMetadata().getUid();
    var created =
        """
        {apiVersion: v1, kind: Secret, data: {password: bWluZQ==}, metadata: {name: crm-db%s,
         labels: {credence.dev/identity: crm}, annotations: {credence.dev/version: '2', credence.dev/recipe: x%s},
         ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true, uid: %s}]}}
        """;
    var operator = as(OPERATOR, namespace);
    operator.create(created.formatted("", "", uid));
    operator.create(created.formatted("-pending", ", credence.dev/pending-for: crm-db", uid));
    return tenant;
  }

  // Who writes

  private static Scene as(String user, TestNamespace namespace) {
    return new Scene(CLIENTS.computeIfAbsent(user, AdmissionIT::impersonating), namespace.name());
  }

  private static KubernetesClient impersonating(String user) {
    var config =
        new ConfigBuilder(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
            .withUserAgent("credence-tests")
            .withRequestRetryBackoffLimit(0)
            .withImpersonateUsername(user)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("warnings", new Warnings()))
        .build();
  }

  private static KubernetesClient withTokenOf(TestNamespace namespace, String account) {
    return withToken(token(namespace, account));
  }

  private static KubernetesClient withToken(String token) {
    var admin = Config.fromKubeconfig(cluster.kubeconfig().toFile());
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl(admin.getMasterUrl())
                .withCaCertData(admin.getCaCertData())
                .withCaCertFile(admin.getCaCertFile())
                .withOauthToken(token)
                .withUserAgent("credence-tests")
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /// What the API server warned of.
  private static final class Warnings implements Interceptor {
    @Override
    public void after(
        HttpRequest request,
        HttpResponse<?> response,
        AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      response
          .headers("Warning")
          .forEach(warning -> WARNINGS.add(request.uri().getPath() + " " + warning));
    }
  }

  private static List<String> warnings(TestNamespace namespace) {
    return WARNINGS.stream()
        .filter(warning -> warning.contains("/namespaces/" + namespace + "/"))
        .toList();
  }

  private static TestNamespace inNamespace(String name, Map<String, String> labels) {
    return TestNamespace.create(cluster.client(), name, labels);
  }

  private static void change(TestNamespace namespace, String metadata) {
    Scene.in(namespace)
        .patch(
            cluster.client().namespaces().withName(namespace.name()),
            "{metadata: {%s}}".formatted(metadata));
  }

  private static String account(TestNamespace namespace, String name) {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  /// Everybody may edit; requester and approver may approve, and one may restore backups.
  private static void admit(TestNamespace namespace) {
    bind(namespace, "edit", TENANT, REQUESTER, APPROVER, RESTORER);
    allow(
        namespace,
        "identities",
        "get, list, create, update, patch, delete",
        List.of(TENANT, REQUESTER, APPROVER));
    allow(namespace, "approvers", "approve", List.of(REQUESTER, APPROVER));
    allow(namespace, "restorers", "mark", List.of(RESTORER));
    awaitRight(namespace, RESTORER, "mark", "credence.dev", "machineidentities");
  }

  private static void allow(
      TestNamespace namespace, String name, String verbs, List<String> users) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: %s}, rules: [{apiGroups: [credence.dev], resources: [machineidentities], verbs: [%s]}]}"
            .formatted(name, verbs));
    bind(namespace, "Role, name: " + name, name, users);
  }

  private static void bind(TestNamespace namespace, String clusterRole, String... users) {
    bind(namespace, "ClusterRole, name: " + clusterRole, clusterRole, List.of(users));
    awaitRight(namespace, users[0], "create", "", "configmaps");
  }

  private static void bind(TestNamespace namespace, String role, String name, List<String> users) {
    var subjects =
        users.stream()
            .map("{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%s'}"::formatted)
            .toList();
    Scene.in(namespace)
        .create(
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: %s}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s}, subjects: %s}"
                .formatted(name, role, subjects));
  }

  /// The API server learns of new rights in their order.
  private static void awaitRight(
      TestNamespace namespace, String user, String verb, String group, String resource) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withNamespace(namespace.name())
            .withVerb(verb)
            .withGroup(group)
            .withResource(resource)
            .endResourceAttributes()
            .endSpec()
            .build();
    eventually("%s may %s %s".formatted(user, verb, resource))
        .until(() -> cluster.client().resource(review).create().getStatus().getAllowed());
  }

  // What is written

  private static void suspend(TestNamespace namespace, String account, String why) {
    enter(namespace + "." + account, why);
  }

  private static void resume(TestNamespace namespace, String account) {
    enter(namespace + "." + account, null);
  }

  /// Each entry in a list of its own, since tests run side by side.
  private static void enter(String key, @Nullable String value) {
    var list = new SuspensionList();
    list.setMetadata(
        new ObjectMetaBuilder()
            .withName("test-" + key)
            .withNamespace(LocalCluster.NAMESPACE)
            .build());
    if (value == null) {
      cluster.client().resource(list).delete();
    } else {
      list.setSpec(new SuspensionListSpec("1", Map.of(key, value), null));
      cluster.client().resource(list).create();
    }
  }

  private static String token(TestNamespace namespace, String account) {
    return cluster
        .client()
        .serviceAccounts()
        .inNamespace(namespace.name())
        .withName(account)
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
        .getStatus()
        .getToken();
  }

  private static String tokenSecret(String name, String account, String annotations) {
    return "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: %s, annotations: {%s: %s%s}}}"
        .formatted(name, TOKEN_OF, account, annotations);
  }

  private static String plainSecret(String name) {
    return "{apiVersion: v1, kind: Secret, metadata: {name: %s}, data: {password: bWluZQ==}}"
        .formatted(name);
  }

  private static Secret unmarked(String name) {
    return Scene.read(plainSecret(name), Secret.class);
  }

  private static String marked(String name) {
    return "{apiVersion: v1, kind: Secret, metadata: {%s, annotations: {credence.dev/version: '7'}}}"
        .formatted(name);
  }

  private static String job(String name) {
    return """
    {apiVersion: batch/v1, kind: Job, metadata: {name: %s, annotations: {credence.dev/step: verify, credence.dev/attempt: '1'}},
     spec: {template: {spec: {restartPolicy: Never, containers: [{name: hook, image: postgres:18}]}}}}
    """
        .formatted(name);
  }

  private static String configMap(String name) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}".formatted(name);
  }

  private static Resource<ConfigMap> configMaps(Scene scene, String name) {
    return scene.client().configMaps().inNamespace(scene.namespace()).withName(name);
  }

  private static void touch(Scene scene, String configMap, long value) {
    scene.patch(configMaps(scene, configMap), "{data: {at: '%d'}}".formatted(value));
  }

  private static void approve(Scene scene, String identity, String value) {
    scene.annotate(scene.identity(identity), "credence.dev/approve", value);
  }

  private static Optional<String> requester(Scene scene) {
    return annotation(scene.identity("crm"), "credence.dev/requested-by");
  }

  private static boolean stamps() {
    return cluster.client().supports("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy");
  }

  // What the API server says to it

  /// By a policy, and with these words.
  private static void assertRefused(ThrowingCallable write, String... words) {
    assertThat(refusal(write))
        .as("what the API server says")
        .hasValueSatisfying(message -> assertThat(message).contains(List.of(words)));
  }

  private static boolean isRefused(ThrowingCallable write) {
    return refusal(write).isPresent();
  }

  /// What a policy says to it. Any other answer than yes is a mistake of the test.
  private static Optional<String> refusal(ThrowingCallable write) {
    var refusal = catchThrowableOfType(KubernetesClientException.class, write);
    if (refusal == null) {
      return Optional.empty();
    }
    assertThat(refusal).hasMessageContaining("ValidatingAdmissionPolicy");
    assertThat(refusal.getCode()).isEqualTo(403);
    return Optional.of(refusal.getMessage());
  }

  private static void print(String what, long start) {
    System.out.printf(
        "Seconds: %s after %.2f s%n",
        what, Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
  }
}
