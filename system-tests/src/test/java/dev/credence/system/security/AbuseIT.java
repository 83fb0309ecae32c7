// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.print;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.observe.Garbage;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// What somebody tries who may write in a namespace and wishes the operator ill: the threat model
/// of docs/security.md, on a real API server. One operator meets all of it at the same time.
@OnCluster
class AbuseIT {
  private static final int MOST_SERIES = 20;

  /// Everything happens at once here, and on a machine that may have other work.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration A_WHILE = Duration.ofSeconds(5);

  /// As in [dev.credence.observe]: what would steer a terminal, forge a line or turn it around.
  private static final Pattern STEERING =
      Pattern.compile(
          "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

  private static LocalCluster cluster;
  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    operator =
        OperatorProcess.on(cluster)
            .with("CREDENCE_RESYNC_INTERVAL", "4s")
            .with("CREDENCE_LOG_LEVEL", "TRACE")
            .with("CREDENCE_IDENTITY_SERIES", String.valueOf(MOST_SERIES))
            .start();
  }

  @AfterAll
  static void stop() {
    try (var running = operator) {
      assertThat(running.isReady()).isTrue();
      assertThat(operator.isAlive()).isTrue();
      assertThat(operator.status("/healthz/live")).isEqualTo(200);
      assertThat(operator.log()).as("stack traces").doesNotContainPattern("(?m)^\\s+at ");
    }
  }

  // What is planted

  /// Objects of every kind that is watched or listed, with anything in every annotation and label
  /// that is read, some of them handed to the identity.
  @BesideOthers
  void nothing_planted_stops_the_work(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var uid = scene.identity("crm", OWNER).getMetadata().getUid();
    var garbage = new Garbage(20_261_123);
    var planted = new AtomicInteger();
    inParallel(
        IntStream.range(0, 20)
            .boxed()
            .flatMap(number -> Planted.objects(garbage, namespace.name(), uid, number))
            .toList(),
        object -> {
          cluster.client().resource(object).create();
          planted.incrementAndGet();
        });
    assertThat(planted.get()).isGreaterThan(200);
    merge(
        cluster.client().namespaces().withName(namespace.name()),
        Map.of("metadata", Map.of("annotations", garbage.annotations(Garbage.KEYS))));

    scene.patch(
        scene.identity("crm"),
        "{spec: {selector: {matchLabels: {planted: here}}, secrets: [%s]}}"
            .formatted(password("crm-db")));
    within(PATIENCE, "who cannot be marked is told of")
        .until(() -> operator.log().contains("rejected the request to patch it (500)"));
    scene.awaitVersion(PATIENCE, "crm-db", 1);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion(PATIENCE, "crm-db", 2);
    // Each kind is still watched: what comes now is seen.
    scene.identity(
        "after",
        OWNER + ", secrets: [" + password("after-db") + "], serviceAccounts: [{name: after}]");
    scene.await(PATIENCE, "after", "MembersLinked", "False MemberMissing");
    scene.createAccount("after");
    scene.await(PATIENCE, "after", "Ready", "True Compliant");
    assertThat(operator.isReady()).as(operator.log()).isTrue();
    within(PATIENCE, "every planted identity was looked at")
        .untilAsserted(
            () ->
                assertThat(
                        cluster
                            .client()
                            .resources(MachineIdentity.class)
                            .inNamespace(namespace.name())
                            .list()
                            .getItems())
                    .hasSizeGreaterThan(20)
                    .allMatch(identity -> identity.getStatus().observedGeneration() >= 1));
  }

  @BesideOthers
  void marks_of_others_are_not_copied_to_what_is_made(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: crm,
         labels: {app.kubernetes.io/instance: crm, app.kubernetes.io/managed-by: Helm, argocd.argoproj.io/instance: crm},
         annotations: {argocd.argoproj.io/tracking-id: 'crm:credence.dev/MachineIdentity:sales/crm',
           kubectl.kubernetes.io/last-applied-configuration: '{}', meta.helm.sh/release-name: crm}},
         spec: {%s, serviceAccounts: [{name: crm-sync, provision: {}}], secrets: [%s]}}
        """
            .formatted(OWNER, password("crm-db")));
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    for (var created : List.of(scene.secret("crm-db").get(), scene.account("crm-sync").get())) {
      var keys = new ArrayList<>(created.getMetadata().getLabels().keySet());
      keys.addAll(created.getMetadata().getAnnotations().keySet());
      assertThat(keys)
          .allMatch(key -> key.startsWith("credence.dev/") || key.equals(Api.MANAGED_BY));
      assertThat(created.getMetadata().getLabels()).containsEntry(Api.MANAGED_BY, Api.MANAGER);
    }
  }

  @BesideOthers
  void no_text_forges_a_line_or_steers_a_terminal(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var hostile =
        "INC-7\n2027-01-01T00:00:00.000Z INFO  Forged all is well\r\u001b[2J\u009b31m\u202e${jndi:ldap://127.0.0.1:1/a}\u2028\u0007";
    scene.createAccount("crm-sync");
    scene.identity(
        "crm",
        OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [" + password("crm-db") + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    for (var key : List.of(Api.ROTATE, Api.ROLLBACK, Api.ABORT, Api.REVOKE, Api.SUSPEND)) {
      annotate(scene.identity("crm"), key, hostile);
    }
    for (var key : List.of(Api.OWNER, Api.TEAM, Api.EXPIRES_AT)) {
      annotate(scene.account("crm-sync"), key, hostile);
    }
    annotate(scene.secret("crm-db"), Api.REVOKE, hostile + "!");
    scene.await(PATIENCE, "crm", "Suspended", "True Requested");
    within(PATIENCE, "it is told what was asked")
        .until(() -> scene.message("crm", "Suspended").contains("INC-7"));
    within(PATIENCE, "it is told what the account carries")
        .until(() -> scene.message("crm", "MembersLinked").contains("INC-7"));

    assertThat(steering(operator.log())).isEmpty();
    assertThat(operator.log()).doesNotContainPattern("(?m)^2027-01-01T00:00:00.000Z");
    assertThat(steering(operator.metrics())).isEmpty();
    texts(Serialization.asJson(scene.identity("crm").get().getStatus()));
    within(PATIENCE, "it is announced").until(() -> events(namespace).contains("INC-7"));
    texts(events(namespace));
  }

  private static String events(TestNamespace namespace) {
    var events = cluster.client().events().v1().events();
    return Serialization.asJson(events.inNamespace(namespace.name()).list().getItems());
  }

  /// Every text of it is one line.
  private static void texts(String json) {
    assertThat(STEERING.matcher(json).find()).isFalse();
    assertThat(json).contains("INC-7").doesNotContainPattern("\\\\(n|r|b|f|u00[0189]|u202)");
  }

  private static List<String> steering(String text) {
    return STEERING
        .matcher(text)
        .results()
        .map(found -> String.format("%04x", (int) found.group().charAt(0)))
        .distinct()
        .toList();
  }

  private static void annotate(Resource<? extends HasMetadata> resource, String key, String value) {
    merge(resource, Map.of("metadata", Map.of("annotations", Map.of(key, value))));
  }

  /// As JSON: YAML does not take every character.
  private static void merge(Resource<? extends HasMetadata> resource, Map<String, ?> patch) {
    resource.patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
  }

  // Names

  /// Nothing is said about whether there is such an object: the name itself is refused.
  @BesideOthers
  void no_field_names_anything_of_another_namespace(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var fields =
        List.of(
            "serviceAccounts: [{name: '%s'}]",
            "secrets: [{name: '%s'}]",
            "secrets: [{name: '%s', generate: {keys: [{name: a, uuid: {}}]}}]",
            "certificates: [{name: '%s'}]",
            "certificates: [{name: a, issue: {secretName: '%s', issuerRef: {name: ca}, dnsNames: [a.example.com]}}]",
            "certificates: [{name: a, issue: {secretName: a, issuerRef: {name: '%s'}, dnsNames: [a.example.com]}}]",
            "serviceAccounts: [{name: '%1$s'}], secrets: [{name: a, token: {serviceAccountName: '%1$s'}}]",
            "secrets: [{name: a, generate: {keys: [{name: b, uuid: {}}]}, hooks: {apply: {cronJobName: '%s'}}}]",
            "secrets: [{name: a, generate: {keys: [{name: b, uuid: {}}]}, hooks: {verify: {cronJobName: '%s'}}}]",
            "secrets: [{name: a, generate: {keys: [{name: b, uuid: {}}]}, hooks: {revoke: {cronJobName: '%s'}}}]",
            "secrets: [{name: a, generate: {keys: [{name: '%s', uuid: {}}]}}]");
    var names =
        List.of(
            "kube-system/token",
            "../token",
            "..",
            "%%2ftoken",
            "kube-system%%2ftoken",
            "",
            " ",
            "a b",
            "a\\\\n",
            "*",
            "A");
    for (var field : fields) {
      // It is the name that is refused.
      dryRun(scene, field.formatted("fine"));
      for (var name : names) {
        if (field.contains("keys: [{name: '%s'") && List.of("A", "..").contains(name)) {
          continue;
        }
        var spec = field.formatted(name.replace("%%", "%"));
        assertThatThrownBy(() -> dryRun(scene, spec))
            .as(spec)
            .isInstanceOfSatisfying(
                KubernetesClientException.class,
                refused -> assertThat(refused.getCode()).isEqualTo(422));
      }
    }
  }

  @BesideOthers
  void no_secret_is_made_of_a_type_that_something_acts_on(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    for (var type :
        List.of(
            "kubernetes.io/service-account-token",
            "bootstrap.kubernetes.io/token",
            "helm.sh/release.v1",
            "kubernetes.io/dockercfg",
            "kubernetes.io/dockerconfigjson",
            "kubernetes.io/tls",
            "kubernetes.io/anything",
            "example.com/of-my-own",
            " Opaque",
            "opaque",
            "Opaque\\n")) {
      assertThatThrownBy(
              () ->
                  dryRun(
                      scene,
                      "secrets: [{name: a, type: \"%s\", generate: {keys: [{name: password, password: {}}]}}]"
                          .formatted(type)))
          .as(type)
          .hasMessageContaining("type");
    }
    dryRun(
        scene,
        "secrets: [{name: a, type: Opaque, generate: {keys: [{name: password, password: {}}]}}]");
  }

  private static void dryRun(Scene scene, String spec) {
    var object =
        Scene.read(
            "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {generateName: named-}, spec: {%s, %s}}"
                .formatted(OWNER, spec),
            GenericKubernetesResource.class);
    scene.client().resource(object).inNamespace(scene.namespace()).dryRun().create();
  }

  // Too often

  /// The shortest life of a value, whoever asks for the next one.
  private static final Duration A_LIFE = Duration.ofSeconds(10);

  @BesideOthers
  void a_flood_of_requests_is_a_rotation_in_ten_seconds(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    var audit = cluster.audit();
    var start = System.nanoTime();
    var asked = new AtomicInteger();
    var ask = new AtomicBoolean(true);
    inParallel(
        List.of(scene.identity("crm"), scene.secret("crm-db"), scene.identity("crm")),
        resource -> {
          while (ask.get()) {
            annotate(resource, Api.ROTATE, "now " + asked.incrementAndGet());
            if (System.nanoTime() - start > 12_000_000_000L && asked.get() > 200) {
              ask.set(false);
            }
          }
        });
    var requests = audit.requests().ofOperator().in(namespace);
    // By the log: the end of an overlap updates the Secret too.
    var rotations =
        operator
            .log()
            .lines()
            .filter(line -> line.contains("namespace=\"" + namespace.name() + "\""))
            .filter(line -> line.contains(" done ") && line.contains("action=\"Rotate\""))
            .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
            .sorted()
            .toList();
    System.out.printf(
        "Counts: %d requests for rotation, rotated at %s: %s%n",
        asked.get(), rotations, requests.toString().replace("\n", ", "));
    if (!rotations.isEmpty()) {
      // A write may leave a busy machine some seconds after it was decided, the next one at once.
      var span = Duration.between(rotations.getFirst(), rotations.getLast()).plusSeconds(5);
      assertThat(rotations).hasSizeLessThanOrEqualTo((int) span.dividedBy(A_LIFE) + 1);
    }
    // While somebody writes the Secret all the time, each update comes too late, and is put off.
    assertThat(requests.writes().count()).isLessThan(50);
    within(PATIENCE, "the last of it is done").until(() -> scene.version("crm-db") >= 2);
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
  }

  @BesideOthers
  void a_secret_that_is_deleted_again_and_again_is_made_once_each_time(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    var audit = cluster.audit();
    var times = 8;
    for (var time = 1; time <= times; time++) {
      var uid = scene.secret("crm-db").get().getMetadata().getUid();
      scene.secret("crm-db").delete();
      within(PATIENCE, "it is there again")
          .until(
              () ->
                  scene.secret("crm-db").get() != null
                      && !scene.secret("crm-db").get().getMetadata().getUid().equals(uid));
    }
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    var requests = audit.requests().ofOperator().in(namespace);
    System.out.printf(
        "Counts: a Secret deleted %d times: %s%n", times, requests.toString().replace("\n", ", "));
    assertThat(requests.on("secrets").verb("create").count()).isEqualTo(times);
    assertThat(requests.writes().count()).isLessThanOrEqualTo(3 * times + 3);
  }

  @BesideOthers
  void two_that_want_one_secret_write_nothing_over_it(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("shared-db") + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    scene.identity("billing", OWNER + ", secrets: [" + password("shared-db") + "]");
    scene.await(PATIENCE, "billing", "MembersLinked", "False ClaimedByOther");
    var before = print(scene.secret("shared-db"));
    var audit = cluster.audit();
    scene.annotate(scene.identity("billing"), Api.ROTATE, "now!");
    stays(A_WHILE, "nobody writes it", () -> print(scene.secret("shared-db")).equals(before));
    assertThat(audit.requests().ofOperator().in(namespace).writes().on("secrets").all()).isEmpty();
    audit.mark();
    stays(A_WHILE, "the operator lives", operator::isAlive);
    assertThat(audit.requests().ofOperator().in(namespace).writes().all()).isEmpty();
  }

  /// `kubectl delete --force --cascade=orphan`: without its owner a value is nobody's.
  @BesideOthers
  void what_an_identity_leaves_that_is_gone_by_force_is_not_taken(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    var data = scene.secret("crm-db").get().getData();
    scene
        .identity("crm")
        .withGracePeriod(0)
        .withPropagationPolicy(DeletionPropagation.ORPHAN)
        .delete();
    within(PATIENCE, "it is nobody's")
        .until(
            () ->
                scene.identity("crm").get() == null
                    && scene.secret("crm-db").get().getMetadata().getOwnerReferences().isEmpty());
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.await(PATIENCE, "crm", "MembersLinked", "False NotManaged");
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(data);
  }

  // Too much

  @BesideOthers
  void objects_as_large_as_can_be_are_members_like_others(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var client = cluster.client();
    var pem =
        "-----BEGIN CERTIFICATE-----\n" + "MIIB".repeat(180) + "\n-----END CERTIFICATE-----\n";
    client
        .resource(
            secret(
                scene,
                "bundle",
                "kubernetes.io/tls",
                Map.of("tls.crt", pem.repeat(1_000), "tls.key", "none")))
        .create();
    client
        .resource(
            secret(scene, "garbage-pem", "Opaque", Map.of("ca.crt", "-----BEGIN ".repeat(90_000))))
        .create();
    client
        .resource(
            secret(
                scene,
                "keys",
                "Opaque",
                IntStream.range(0, 10_000)
                    .boxed()
                    .collect(Collectors.toMap(n -> "key-" + n, n -> "v"))))
        .create();
    client
        .resource(secret(scene, "mib", "Opaque", Map.of("value", "x".repeat(1_048_000))))
        .create();
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("labelled")
                .withNamespace(scene.namespace())
                .withLabels(
                    IntStream.range(0, 8_000)
                        .boxed()
                        .collect(
                            Collectors.toMap(n -> "example.com/" + "k".repeat(50) + n, n -> "v")))
                .endMetadata()
                .build())
        .create();
    scene.createAccount("annotated");
    merge(
        scene.account("annotated"),
        Map.of(
            "imagePullSecrets",
            IntStream.range(0, 4_000).mapToObj(n -> Map.of("name", "x".repeat(200) + n)).toList()));
    annotate(scene.account("annotated"), Api.OWNER, "x".repeat(200_000));
    annotate(scene.account("annotated"), "example.com/other", "y".repeat(60_000));
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: annotated}], secrets: [{name: bundle}, {name: garbage-pem}, {name: keys}, {name: mib}, {name: labelled}, %s]"
                .formatted(password("crm-db")));
    annotate(scene.identity("crm"), Api.ROLLBACK, "x".repeat(200_000));
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    within(PATIENCE, "it is marked").until(() -> scene.isMarked(scene.secret("mib"), "crm"));
    within(PATIENCE, "the one with many labels, too")
        .until(() -> scene.isMarked(scene.secret("labelled"), "crm"));
    assertThat(Serialization.asJson(scene.identity("crm").get().getStatus()))
        .hasSizeLessThan(10_000);
  }

  /// Somebody puts so much beside a value of ours that the next one does not fit in.
  @BesideOthers
  void a_secret_that_is_full_keeps_its_value_and_stops_no_other(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + ", secrets: [%s, %s]"
                .formatted(
                    password("crm-db", "interval: 10s, overlap: 5s"),
                    password("crm-smtp", "interval: 10s, overlap: 5s")));
    scene.await(PATIENCE, "crm", "Ready", "True Compliant");
    merge(
        scene.secret("crm-db"),
        Map.of("data", Map.of("theirs", base64("x".repeat(1_048_576 - 40)))));
    var value = scene.value("crm-db", "password");
    scene.await(PATIENCE, "crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains("crm-db", "(422)")
        .hasSizeLessThan(1_000);
    assertThat(scene.value("crm-db", "password")).isEqualTo(value);
    within(PATIENCE, "the other goes on").until(() -> scene.version("crm-smtp") >= 3);
    scene.patch(scene.secret("crm-db"), "{data: {theirs: null}}");
    within(PATIENCE, "it goes on itself").until(() -> scene.version("crm-db") >= 2);
  }

  @BesideOthers
  void a_status_has_an_end_whatever_is_listed(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var name = "n".repeat(240);
    var accounts =
        IntStream.range(0, 64)
            .mapToObj(n -> "{name: %s-%d}".formatted(name, n))
            .collect(Collectors.joining(", "));
    var secrets =
        IntStream.range(0, 64)
            .mapToObj(
                n ->
                    "{name: %s-%d, account: {type: Database, system: %s, name: %s}}"
                        .formatted(name, n, "s".repeat(250), "a".repeat(250)))
            .collect(Collectors.joining(", "));
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [%s], secrets: [%s], certificates: [%s]"
                .formatted(accounts, secrets, accounts));
    within(PATIENCE, "all of it is missed")
        .until(
            () -> scene.isSeen("crm") && scene.result("crm", "MembersLinked").startsWith("False"));
    var status = Serialization.asJson(scene.identity("crm").get().getStatus());
    System.out.printf("Counts: a status with everything at its most: %d bytes%n", status.length());
    assertThat(status).hasSizeLessThan(200_000);
    assertThat(scene.events("crm")).hasSizeLessThan(10);
  }

  @BesideOthers
  void metrics_have_an_end_however_many_identities_there_are(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    inParallel(IntStream.range(0, 60).boxed().toList(), n -> scene.identity("crm-" + n, OWNER));
    scene.await(PATIENCE, "crm-59", "Ready", "True Compliant");
    within(PATIENCE, "the others are counted together")
        .until(
            () ->
                operator.metric("credence_identity_series_dropped").orElse(0) >= 60 - MOST_SERIES);
    assertThat(
            operator
                .metrics()
                .lines()
                .filter(line -> line.startsWith("credence_identity_ready{"))
                .count())
        .isEqualTo(MOST_SERIES);
  }

  @BesideOthers
  void clients_of_metrics_that_stall_or_shout_are_let_go() throws IOException {
    var connections = new ArrayList<Socket>();
    try {
      for (var number = 0; number < 300; number++) {
        var socket = new Socket(InetAddress.getByName("127.0.0.1"), operator.port());
        connections.add(socket);
        send(
            socket,
            number % 2 == 0
                ? "GET /metr"
                : "GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(500_000));
      }
      within(PATIENCE, "probes are answered")
          .until(() -> operator.status("/healthz/live") == 200 && operator.isReady());
    } finally {
      for (var socket : connections) {
        socket.close();
      }
    }
    assertThat(operator.status("/metrics")).isEqualTo(200);
  }

  /// A connection that is refused or reset has what it deserves.
  private static void send(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    } catch (IOException letGo) {
      assertThat(letGo).hasMessageMatching("(?i).*(reset|broken pipe|aborted).*");
    }
  }

  private static HasMetadata secret(
      Scene scene, String name, String type, Map<String, String> texts) {
    var data = new HashMap<String, String>();
    texts.forEach((key, text) -> data.put(key, base64(text)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(scene.namespace())
        .endMetadata()
        .withType(type)
        .withData(data)
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> void inParallel(List<T> items, Consumer<T> work) {
    try (var pool = Executors.newFixedThreadPool(8)) {
      items.stream()
          .map(item -> pool.submit(() -> work.accept(item)))
          .toList()
          .forEach(
              done -> {
                try {
                  done.get();
                } catch (Exception failed) {
                  throw new AssertionError(failed);
                }
              });
    }
  }
}
