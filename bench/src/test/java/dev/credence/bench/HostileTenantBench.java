// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.bench.gauge.Machine;
import dev.credence.bench.gauge.Vitals;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// One tenant asks for as much as the API server takes; another namespace is suspended meanwhile.
class HostileTenantBench {
  private static final int IDENTITIES = Integer.getInteger("credence.bench.hostile", 20);
  private static final int OBJECTS = Integer.getInteger("credence.bench.large", 300);
  private static final int VICTIMS = 6;
  private static final int CONNECTIONS = 8;
  private static final int A_MEGABYTE = 1_000_000;
  private static final Duration AT_MOST = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String BULK = "bulk";
  private static final long MIB = 1024 * 1024;

  /// The heap of the chart, and what the JVM and its threads take beside it.
  private static final long BOUND = 384 * MIB;

  @Test
  void a_suspension_takes_effect_within_two_seconds_beside_a_tenant_at_full_speed()
      throws IOException {
    var results = new Results("hostile-tenant");
    results.line("%s", Machine.words());
    try (var cluster = LocalCluster.fresh("bench");
        var operator = OperatorProcess.on(cluster).start()) {
      victims(cluster);
      results.line("alone: writes refused after %d ms", suspended(cluster, 0).toMillis());
      var work = new AtomicBoolean(true);
      var asked = new AtomicLong();
      try (var tenant = Executors.newFixedThreadPool(CONNECTIONS)) {
        hostile(cluster, tenant, work, asked);
        results.line(
            "beside: %d identities with 64 RSA keys of 4096 bits each and %d with 64 passwords each 10 s",
            IDENTITIES, IDENTITIES);
        for (var number = 1; number < VICTIMS; number++) {
          pause(Duration.ofSeconds(5));
          var took = suspended(cluster, number);
          results.line(
              "  writes of %s refused after %d ms (the tenant has written %,d times)",
              victim(number), took.toMillis(), asked.get());
          assertThat(took).isLessThan(AT_MOST);
        }
        work.set(false);
      }
      var peak = new Vitals(operator.pid()).peak();
      results.line("the most that was resident: %d MiB", peak / MIB);
      assertThat(peak).isLessThan(BOUND);
    }
  }

  @Test
  void accounts_with_thousands_of_pull_secrets() throws IOException {
    large("accounts with long lists of pull secrets", HostileTenantBench::account);
  }

  @Test
  void secrets_with_a_megabyte_of_labels() throws IOException {
    large("Secrets with a megabyte of labels", HostileTenantBench::labelled);
  }

  @Test
  void secrets_that_many_managers_own() throws IOException {
    large("Secrets with a megabyte of managedFields", HostileTenantBench::managed);
  }

  @Test
  void identities_with_specs_as_large_as_can_be() throws IOException {
    large("identities with specs as large as the schema takes", HostileTenantBench::identity);
  }

  private void large(String what, IntFunction<HasMetadata> object) throws IOException {
    var results = new Results("large-objects-" + what.replaceAll("[^A-Za-z]+", "-"));
    results.line("%s", Machine.words());
    try (var cluster = LocalCluster.fresh("bench")) {
      victims(cluster);
      try (var operator = OperatorProcess.on(cluster).start()) {
        fill(cluster, object);
        reported(results, "%,d %s came".formatted(OBJECTS, what), cluster, operator, 0);
      }
      try (var operator = OperatorProcess.on(cluster).start()) {
        reported(results, "started with them", cluster, operator, 1);
      }
    }
  }

  private static void reported(
      Results results, String what, LocalCluster cluster, OperatorProcess operator, int number)
      throws IOException {
    var took = suspended(cluster, number);
    pause(Duration.ofSeconds(5));
    assertThat(operator.isAlive()).as(operator.log()).isTrue();
    var peak = new Vitals(operator.pid()).peak();
    results.line(
        "%s: writes of another namespace refused after %d ms; the most that was resident: %d MiB",
        what, took.toMillis(), peak / MIB);
    assertThat(took).isLessThan(AT_MOST);
    assertThat(peak).isLessThan(BOUND);
  }

  // Who is suspended

  private static void victims(LocalCluster cluster) {
    namespace(cluster, BULK);
    for (var number = 0; number < VICTIMS; number++) {
      var name = victim(number);
      namespace(cluster, name);
      apply(
          cluster,
          """
          {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding,
           metadata: {name: app, namespace: %1$s},
           roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit},
           subjects: [{kind: ServiceAccount, name: app, namespace: %1$s}]}
          """
              .formatted(name));
      apply(
          cluster,
          """
          {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
           metadata: {name: app, namespace: %s},
           spec: {owner: {contact: alice@example.com}, serviceAccounts: [{name: app, provision: {}}]}}
          """
              .formatted(name));
    }
  }

  private static boolean account(LocalCluster cluster, String namespace) {
    var accounts = cluster.client().serviceAccounts().inNamespace(namespace);
    return accounts.withName("app").get() != null;
  }

  private static Duration suspended(LocalCluster cluster, int number) {
    var namespace = victim(number);
    within(PATIENCE, "it has its account").until(() -> account(cluster, namespace));
    var config =
        new ConfigBuilder(cluster.client().getConfiguration())
            .withImpersonateUsername("system:serviceaccount:" + namespace + ":app")
            .build();
    try (var app = new KubernetesClientBuilder().withConfig(config).build()) {
      within(PATIENCE, "it can write").until(() -> writes(app, namespace));
      var begun = System.nanoTime();
      cluster
          .client()
          .genericKubernetesResources("credence.dev/v1alpha1", "MachineIdentity")
          .inNamespace(namespace)
          .withName("app")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\": {\"annotations\": {\"%s\": \"INC-7\"}}}".formatted(Api.SUSPEND));
      within(PATIENCE, "its writes are refused").until(() -> !writes(app, namespace));
      return Duration.ofNanos(System.nanoTime() - begun);
    }
  }

  private static boolean writes(KubernetesClient app, String namespace) {
    try {
      app.resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("probe")
                  .withNamespace(namespace)
                  .endMetadata()
                  .build())
          .dryRun()
          .create();
      return true;
    } catch (KubernetesClientException refused) {
      return false;
    }
  }

  // What the tenant does

  private static void hostile(
      LocalCluster cluster, ExecutorService tenant, AtomicBoolean work, AtomicLong asked) {
    for (var number = 0; number < IDENTITIES; number++) {
      apply(cluster, many("rsa-" + number, "keyPair: {algorithm: RSA, size: 4096}", "1h"));
      apply(cluster, many("pw-" + number, "password: {}", "10s"));
    }
    for (var connection = 0; connection < CONNECTIONS; connection++) {
      var from = connection;
      tenant.execute(
          () -> {
            for (var plan = from; work.get(); plan++) {
              ask(cluster, plan, List.of(Api.ROTATE, Api.REVOKE, Api.SUSPEND).get(plan % 3));
              asked.incrementAndGet();
            }
          });
    }
  }

  private static void ask(LocalCluster cluster, int plan, String annotation) {
    var name = (plan % 2 == 0 ? "rsa-" : "pw-") + plan % IDENTITIES;
    var isTakenBack = annotation.equals(Api.SUSPEND) && plan % 4 < 2;
    try {
      cluster
          .client()
          .genericKubernetesResources("credence.dev/v1alpha1", "MachineIdentity")
          .inNamespace(BULK)
          .withName(name)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\": {\"annotations\": {\"%s\": %s}}}"
                  .formatted(annotation, isTakenBack ? "null" : "\"t" + plan + "\""));
    } catch (KubernetesClientException refused) {
      // It tries again.
    }
  }

  private static String many(String name, String generator, String every) {
    var secrets =
        IntStream.range(0, 64)
            .mapToObj(
                number ->
                    "{name: %s-%d, rotation: {interval: %s, overlap: 1s}, generate: {keys: [{name: a, %s}]}}"
                        .formatted(name, number, every, generator))
            .collect(Collectors.joining(", "));
    return """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
         metadata: {name: %s, namespace: %s},
         spec: {owner: {contact: eve@example.com}, secrets: [%s]}}
        """
        .formatted(name, BULK, secrets);
  }

  // As large as can be

  private static void fill(LocalCluster cluster, IntFunction<HasMetadata> object) {
    try (var connections = Executors.newFixedThreadPool(CONNECTIONS)) {
      IntStream.range(0, OBJECTS)
          .forEach(
              number ->
                  connections.submit(
                      () -> {
                        var created = object.apply(number);
                        return created.getMetadata().getName().startsWith("managed-")
                            ? cluster.client().resource(created).patch(applying(number), created)
                            : cluster.client().resource(created).create();
                      }));
    }
  }

  private static PatchContext applying(int number) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager("tenant-" + number)
        .withForce(true)
        .build();
  }

  private static HasMetadata account(int number) {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withNamespace(BULK)
        .withName("account-" + number)
        .endMetadata()
        .withImagePullSecrets(
            IntStream.range(0, A_MEGABYTE / 240)
                .mapToObj(n -> new LocalObjectReference("x".repeat(215) + n))
                .toList())
        .build();
  }

  private static HasMetadata labelled(int number) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(BULK)
        .withName("labelled-" + number)
        .withLabels(labels(A_MEGABYTE / 130))
        .endMetadata()
        .build();
  }

  /// Labels by server-side apply: the API server notes the owner of each.
  private static HasMetadata managed(int number) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(BULK)
        .withName("managed-" + number)
        .withLabels(labels(A_MEGABYTE / 2 / 75))
        .endMetadata()
        .build();
  }

  private static Map<String, String> labels(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(n -> Api.GROUP + "/" + "k".repeat(50) + n, n -> "v" + n));
  }

  private static HasMetadata identity(int number) {
    var secrets =
        IntStream.range(0, 64)
            .mapToObj(
                secret ->
                    "{name: large-%d-%d, generate: {keys: [%s]}}"
                        .formatted(
                            number,
                            secret,
                            IntStream.range(0, 4)
                                .mapToObj(
                                    key ->
                                        "{name: k%d, cycle: [%s]}"
                                            .formatted(
                                                key,
                                                IntStream.range(0, 16)
                                                    .mapToObj(n -> "a".repeat(230) + n)
                                                    .collect(Collectors.joining(", "))))
                                .collect(Collectors.joining(", "))))
            .collect(Collectors.joining(", "));
    return read(
        """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
         metadata: {name: large-%d, namespace: %s},
         spec: {owner: {contact: eve@example.com}, secrets: [%s]}}
        """
            .formatted(number, BULK, secrets));
  }

  private static String victim(int number) {
    return "victim-" + number;
  }

  private static void namespace(LocalCluster cluster, String name) {
    cluster
        .client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  private static void apply(LocalCluster cluster, String yaml) {
    cluster.client().resource(read(yaml)).create();
  }

  private static GenericKubernetesResource read(String yaml) {
    return Serialization.unmarshal("---\n" + yaml, GenericKubernetesResource.class);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
