// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import static dev.credence.testing.Eventually.DEADLINE;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.joining;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// One namespace of a cluster: what a user does there and what a user sees there.
public record Scene(KubernetesClient client, String namespace) {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  public static final String OWNER = "owner: {team: sales, contact: alice@example.com}";

  /// A generated Secret with one password: an item of `spec.secrets`.
  public static String password(String secret) {
    return "{name: %s, generate: {keys: [{name: password, password: {}}]}}".formatted(secret);
  }

  /// The same, replaced in this rhythm: `interval: 12s, overlap: 5s`.
  public static String password(String secret, String rotation) {
    return "{name: %s, generate: {keys: [{name: password, password: {}}]}, rotation: {%s}}"
        .formatted(secret, rotation);
  }

  public static Scene in(TestNamespace namespace) {
    return new Scene(LocalCluster.shared().client(), namespace.name());
  }

  /// In a new namespace, which goes with its cluster.
  public static Scene fresh(LocalCluster cluster, String name) {
    return new Scene(
        cluster.client(), TestNamespace.create(cluster.client(), name, Map.of()).name());
  }

  /// Creates any object of the namespace, or of the cluster.
  public HasMetadata create(String yaml) {
    var object = read(yaml, GenericKubernetesResource.class);
    return client.resource(object).inNamespace(namespace).create();
  }

  /// `spec` is the inside of the braces: `owner: {…}, secrets: [{…}]`.
  public MachineIdentity identity(String name, String spec) {
    create(
        "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s}, spec: {%s}}"
            .formatted(name, spec));
    return identity(name).get();
  }

  public Stream<MachineIdentity> identities() {
    return client
        .resources(MachineIdentity.class)
        .inNamespace(namespace)
        .list()
        .getItems()
        .stream();
  }

  public Resource<MachineIdentity> identity(String name) {
    return client.resources(MachineIdentity.class).inNamespace(namespace).withName(name);
  }

  /// A policy of the cluster that selects this namespace alone; to be closed.
  public Policy policy(String spec) {
    return new Policy(client, namespace, "for-" + namespace).replace(spec);
  }

  /// Goes when it is closed.
  public record Policy(KubernetesClient client, String namespace, String name)
      implements AutoCloseable {
    public Policy replace(String spec) {
      var object =
          read(
              "{apiVersion: credence.dev/v1alpha1, kind: CredentialPolicy, metadata: {name: %s}, spec: {match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}}, %s}}"
                  .formatted(name, namespace, spec),
              GenericKubernetesResource.class);
      client.resource(object).createOr(there -> there.update());
      return this;
    }

    /// Until an operator has seen it as it is: what an identity asks for before that, it gets.
    public Policy awaitSeen() {
      eventually("the operator has seen the policy " + name)
          .until(
              () -> {
                var policy = client.resources(CredentialPolicy.class).withName(name).get();
                return policy.getStatus() != null
                    && policy
                        .getMetadata()
                        .getGeneration()
                        .equals(policy.getStatus().observedGeneration());
              });
      return this;
    }

    @Override
    public void close() {
      client
          .genericKubernetesResources("credence.dev/v1alpha1", "CredentialPolicy")
          .withName(name)
          .delete();
    }
  }

  /// A merge patch, written as YAML: `{spec: {owner: {contact: bob@example.com}}}`.
  public void patch(Resource<? extends HasMetadata> resource, String yaml) {
    resource.patch(MERGE, Serialization.asJson(read(yaml, Map.class)));
  }

  /// As the controller of another kind does.
  public void patchStatus(Resource<? extends HasMetadata> resource, String yaml) {
    resource.subresource("status").patch(MERGE, Serialization.asJson(read(yaml, Map.class)));
  }

  public void annotate(Resource<? extends HasMetadata> resource, String key, String value) {
    patch(resource, "{metadata: {annotations: {%s: '%s'}}}".formatted(key, value));
  }

  public Resource<Secret> secret(String name) {
    return client.secrets().inNamespace(namespace).withName(name);
  }

  public Resource<ServiceAccount> account(String name) {
    return client.serviceAccounts().inNamespace(namespace).withName(name);
  }

  public ServiceAccount createAccount(String name) {
    return client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
  }

  public Resource<CronJob> cronJob(String name) {
    return client.batch().v1().cronjobs().inNamespace(namespace).withName(name);
  }

  public Resource<Job> job(String name) {
    return client.batch().v1().jobs().inNamespace(namespace).withName(name);
  }

  /// The names of the Jobs that are there.
  public List<String> jobs() {
    return client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
        .map(job -> job.getMetadata().getName())
        .sorted()
        .toList();
  }

  /// A suspended CronJob whose holder agrees that it is run as a hook. Its Jobs succeed in a second
  /// or three.
  public void createHook(String name) {
    create(
        """
        {apiVersion: batch/v1, kind: CronJob, metadata: {name: %s, annotations: {credence.dev/hook: 'true'}},
         spec: {schedule: '0 0 1 1 *', suspend: true, jobTemplate: {spec: {backoffLimit: 0, template: {spec: {
           restartPolicy: Never, containers: [{name: hook, image: postgres:18, env: [{name: STEP, value: $(CREDENCE_STEP)}]}]}}}}}}
        """
            .formatted(name));
  }

  /// From now on its Jobs run and run: nobody gives their pods a node.
  public void holdUp(String hook) {
    change(hook, "nobody", "null");
  }

  /// From now on its Jobs fail, after a second.
  public void letFail(String hook) {
    change(hook, "nobody", "1");
  }

  /// The end of both, for the Jobs that are yet to come.
  public void letSucceed(String hook) {
    change(hook, "null", "null");
  }

  private void change(String hook, String scheduler, String seconds) {
    patch(
        cronJob(hook),
        "{spec: {jobTemplate: {spec: {activeDeadlineSeconds: %s, template: {spec: {schedulerName: %s}}}}}}"
            .formatted(seconds, scheduler));
  }

  public Resource<Deployment> deployment(String name) {
    return client.apps().deployments().inNamespace(namespace).withName(name);
  }

  public MachineIdentityStatus status(String name) {
    return Optional.ofNullable(identity(name).get())
        .map(MachineIdentity::getStatus)
        .orElseThrow(() -> new AssertionError("there is no identity " + name));
  }

  /// The status belongs to the spec as it is now.
  public boolean isSeen(String name) {
    var identity = identity(name).get();
    return identity != null
        && identity.getMetadata().getGeneration().equals(identity.getStatus().observedGeneration());
  }

  /// The same, and this is what the condition says: one request, since it is asked again and again.
  private boolean isSeen(String name, String type, String result) {
    var identity = identity(name).get();
    return identity != null
        && identity.getMetadata().getGeneration().equals(identity.getStatus().observedGeneration())
        && result(identity, type).equals(result);
  }

  public Optional<Condition> condition(String name, String type) {
    return condition(identity(name).get(), type);
  }

  private static Optional<Condition> condition(@Nullable MachineIdentity identity, String type) {
    return Stream.ofNullable(identity)
        .map(MachineIdentity::getStatus)
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.type().equals(type))
        .findFirst();
  }

  /// `True Compliant`
  public String result(String name, String type) {
    return result(identity(name).get(), type);
  }

  private static String result(@Nullable MachineIdentity identity, String type) {
    return condition(identity, type)
        .map(condition -> condition.status() + " " + condition.reason())
        .orElse("absent");
  }

  public String message(String name, String type) {
    return condition(name, type).map(Condition::message).orElse("absent");
  }

  public CredentialStatus credential(String identity, String name) {
    return Stream.ofNullable(status(identity).credentials())
        .flatMap(List::stream)
        .filter(credential -> credential.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no credential " + name + " in " + identity));
  }

  public void awaitReady(String name) {
    await(name, "Ready", "True Compliant");
  }

  /// `await("crm", "MembersLinked", "False MemberMissing")`: for a status of the present spec.
  public void await(String name, String type, String result) {
    await(DEADLINE, name, type, result);
  }

  public void await(Duration deadline, String name, String type, String result) {
    try {
      within(deadline, "%s of %s is %s".formatted(type, name, result))
          .until(() -> isSeen(name, type, result));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "; it is " + described(name), e);
    }
  }

  /// The status of the identity names a policy.
  public void awaitPolicy(String name) {
    eventually("a policy matches " + name)
        .until(() -> isSeen(name) && status(name).policies() != null);
  }

  public void awaitVersion(String secret, long version) {
    awaitVersion(DEADLINE, secret, version);
  }

  public void awaitVersion(Duration deadline, String secret, long version) {
    within(deadline, "%s has version %d".formatted(secret, version))
        .until(() -> version(secret) == version);
  }

  public long version(String secret) {
    return annotation(secret(secret), Api.SECRET_VERSION).map(Long::parseLong).orElse(0L);
  }

  public static Optional<String> annotation(Resource<? extends HasMetadata> resource, String key) {
    return metadata(resource).map(ObjectMeta::getAnnotations).map(all -> all.get(key));
  }

  public static Optional<String> label(Resource<? extends HasMetadata> resource, String key) {
    return metadata(resource).map(ObjectMeta::getLabels).map(all -> all.get(key));
  }

  private static Optional<ObjectMeta> metadata(Resource<? extends HasMetadata> resource) {
    return Optional.ofNullable(resource.get()).map(HasMetadata::getMetadata);
  }

  /// What belongs to the identity by our label.
  public boolean isMarked(Resource<? extends HasMetadata> resource, String identity) {
    return label(resource, Api.IDENTITY).filter(identity::equals).isPresent();
  }

  public boolean isUnmarked(Resource<? extends HasMetadata> resource) {
    return resource.get() != null
        && Stream.of(
                label(resource, Api.IDENTITY),
                annotation(resource, Api.OWNER),
                annotation(resource, Api.TEAM))
            .allMatch(Optional::isEmpty);
  }

  /// `Normal Issued`, `Warning MemberMissing`, …: the Events about an identity, in their order.
  public List<String> events(String identity) {
    return client.events().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getRegarding().getName().equals(identity))
        .sorted(Comparator.comparing((Event event) -> event.getEventTime().getTime()))
        .map(event -> event.getType() + " " + event.getReason())
        .toList();
  }

  /// The value under a key of a Secret that is there; empty where there is none.
  public Optional<String> value(String secret, String key) {
    return Optional.ofNullable(secret(secret).get())
        .map(Secret::getData)
        .map(data -> data.get(key))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }

  /// Its state and version: `Fresh 2`; without a value yet `Applying`.
  public String stand(String identity, String credential) {
    return Stream.ofNullable(status(identity).credentials())
        .flatMap(List::stream)
        .filter(found -> found.name().equals(credential))
        .map(found -> found.state() + (found.version() == null ? "" : " " + found.version()))
        .findFirst()
        .orElse("absent");
  }

  public void awaitStand(String identity, String credential, String stand) {
    try {
      eventually("%s of %s is %s".formatted(credential, identity, stand))
          .until(() -> stand(identity, credential).equals(stand));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s; it is %s; %s"
              .formatted(e.getMessage(), stand(identity, credential), described(identity)),
          e);
    }
  }

  /// Braces alone would be taken for JSON.
  public static <T> T read(String yaml, Class<T> type) {
    return Serialization.unmarshal("---\n" + yaml, type);
  }

  /// An object as it is: nobody wrote it as long as it prints the same.
  public static String print(Resource<? extends HasMetadata> resource) {
    var object = resource.get();
    if (object == null) {
      return "gone";
    }
    object.getMetadata().setManagedFields(null);
    return Serialization.asYaml(object);
  }

  private String described(String name) {
    return Stream.ofNullable(identity(name).get())
        .map(MachineIdentity::getStatus)
        .flatMap(status -> status.conditions().stream())
        .map(c -> "%s %s %s (%s)".formatted(c.type(), c.status(), c.reason(), c.message()))
        .collect(joining("; "));
  }

  /// What is seen changes for some time, and then no more for a while.
  public static void comesToRest(Duration time, String what, Supplier<?> seen) {
    var last = new AtomicReference<@Nullable Object>();
    within(time.plus(DEADLINE), what)
        .during(time)
        .until(
            () -> {
              var now = seen.get();
              return now.equals(last.getAndSet(now));
            });
  }

  /// What is true stays true for a while: for what must not happen.
  public static void stays(Duration time, String what, Callable<Boolean> condition) {
    within(time.plus(DEADLINE), what).during(time).until(condition);
  }
}
