// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.Trust;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What a stolen token of the operator's ServiceAccount may write. All are dry runs with a real
/// token, and RBAC grants each of them: what rejects them is `operator.credence.dev`. That it
/// rejects nothing of what the operator does is checked in every test with an operator
/// (`OperatorProcess`).
@OnCluster
class StolenTokenIT {
  private static final String REJECTED = "ValidatingAdmissionPolicy 'operator.credence.dev'";
  private static final String DRY_RUN = "?dryRun=All&fieldManager=credence";
  private static final String MERGE = "application/merge-patch+json";
  private static final String APPLY = "application/apply-patch+yaml";
  private static final String JSON = "application/json";

  private LocalCluster cluster;
  private Scene scene;
  private String namespacePath;
  private String uid;
  private String token;
  private HttpClient http;

  @BeforeEach
  void steal(LocalCluster shared, TestNamespace namespace) throws IOException {
    cluster = shared;
    scene = Scene.in(namespace);
    namespacePath = "/api/v1/namespaces/" + namespace;
    token = OperatorProcess.token(cluster.client());
    http = HttpClient.newBuilder().sslContext(Trust.of(cluster.client())).build();
    uid = scene.identity("crm", OWNER).getMetadata().getUid();
    scene.createAccount("powerful");
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: of-others, labels: {team: sales}}, data: {password: bWluZQ==}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: given, annotations: {credence.dev/adopt: crm}}, data: {password: bWluZQ==}}");
    for (var kind : List.of("Deployment", "DaemonSet")) {
      scene.create(
          "{apiVersion: apps/v1, kind: %s, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {nodeSelector: {none: here}, containers: [{name: web, image: 'example.com/web:1'}]}}}}"
              .formatted(kind));
    }
    scene.create(
        "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {nodeSelector: {none: here}, containers: [{name: web, image: 'example.com/web:1'}]}}");
    scene.create(
        "{apiVersion: batch/v1, kind: Job, metadata: {name: of-others}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: it, image: 'example.com/it:1'}]}}}}");
  }

  @AfterEach
  void close() {
    http.close();
  }

  @BesideOthers
  void a_stolen_token_makes_no_token_of_the_accounts_that_hold_the_cluster() {
    assertRejected(
        Map.of(
            "unbound, in kube-system",
            () -> token("kube-system", "default", "expirationSeconds: 600"),
            "bound, in kube-system",
            () -> token("kube-system", "default", bound("Secret")),
            "of the operator itself",
            () -> token(LocalCluster.NAMESPACE, LocalCluster.ACCOUNT, bound("Secret")),
            "unbound",
            () -> token(scene.namespace(), "powerful", "expirationSeconds: 600"),
            "bound to a Pod",
            () -> token(scene.namespace(), "powerful", bound("Pod")),
            "for ten years",
            () ->
                token(
                    scene.namespace(),
                    "powerful",
                    bound("Secret") + ", expirationSeconds: 315360000"),
            "by a Secret that Kubernetes fills",
            () -> send("POST", namespacePath + "/secrets", JSON, tokenSecret(owned())),
            "by such a Secret in kube-system",
            () -> send("POST", "/api/v1/namespaces/kube-system/secrets", JSON, tokenSecret("")),
            "as somebody else",
            () -> impersonating("system:serviceaccount:kube-system:default")));
  }

  @BesideOthers
  void a_stolen_token_changes_no_secret_and_account_of_others() {
    var secret = namespacePath + "/secrets/of-others";
    var account = namespacePath + "/serviceaccounts/powerful";
    var attempts = new LinkedHashMap<String, Attempt>();
    attempts.put("a value", () -> send("PATCH", secret, MERGE, "{data: {password: bW9yZQ==}}"));
    attempts.put("a new key", () -> send("PATCH", secret, MERGE, "{stringData: {more: more}}"));
    attempts.put(
        "a value by apply",
        () ->
            send(
                "PATCH",
                secret + DRY_RUN + "&force=true",
                APPLY,
                "{apiVersion: v1, kind: Secret, metadata: {name: of-others}, data: {password: bW9yZQ==}}"));
    attempts.put(
        "all of it", () -> send("PUT", secret, JSON, secret("of-others", "labels: {team: sales}")));
    attempts.put(
        "a value of one that is given, before it is adopted",
        () ->
            send("PATCH", namespacePath + "/secrets/given", MERGE, "{data: {password: bW9yZQ==}}"));
    attempts.put("a consent", () -> patch(secret, "annotations: {credence.dev/adopt: crm}"));
    attempts.put("a mark of ours", () -> patch(secret, "annotations: {credence.dev/held-by: x}"));
    attempts.put("a controller", () -> patch(secret, owned()));
    attempts.put("a label of others", () -> patch(secret, "labels: {team: null}"));
    attempts.put(
        "an annotation of others",
        () -> patch(account, "annotations: {eks.amazonaws.com/role-arn: mine}"));
    attempts.put("a finalizer", () -> patch(secret, "finalizers: [tests.credence.dev/brake]"));
    attempts.put("no more changes", () -> send("PATCH", secret, MERGE, "{immutable: true}"));
    attempts.put("an end", () -> send("DELETE", secret, JSON, "{}"));
    attempts.put(
        "a Secret", () -> send("POST", namespacePath + "/secrets", JSON, secret("mine", "")));
    attempts.put(
        "a Secret of another kind of owner",
        () ->
            send(
                "POST",
                namespacePath + "/secrets",
                JSON,
                secret(
                    "mine",
                    owned()
                        .replace("MachineIdentity", "Pod")
                        .replace("credence.dev/v1alpha1", "v1"))));
    attempts.put(
        "an account",
        () -> send("POST", namespacePath + "/serviceaccounts", JSON, "{metadata: {name: mine}}"));
    attempts.put(
        "the Secrets of an account",
        () -> send("PATCH", account, MERGE, "{imagePullSecrets: [{name: mine}]}"));
    attempts.put(
        "the token of an account",
        () -> send("PATCH", account, MERGE, "{automountServiceAccountToken: true}"));
    attempts.put("the end of an account", () -> send("DELETE", account, JSON, "{}"));
    attempts.put(
        "the end of its own account",
        () ->
            send(
                "DELETE",
                "/api/v1/namespaces/%s/serviceaccounts/%s"
                    .formatted(LocalCluster.NAMESPACE, LocalCluster.ACCOUNT),
                JSON,
                "{}"));
    assertRejected(attempts);
  }

  @BesideOthers
  void a_stolen_token_runs_nothing_with_access_to_a_node() {
    var apps = "/apis/apps/v1/namespaces/" + scene.namespace();
    var attempts = new LinkedHashMap<String, Attempt>();
    for (var kind : List.of("deployments", "daemonsets")) {
      var web = apps + "/" + kind + "/web";
      attempts.put(
          "an image of " + kind,
          () ->
              send(
                  "PATCH",
                  web,
                  "application/strategic-merge-patch+json",
                  "{spec: {template: {spec: {containers: [{name: web, image: 'example.com/mine:1'}]}}}}"));
      attempts.put(
          "an account of " + kind,
          () ->
              send(
                  "PATCH",
                  web,
                  MERGE,
                  "{spec: {template: {spec: {serviceAccountName: powerful}}}}"));
      attempts.put(
          "an annotation of " + kind,
          () ->
              send(
                  "PATCH",
                  web,
                  MERGE,
                  "{spec: {template: {metadata: {annotations: {credence.dev/restarted-for: x, inject: mine}}}}}"));
      attempts.put("a label of " + kind, () -> patch(web, "labels: {team: mine}"));
      attempts.put(
          "another field of " + kind,
          () -> send("PATCH", web, MERGE, "{spec: {minReadySeconds: 7}}"));
    }
    attempts.put(
        "no pods", () -> send("PATCH", apps + "/deployments/web", MERGE, "{spec: {replicas: 0}}"));
    attempts.put("a Job of nobody", () -> job(scene.namespace(), "", ""));
    attempts.put("a Job in kube-system", () -> job("kube-system", owned(), ""));
    attempts.put(
        "a Job of the operator",
        () ->
            job(
                LocalCluster.NAMESPACE,
                owned(),
                "serviceAccountName: " + LocalCluster.ACCOUNT + ","));
    for (var access :
        List.of(
            "hostNetwork: true,",
            "hostPID: true,",
            "hostIPC: true,",
            "volumes: [{name: node, hostPath: {path: /}}],",
            "initContainers: [{name: first, image: 'example.com/it:1', securityContext: {privileged: true}}],",
            "initContainers: [{name: first, image: 'example.com/it:1', securityContext: {capabilities: {add: [SYS_ADMIN]}}}],",
            "initContainers: [{name: first, image: 'example.com/it:1', ports: [{containerPort: 80, hostPort: 80}]}],")) {
      attempts.put("a Job with " + access, () -> job(scene.namespace(), owned(), access));
    }
    attempts.put(
        "the end of a Job",
        () ->
            send(
                "DELETE",
                "/apis/batch/v1/namespaces/%s/jobs/of-others".formatted(scene.namespace()),
                JSON,
                "{}"));
    attempts.put("an eviction of any pod of the name", () -> evict("{}"));
    attempts.put(
        "an eviction without its grace period",
        () -> evict("{gracePeriodSeconds: 0, preconditions: {uid: x}}"));
    assertRejected(attempts);
  }

  /// As if somebody had bound it to more than the chart does.
  @BesideOthers
  void a_stolen_token_writes_nothing_that_the_operator_never_writes() {
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: more}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: %s, namespace: %s}]}"
            .formatted(LocalCluster.ACCOUNT, LocalCluster.NAMESPACE));
    var ours = "/apis/credence.dev/v1alpha1/namespaces/" + scene.namespace() + "/machineidentities";
    var bindings =
        "/apis/rbac.authorization.k8s.io/v1/namespaces/" + scene.namespace() + "/rolebindings";
    var attempts = new LinkedHashMap<String, Attempt>();
    attempts.put(
        "a ConfigMap",
        () -> send("POST", namespacePath + "/configmaps", JSON, "{metadata: {name: mine}}"));
    attempts.put(
        "a Lease beside its own",
        () ->
            send(
                "POST",
                "/apis/coordination.k8s.io/v1/namespaces/%s/leases"
                    .formatted(LocalCluster.NAMESPACE),
                JSON,
                "{metadata: {name: mine}}"));
    attempts.put("a binding", () -> send("DELETE", bindings + "/more", JSON, "{}"));
    attempts.put("a pod", () -> send("DELETE", namespacePath + "/pods/web", JSON, "{}"));
    attempts.put(
        "a shell", () -> send("POST", namespacePath + "/pods/web/exec?command=id", JSON, "{}"));
    attempts.put(
        "replicas",
        () ->
            send(
                "PATCH",
                "/apis/apps/v1/namespaces/%s/deployments/web/scale".formatted(scene.namespace()),
                MERGE,
                "{spec: {replicas: 0}}"));
    attempts.put(
        "an identity that asks for a token",
        () ->
            send(
                "POST",
                ours,
                JSON,
                "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: mine, labels: {credence.dev/discovered: 'true'}}, spec: {serviceAccounts: [{name: powerful}], secrets: [{name: mine, token: {serviceAccountName: powerful}}]}}"));
    attempts.put(
        "an approval", () -> patch(ours + "/crm", "annotations: {credence.dev/approve: 'x y'}"));
    attempts.put(
        "a suspension", () -> patch(ours + "/crm", "annotations: {credence.dev/suspend: now}"));
    attempts.put("a spec", () -> send("PATCH", ours + "/crm", MERGE, "{spec: {purpose: mine}}"));
    attempts.put("an identity", () -> send("DELETE", ours + "/crm", JSON, "{}"));
    assertRejected(attempts);
  }

  // What is sent

  private interface Attempt {
    HttpResponse<String> make() throws IOException, InterruptedException;
  }

  /// In the end: the API server learns of policies and bindings in its own time.
  private static void assertRejected(Map<String, Attempt> attempts) {
    eventually("all is rejected").untilAsserted(() -> assertThat(passed(attempts)).isEmpty());
  }

  private static List<String> passed(Map<String, Attempt> attempts)
      throws IOException, InterruptedException {
    var passed = new ArrayList<String>();
    for (var attempt : attempts.entrySet()) {
      var answer = attempt.getValue().make();
      if (answer.statusCode() != 403 || !isByPolicy(answer.body())) {
        passed.add(attempt.getKey() + ": " + answer.statusCode() + " " + message(answer.body()));
      }
    }
    return passed;
  }

  /// Of several policies that reject it, the API server names one: identities have others, too.
  private static boolean isByPolicy(String body) {
    return body.contains(REJECTED)
        || (body.contains("machineidentities") && body.contains("ValidatingAdmissionPolicy '"));
  }

  private static String message(String body) {
    return body.length() < 400 ? body : body.substring(0, 400);
  }

  private HttpResponse<String> token(String namespace, String account, String spec)
      throws IOException, InterruptedException {
    return send(
        "POST",
        "/api/v1/namespaces/%s/serviceaccounts/%s/token".formatted(namespace, account),
        JSON,
        "{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {audiences: [], %s}}"
            .formatted(spec));
  }

  private static String bound(String kind) {
    return "boundObjectRef: {apiVersion: v1, kind: %s, name: of-others}".formatted(kind);
  }

  private HttpResponse<String> impersonating(String user) throws IOException, InterruptedException {
    var answer =
        http.send(
            request("GET", namespacePath + "/secrets", JSON, "")
                .header("Impersonate-User", user)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    // By RBAC, long before any policy.
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("cannot impersonate");
    return token("kube-system", "default", bound("Secret"));
  }

  private HttpResponse<String> patch(String path, String metadata)
      throws IOException, InterruptedException {
    return send("PATCH", path, MERGE, "{metadata: {%s}}".formatted(metadata));
  }

  private HttpResponse<String> job(String namespace, String metadata, String pod)
      throws IOException, InterruptedException {
    return send(
        "POST",
        "/apis/batch/v1/namespaces/%s/jobs".formatted(namespace),
        JSON,
        "{apiVersion: batch/v1, kind: Job, metadata: {name: mine, %s}, spec: {template: {spec: {restartPolicy: Never, %s containers: [{name: it, image: 'example.com/it:1'}]}}}}"
            .formatted(metadata, pod));
  }

  private HttpResponse<String> evict(String options) throws IOException, InterruptedException {
    return send(
        "POST",
        namespacePath + "/pods/web/eviction",
        JSON,
        "{apiVersion: policy/v1, kind: Eviction, metadata: {name: web}, deleteOptions: %s}"
            .formatted(options));
  }

  private String owned() {
    return "ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true, uid: %s}]"
        .formatted(uid);
  }

  private static String secret(String name, String metadata) {
    return "{apiVersion: v1, kind: Secret, metadata: {name: %s, %s}, data: {password: bW9yZQ==}}"
        .formatted(name, metadata);
  }

  private static String tokenSecret(String metadata) {
    return "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: mine, annotations: {kubernetes.io/service-account.name: default}, %s}}"
        .formatted(metadata);
  }

  private HttpResponse<String> send(String method, String path, String type, String yaml)
      throws IOException, InterruptedException {
    return http.send(
        request(method, path, type, yaml).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String method, String path, String type, String yaml) {
    // The options of a deletion are those of its body, where there is one.
    var body =
        yaml.isEmpty()
            ? ""
            : Serialization.asJson(
                method.equals("DELETE")
                    ? Map.of("dryRun", List.of("All"))
                    : Scene.read(yaml, Map.class));
    var dryRun =
        method.equals("GET") || path.contains("dryRun") || path.contains("/exec")
            ? ""
            : path.contains("?") ? "&dryRun=All" : DRY_RUN;
    var server = cluster.client().getMasterUrl().toString().replaceFirst("/$", "");
    return HttpRequest.newBuilder(URI.create(server + path + dryRun))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", type)
        .header("User-Agent", "credence-tests")
        .method(method, HttpRequest.BodyPublishers.ofString(body));
  }
}
