// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.argocd;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.CommandLine;
import dev.credence.system.Kstatus;
import dev.credence.system.Scene;
import dev.credence.system.Versions;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What makes an operator live in peace with Argo CD, Flux and Helm: nothing that tracks an object
/// of Git gets onto what is made for it, nothing is written that Git states, and the status never
/// says that something is done before it is.
@WithOperator
class GitOpsIT {
  /// What tools recognize their own objects by, as labels or annotations.
  private static final Map<String, String> TRACKING_LABELS =
      Map.of(
          "app.kubernetes.io/instance", "sales",
          "app.kubernetes.io/managed-by", "Helm",
          "argocd.argoproj.io/instance", "sales",
          "helm.sh/chart", "sales-1.2.3",
          "helm.toolkit.fluxcd.io/name", "sales",
          "kustomize.toolkit.fluxcd.io/name", "sales",
          "kustomize.toolkit.fluxcd.io/namespace", "flux-system",
          "team.example.com/cost-centre", "4711");

  private static final Map<String, String> TRACKING_ANNOTATIONS =
      Map.of(
          "argocd.argoproj.io/tracking-id", "sales:credence.dev/MachineIdentity:sales/crm",
          "argocd.argoproj.io/sync-wave", "2",
          "argocd.argoproj.io/sync-options", "Prune=confirm",
          "kubectl.kubernetes.io/last-applied-configuration", "{}",
          "kustomize.toolkit.fluxcd.io/reconcile", "enabled",
          "meta.helm.sh/release-name", "sales",
          "meta.helm.sh/release-namespace", "sales",
          "team.example.com/ticket", "CHG-1234");

  private static final String IDENTITY =
      """
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata:
        name: %s
        namespace: %s
        labels: {app.kubernetes.io/instance: sales}
        annotations: {argocd.argoproj.io/tracking-id: "sales:credence.dev/MachineIdentity:sales/crm"}
      spec:
        purpose: CRM to billing sync, CHG-1234
        owner: {team: sales-platform, contact: alice@example.com}
        serviceAccounts:
        - {name: %1$s-report, provision: {}}
        - {name: %1$s-sync, provision: {automountServiceAccountToken: false}}
        secrets:
        - name: %1$s-db
          account: {type: Database, system: db.sales, name: crm}
          generate:
            keys:
            - {name: username, value: crm}
            - {name: password, password: {}}
            - {name: api-key, bytes: {}}
            - {name: client-id, uuid: {}}
            - {name: role, cycle: [crm_blue, crm_green]}
            - {name: id_key, keyPair: {algorithm: Ed25519}}
          rotation: {interval: 720h}
        - name: %1$s-ci
          token: {serviceAccountName: %1$s-sync, audiences: ["https://ci.example.com"]}
        selector: {matchLabels: {app.kubernetes.io/part-of: %1$s}}
      """;

  /// What Git states, too, and the identity links by its selector: it gets our label and owner.
  private static final String ACCOUNT =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: %s-linked
        namespace: %s
        labels: {app.kubernetes.io/part-of: %1$s, app.kubernetes.io/instance: sales}
        annotations: {argocd.argoproj.io/tracking-id: "sales:/ServiceAccount:sales/crm-linked"}
      """;

  private static final String POLICY =
      """
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: git-%s, labels: {app.kubernetes.io/instance: sales}}
      spec:
        match:
          namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [%1$s]}]}
          types: [Integration, CICD]
        owner: {required: true}
        lifetime: {max: 8760h, warnBefore: [720h, 24h]}
        rotation:
          interval: 720h
          windows: [{schedule: "0 22 * * 1-5", duration: 6h}]
          restart: {}
        privileges: {exceptions: [{rule: RBAC-SECRETS-GET, reason: reads its own, expirationTime: "2099-01-01T00:00:00Z"}]}
        idle: {unusedFor: 2160h}
        safety: {}
      """;

  private static final Pattern SCOPE = Pattern.compile("approval of scope ([0-9a-f]+)");

  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir private Path git;

  // What tracks an object of Git.

  @Test
  void what_is_made_carries_nothing_of_what_tracks_its_identity(TestNamespace namespace) {
    Stream.of("Delete", "Retain").forEach(policy -> nothingIsCopied(Scene.in(namespace), policy));
  }

  private static void nothingIsCopied(Scene scene, String deletionPolicy) {
    var name = "crm-" + deletionPolicy.toLowerCase(Locale.ROOT);
    scene.createHook(name + "-apply");
    scene.holdUp(name + "-apply");
    scene.createAccount(name + "-linked");
    scene.create(
        """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s, labels: %s, annotations: %s},
         spec: {%s, deletionPolicy: %s,
          serviceAccounts: [{name: %1$s-linked}, {name: %1$s-made, provision: {}}],
          secrets: [%s, {name: %1$s-ci, token: {serviceAccountName: %1$s-made}},
           {name: %1$s-hooked, generate: {keys: [{name: password, password: {}}]}, hooks: {apply: {cronJobName: %1$s-apply}}}]}}
        """
            .formatted(
                name,
                json(TRACKING_LABELS),
                json(TRACKING_ANNOTATIONS),
                OWNER,
                deletionPolicy,
                password(name + "-db")));
    var wanted =
        List.of(
            "Job/%s-hooked-v1-apply-1",
            "Secret/%s-ci",
            "Secret/%s-ci-anchor-v1",
            "Secret/%s-db",
            "Secret/%s-hooked-pending",
            "ServiceAccount/%s-linked",
            "ServiceAccount/%s-made");
    eventually("all of it is there")
        .untilAsserted(
            () ->
                assertThat(members(scene, name).map(GitOpsIT::id))
                    .containsExactlyInAnyOrderElementsOf(
                        wanted.stream().map(id -> id.formatted(name)).toList()));

    members(scene, name).forEach(GitOpsIT::assertUntracked);

    scene.letSucceed(name + "-apply");
    scene.job(name + "-hooked-v1-apply-1").delete();
    scene.awaitVersion(name + "-hooked", 1);
    assertUntracked(scene.secret(name + "-hooked").get());

    scene.identity(name).delete();
    if (deletionPolicy.equals("Retain")) {
      eventually("it is left behind, and nobody's")
          .until(() -> !scene.isMarked(scene.secret(name + "-db"), name));
      assertThat(scene.secret(name + "-db").get().getMetadata().getOwnerReferences()).isEmpty();
      assertUntracked(scene.secret(name + "-db").get());
    }
  }

  private static void assertUntracked(HasMetadata created) {
    var labels = orNone(created.getMetadata().getLabels());
    var annotations = orNone(created.getMetadata().getAnnotations());
    var all = new HashMap<>(TRACKING_LABELS);
    all.putAll(TRACKING_ANNOTATIONS);
    all.forEach(
        (key, value) -> {
          assertThat(labels.get(key)).as("%s of %s", key, id(created)).isNotEqualTo(value);
          assertThat(annotations).as("annotations of %s", id(created)).doesNotContainKey(key);
        });
    // Jobs have those that Kubernetes gives them, and what is made says who made it.
    assertThat(labels.keySet())
        .as("labels of %s", id(created))
        .allMatch(
            key ->
                key.equals(Api.IDENTITY)
                    || key.equals("app.kubernetes.io/managed-by")
                    || key.startsWith("batch.kubernetes.io/")
                    || List.of("controller-uid", "job-name").contains(key));
    assertThat(annotations.keySet())
        .as("annotations of %s", id(created))
        .allMatch(
            key ->
                key.startsWith("credence.dev/") || key.equals("cronjob.kubernetes.io/instantiate"));
  }

  private static Stream<HasMetadata> members(Scene scene, String identity) {
    var client = scene.client();
    return Stream.of(client.secrets(), client.serviceAccounts(), client.batch().v1().jobs())
        .flatMap(
            kind ->
                kind
                    .inNamespace(scene.namespace())
                    .withLabel(Api.IDENTITY, identity)
                    .list()
                    .getItems()
                    .stream()
                    .map(HasMetadata.class::cast));
  }

  private static String id(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }

  // What Git states.

  @Test
  void ten_forced_applies_change_nothing_and_show_no_difference(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var identity = file("identity", IDENTITY.formatted("crm", scene.namespace()));
    var account = file("account", ACCOUNT.formatted("crm", scene.namespace()));
    var policy = file("policy", POLICY.formatted(scene.namespace()));
    var applied =
        List.of("apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller");
    var audit = LocalCluster.shared().audit();
    try {
      run(applied, account, identity, policy);
      scene.awaitReady("crm");
      eventually("what Git states is linked")
          .until(() -> scene.isMarked(scene.account("crm-linked"), "crm"));
      // Requests by annotation are no business of Git's; this one waits for no window.
      scene.annotate(scene.identity("crm"), Api.ROTATE_NOW, "now");
      scene.awaitVersion("crm-db", 2);
      eventually("the status tells of it")
          .until(
              () ->
                  Optional.ofNullable(scene.status("crm").handled())
                      .filter(handled -> "now".equals(handled.rotateNow()))
                      .isPresent());
      settle(scene, "crm");
      var before = Scene.print(scene.identity("crm"));
      audit.mark();

      for (var n = 0; n < 10; n++) {
        run(applied, account, identity, policy);
        assertThat(Scene.print(scene.identity("crm"))).isEqualTo(before);
      }
      settle(scene, "crm");

      assertThat(audit.requests().ofOperator().in(namespace).writes()).hasToString("");
      assertNoDifference(account, "--server-side", "--field-manager=argocd-controller");
      assertNoDifference(identity, "--server-side", "--field-manager=argocd-controller");
      assertNoDifference(policy, "--server-side", "--field-manager=argocd-controller");
      assertThat(
              differs(
                  file("changed", read(identity, "CHG-1234", "CHG-1235")),
                  "--server-side",
                  "--force-conflicts",
                  "--field-manager=argocd-controller"))
          .as("a difference is found")
          .isTrue();
      assertThat(scene.identity("crm").get().getMetadata().getGeneration()).isEqualTo(1);
      assertOnlyStatusIsOurs(scene.identity("crm").get());
      assertOnlyStatusIsOurs(policy("git-" + scene.namespace()));
    } finally {
      LocalCluster.shared().kubectl("delete", "--ignore-not-found", "-f", policy.toString());
    }
  }

  @Test
  void ten_applies_by_the_client_change_nothing_and_show_no_difference(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var identity = file("identity", IDENTITY.formatted("crm", scene.namespace()));
    var account = file("account", ACCOUNT.formatted("crm", scene.namespace()));
    var policy = file("policy", POLICY.formatted(scene.namespace()));
    var audit = LocalCluster.shared().audit();
    try {
      run(List.of("apply"), account, identity, policy);
      scene.awaitReady("crm");
      eventually("what Git states is linked")
          .until(() -> scene.isMarked(scene.account("crm-linked"), "crm"));
      settle(scene, "crm");
      var before = Scene.print(scene.identity("crm"));
      audit.mark();

      for (var n = 0; n < 10; n++) {
        run(List.of("apply"), account, identity, policy);
        assertThat(Scene.print(scene.identity("crm"))).isEqualTo(before);
      }
      settle(scene, "crm");

      assertThat(audit.requests().ofOperator().in(namespace).writes()).hasToString("");
      assertNoDifference(account);
      assertNoDifference(identity);
      assertNoDifference(policy);
    } finally {
      LocalCluster.shared().kubectl("delete", "--ignore-not-found", "-f", policy.toString());
    }
  }

  @Test
  void identities_and_policies_are_never_written_but_for_their_status(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var audit = LocalCluster.shared().audit();
    try (var policy = scene.policy("enforcement: Enforce, owner: {required: true}")) {
      scene.identity(
          "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 12s, overlap: 4s") + "]");
      scene.awaitReady("crm");
      scene.awaitVersion("crm-db", 2);
      scene.annotate(scene.identity("crm"), Api.SUSPEND, "INC-7");
      scene.await("crm", "Suspended", "True Requested");
      policy.replace("enforcement: Enforce, owner: {required: true, backupRequired: true}");
      scene.await("crm", "Ready", "False BackupMissing");
      scene.patch(scene.identity("crm"), "{spec: {state: Decommissioned}}");
      eventually("it is taken apart").until(() -> scene.secret("crm-db").get() == null);

      var writes = audit.requests().ofOperator().writes();
      assertThat(writes.on("machineidentities/status").in(namespace).count()).isPositive();
      assertThat(writes.on("machineidentities").in(namespace)).hasToString("");
      assertThat(
              writes
                  .on("credentialpolicies")
                  .only(request -> request.name().equals("for-" + namespace.name())))
          .hasToString("");
      assertOnlyStatusIsOurs(scene.identity("crm").get());
    }
  }

  @Test
  void a_secret_that_git_states_is_refused_and_not_fought_over(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var secret =
        file(
            "secret",
            "{apiVersion: v1, kind: Secret, metadata: {name: crm-db, namespace: %s}, data: {password: ZnJvbSBHaXQ=}}"
                .formatted(scene.namespace()));
    var applied =
        List.of("apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller");
    run(applied, secret);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.await("crm", "Stalled", "True NotManaged");
    var before = Scene.print(scene.secret("crm-db"));
    var audit = LocalCluster.shared().audit();

    for (var n = 0; n < 10; n++) {
      run(applied, secret);
    }
    settle(scene, "crm");

    assertThat(Scene.print(scene.secret("crm-db"))).isEqualTo(before);
    assertThat(audit.requests().ofOperator().in(namespace).writes()).hasToString("");
    assertNoDifference(secret, "--server-side", "--field-manager=argocd-controller");
  }

  @Test
  void a_secret_of_ours_that_git_takes_is_not_fought_over(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    var secret =
        file(
            "secret",
            "{apiVersion: v1, kind: Secret, metadata: {name: crm-db, namespace: %s}, data: {password: ZnJvbSBHaXQ=}}"
                .formatted(scene.namespace()));
    var audit = LocalCluster.shared().audit();

    for (var n = 0; n < 10; n++) {
      run(
          List.of(
              "apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller"),
          secret);
    }
    settle(scene, "crm");

    assertThat(scene.value("crm-db", "password")).contains("from Git");
    assertThat(audit.requests().ofOperator().in(namespace).writes().on("secrets")).hasToString("");
  }

  // What is said from outside at every step.

  @Test
  void nothing_is_current_before_it_is_done(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createHook("apply");
    scene.holdUp("apply");
    try (var crm = Versions.ofIdentity(scene, "crm")) {
      scene.identity("crm", OWNER + ", secrets: [" + hooked("crm-db") + "]");
      eventually("the hook runs").until(() -> scene.stand("crm", "crm-db").equals("Applying"));
      assertThat(crm.results()).containsExactly(Kstatus.InProgress);
      scene.letSucceed("apply");
      scene.job("crm-db-v1-apply-1").delete();
      crm.await(Kstatus.Current);
      assertThat(crm.results()).containsExactly(Kstatus.InProgress, Kstatus.Current);
      assertThat(scene.version("crm-db")).isEqualTo(1);
      assertArgoCdSays(scene, "crm", "Healthy");

      // A change of the spec: in progress from its first version on.
      crm.forget();
      scene.holdUp("apply");
      scene.patch(
          scene.identity("crm"),
          "{spec: {secrets: [" + hooked("crm-db") + ", " + hooked("crm-api") + "]}}");
      eventually("the hook runs").until(() -> scene.stand("crm", "crm-api").equals("Applying"));
      assertArgoCdSays(scene, "crm", "Progressing");
      assertThat(crm.results()).containsExactly(Kstatus.Current, Kstatus.InProgress);
      scene.letSucceed("apply");
      scene.job("crm-api-v1-apply-1").delete();
      crm.await(Kstatus.Current);
      assertThat(crm.results())
          .containsExactly(Kstatus.Current, Kstatus.InProgress, Kstatus.Current);
      crm.seen().stream()
          .filter(version -> version.getMetadata().getGeneration() == 2)
          .filter(version -> Kstatus.of(version) == Kstatus.Current)
          .forEach(
              version ->
                  assertThat(version.get("status", "credentials").toString())
                      .contains("crm-api", "crm-db"));
    }
  }

  @Test
  void a_rotation_and_a_suspension_are_no_setback(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createHook("apply");
    scene.identity("crm", OWNER + ", secrets: [" + hooked("crm-db") + "]");
    scene.awaitReady("crm");
    try (var crm = Versions.ofIdentity(scene, "crm")) {
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      eventually("the hook runs").until(() -> scene.stand("crm", "crm-db").equals("Applying 1"));
      assertArgoCdSays(scene, "crm", "Healthy");
      scene.awaitVersion("crm-db", 2);
      assertArgoCdSays(scene, "crm", "Healthy");

      scene.annotate(scene.identity("crm"), Api.SUSPEND, "INC-7");
      scene.await("crm", "Suspended", "True Requested");
      assertArgoCdSays(scene, "crm", "Suspended");
      scene.patch(scene.identity("crm"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
      scene.await("crm", "Suspended", "absent");
      assertArgoCdSays(scene, "crm", "Healthy");
      assertThat(crm.results()).containsExactly(Kstatus.Current);
    }
  }

  @Test
  void what_only_a_person_can_mend_has_failed(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-db}}");
    try (var crm = Versions.ofIdentity(scene, "crm");
        var late = Versions.ofIdentity(scene, "late")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      crm.await(Kstatus.Failed);
      assertThat(crm.results()).containsExactly(Kstatus.InProgress, Kstatus.Failed);
      assertArgoCdSays(scene, "crm", "Degraded");
      scene.secret("crm-db").delete();
      crm.await(Kstatus.Current);
      assertThat(crm.results()).doesNotHaveDuplicates();

      // What others still bring is waited for.
      scene.identity("late", OWNER + ", serviceAccounts: [{name: late}]");
      scene.await("late", "Ready", "False MemberMissing");
      assertThat(late.results()).containsExactly(Kstatus.InProgress);
      scene.createAccount("late");
      late.await(Kstatus.Current);
    }
  }

  @Test
  void a_policy_that_audits_fails_nobody_and_one_that_enforces_does(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var versions = Versions.ofPolicy("for-" + scene.namespace());
        var policy = scene.policy("owner: {required: true}")) {
      versions.await(Kstatus.Current);
      assertThat(versions.results()).containsExactly(Kstatus.InProgress, Kstatus.Current);
      try (var crm = Versions.ofIdentity(scene, "crm")) {
        scene.identity("crm", "secrets: [" + password("crm-db") + "]");
        crm.await(Kstatus.Current);
        scene.await("crm", "OwnerAssigned", "False OwnerMissing");
        assertArgoCdSays(scene, "crm", "Healthy");

        versions.forget();
        policy.replace("enforcement: Enforce, owner: {required: true}");
        crm.await(Kstatus.Failed);
        versions.await(Kstatus.Current);
        assertThat(versions.results())
            .containsExactly(Kstatus.Current, Kstatus.InProgress, Kstatus.Current);
        assertThat(crm.results())
            .containsExactly(Kstatus.InProgress, Kstatus.Current, Kstatus.Failed);

        policy.replace("owner: {required: true, contactPattern: 'a('}");
        versions.await(Kstatus.Failed);
        assertThat(versions.results())
            .containsExactly(
                Kstatus.Current,
                Kstatus.InProgress,
                Kstatus.Current,
                Kstatus.InProgress,
                Kstatus.Failed);
      }
    }
  }

  @Test
  void what_is_being_deleted_is_terminating(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var crm = Versions.ofIdentity(scene, "crm")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      crm.await(Kstatus.Current);
      scene.patch(scene.identity("crm"), "{metadata: {finalizers: [example.com/backup]}}");
      scene.identity("crm").delete();
      crm.await(Kstatus.Terminating);
      assertArgoCdSays(scene, "crm", "Progressing");
      scene.patch(scene.identity("crm"), "{metadata: {finalizers: null}}");
      eventually("it is gone").until(() -> scene.identity("crm").get() == null);
      assertThat(crm.results())
          .containsExactly(Kstatus.InProgress, Kstatus.Current, Kstatus.Terminating);
    }
  }

  // What the example shows.

  @Test
  void the_applications_of_the_example_are_valid(TestNamespace namespace) throws IOException {
    var module =
        Program.run(
            Map.of("GOFLAGS", "-mod=readonly"),
            List.of(
                "go",
                "-C",
                LocalCluster.TOP.resolve("tools/argocd").toString(),
                "list",
                "-m",
                "-f",
                "{{.Dir}}",
                "github.com/argoproj/argo-cd/v3"));
    Assumptions.assumeTrue(
        module.code() == 0 && !module.out().isBlank(), "Argo CD's source comes with its program");
    var schemas = Path.of(module.out().strip()).resolve("manifests/crds");
    var kinds =
        List.of(schemas.resolve("application-crd.yaml"), schemas.resolve("appproject-crd.yaml"));
    var shared = LocalCluster.shared();
    try {
      run(List.of("apply", "--server-side"), kinds.toArray(Path[]::new));
      eventually("the API server knows them")
          .ignoreExceptions()
          .until(
              () ->
                  Stream.of("applications", "appprojects")
                      .allMatch(
                          kind ->
                              shared.client().raw("/apis/argoproj.io/v1alpha1/" + kind) != null));
      try (var files = Files.list(LocalCluster.TOP.resolve("examples/gitops/argocd"))) {
        for (var file : files.sorted().toList()) {
          var text =
              Files.readString(file).replace("namespace: argocd", "namespace: " + namespace.name());
          assertThat(tryOut("application", text).err()).isEmpty();
          assertThat(
                  tryOut(
                          "wrong",
                          text.replace("sourceRepos:", "sourceRepositories:")
                              .replace("syncPolicy:", "syncPolicies:"))
                      .err())
              .contains("strict decoding error");
        }
      }
    } finally {
      kinds.forEach(kind -> shared.kubectl("delete", "--ignore-not-found", "-f", kind.toString()));
    }
  }

  private Program.End tryOut(String name, String content) {
    return commandLine()
        .kubectl(
            "create",
            "--dry-run=server",
            "--validate=strict",
            "-f",
            file(name, content).toString());
  }

  // What the actions write.

  @Test
  void the_actions_of_argo_cd_are_understood(TestNamespace namespace) {
    ArgoCd.require();
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");

    act(scene, "rotate", Map.of(), "");
    scene.awaitVersion("crm-db", 2);
    act(scene, "suspend", Map.of("reason", "INC-7"), "");
    scene.await("crm", "Suspended", "True Requested");
    assertThat(scene.message("crm", "Suspended")).contains("INC-7, 20");
    act(scene, "resume", Map.of(), "");
    scene.await("crm", "Suspended", "absent");
    act(scene, "revoke", Map.of("reason", "leaked"), "");
    scene.awaitVersion("crm-db", 3);
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
    assertThat(scene.identity("crm").get().getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void argo_cd_approves_and_reviews_where_it_may_and_in_its_own_name(TestNamespace namespace) {
    ArgoCd.require();
    var scene = Scene.in(namespace);
    var argoCd = "system:serviceaccount:argocd:argocd-server";
    scene.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: argocd-server}, rules: [
         {apiGroups: [credence.dev], resources: [machineidentities], verbs: [get, patch]}]}
        """);
    scene.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: argocd-server},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: argocd-server},
         subjects: [{kind: ServiceAccount, name: argocd-server, namespace: argocd}]}
        """);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, approval: {required: true}, review: {interval: 720h}")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.await("crm", "Stalled", "True ApprovalPending");
      assertArgoCdSays(scene, "crm", "Degraded");
      var shown = SCOPE.matcher(scene.message("crm", "Approved"));
      assertThat(shown.find()).isTrue();
      var scope = Map.of("scope", shown.group(1));

      assertThat(tryTo(scene, "approve", scope, argoCd).err())
          .contains("may not approve crm. An approval requires the RBAC verb");
      assertThat(tryTo(scene, "review", Map.of(), argoCd).err())
          .contains("may not review crm. A review requires the RBAC verb");
      scene.patch(
          scene.client().rbac().roles().inNamespace(scene.namespace()).withName("argocd-server"),
          "{rules: [{apiGroups: [credence.dev], resources: [machineidentities], verbs: [get, patch, approve, review]}]}");
      eventually("it may, and only in its own name")
          .until(
              () ->
                  tryTo(
                          scene,
                          "approve",
                          Map.of("scope", shown.group(1), "as", "alice@example.com"),
                          argoCd)
                      .err()
                      .contains(
                          "Approve in your own name: set credence.dev/approve to \"" + argoCd));

      act(scene, "approve", scope, argoCd);
      scene.await("crm", "Approved", "True Approved");
      assertThat(scene.status("crm").approval().approvedBy()).isEqualTo(argoCd);
      scene.awaitVersion("crm-db", 1);
      act(scene, "review", Map.of(), argoCd);
      eventually("it is reviewed")
          .until(() -> argoCd.equals(scene.status("crm").review().reviewedBy()));
      assertArgoCdSays(scene, "crm", "Healthy");
    }
  }

  @Test
  void the_settings_go_beside_what_argo_cd_has(TestNamespace namespace) throws IOException {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd}}, data: {url: 'https://argocd.example.com'}}");
    var ours =
        file(
            "argocd-cm",
            Files.readString(ArgoCd.SETTINGS)
                .replace("namespace: argocd", "namespace: " + scene.namespace()));
    run(List.of("apply", "--server-side", "--field-manager=credence-settings"), ours);
    assertThat(
            scene
                .client()
                .configMaps()
                .inNamespace(scene.namespace())
                .withName("argocd-cm")
                .get()
                .getData())
        .containsOnlyKeys(
            "url",
            "resource.customizations.health.credence.dev_CredentialPolicy",
            "resource.customizations.health.credence.dev_MachineIdentity",
            "resource.customizations.actions.credence.dev_MachineIdentity",
            "resource.customizations.actions.Secret");
  }

  /// As Argo CD does: the script makes the object, and what is different is patched in.
  private Program.End tryTo(
      Scene scene, String action, Map<String, String> parameters, String user) {
    var live = live(scene, "crm");
    var before = annotations(read(live));
    var after = annotations(ArgoCd.withOurSettings().run(live, action, parameters));
    var changes = YAML.createObjectNode();
    before.fieldNames().forEachRemaining(changes::putNull);
    changes.setAll(after);
    var patch = YAML.createObjectNode();
    patch.putObject("metadata").set("annotations", changes);
    return commandLine()
        .kubectl(
            "patch",
            "mid",
            "crm",
            "-n",
            scene.namespace(),
            "--as",
            user,
            "--type=merge",
            "-p",
            patch.toString());
  }

  private void act(Scene scene, String action, Map<String, String> parameters, String user) {
    var end = tryTo(scene, action, parameters, user);
    assertThat(end.code()).as(end.err()).isZero();
  }

  private static ObjectNode annotations(JsonNode object) {
    return object.path("metadata").path("annotations").isObject()
        ? (ObjectNode) object.path("metadata").path("annotations")
        : YAML.createObjectNode();
  }

  /// The health check says this of the identity as it is now, not only of test data.
  private void assertArgoCdSays(Scene scene, String name, String status) {
    ArgoCd.require();
    assertThat(ArgoCd.withOurSettings().health(live(scene, name)).status()).isEqualTo(status);
  }

  private Path live(Scene scene, String name) {
    return file(
        "live-" + name,
        LocalCluster.shared().kubectl("get", "mid", name, "-n", scene.namespace(), "-o", "yaml"));
  }

  private static String read(Path file, String word, String other) {
    try {
      return Files.readString(file).replace(word, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(Path file) {
    try {
      return YAML.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name, String content) {
    try {
      return Files.writeString(git.resolve(name + ".yaml"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> words, Path... files) {
    LocalCluster.shared()
        .kubectl(
            Stream.concat(
                    words.stream(), Stream.of(files).flatMap(file -> Stream.of("-f", "" + file)))
                .toArray(String[]::new));
  }

  private static void assertNoDifference(Path file, String... options) {
    assertThat(differs(file, options)).as("%s differs", file).isFalse();
  }

  /// `kubectl diff` ends with 1 where there is a difference, and with more where it fails.
  private static boolean differs(Path file, String... options) {
    var end =
        commandLine()
            .kubectl(
                Stream.concat(Stream.of("diff", "-f", file.toString()), Stream.of(options))
                    .toArray(String[]::new));
    assertThat(end.code()).as(end.err()).isLessThan(2);
    return end.code() == 1;
  }

  private static CommandLine commandLine() {
    return new CommandLine(LocalCluster.shared());
  }

  private static CredentialPolicy policy(String name) {
    return LocalCluster.shared().client().resources(CredentialPolicy.class).withName(name).get();
  }

  /// Nobody else would notice that we own what Git states, until Git changes it.
  private static void assertOnlyStatusIsOurs(HasMetadata object) {
    var ours =
        object.getMetadata().getManagedFields().stream()
            .filter(entry -> entry.getManager().equals(Api.MANAGER))
            .toList();
    assertThat(ours).extracting(ManagedFieldsEntry::getSubresource).containsOnly("status");
    assertThat(ours)
        .allSatisfy(
            entry ->
                assertThat(entry.getFieldsV1().getAdditionalProperties())
                    .containsOnlyKeys("f:status"));
  }

  /// A write too many would come in these moments.
  private static void settle(Scene scene, String name) {
    Scene.stays(Duration.ofSeconds(3), "the status answers", () -> scene.isSeen(name));
  }

  private static String hooked(String secret) {
    return "{name: %s, generate: {keys: [{name: password, password: {}}]}, hooks: {apply: {cronJobName: apply}}}"
        .formatted(secret);
  }

  private static Map<String, String> orNone(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private static String json(Map<String, String> map) {
    return Serialization.asJson(map);
  }
}
