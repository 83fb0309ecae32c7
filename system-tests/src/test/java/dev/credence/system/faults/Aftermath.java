// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SecretMember;
import dev.credence.cluster.Audit;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What must hold after every fault, whichever it was: every identity is as it should be within a
/// stated time, each value was made once, then there is quiet, nothing of others was touched, no
/// value is where it must not be, and what the operator says of itself is true.
///
/// It begins before the fault: what is there then and belongs to no identity is foreign.
public final class Aftermath {
  /// `-Dcredence.faults=N`, as `make faults` has it: N seeds, and time for the long faults.
  public static final boolean THOROUGH = Integer.getInteger("credence.faults") != null;

  public static final int SEEDS = Integer.getInteger("credence.faults", 1);
  public static final Duration TO_MEND = Duration.ofMinutes(1);
  public static final Duration QUIET = Duration.ofSeconds(THOROUGH ? 60 : 10);

  private static final List<String> PLACES_WITHOUT_VALUES =
      List.of(
          "/api/v1/namespaces/%s/configmaps",
          "/api/v1/namespaces/%s/serviceaccounts",
          "/apis/events.k8s.io/v1/namespaces/%s/events",
          "/apis/credence.dev/v1alpha1/namespaces/%s/machineidentities",
          "/apis/batch/v1/namespaces/%s/jobs");

  private final LocalCluster cluster;
  private final List<Scene> scenes;
  private final Audit audit;
  private final Map<String, String> foreign;

  /// `scenes`: every namespace that the operator looks after, and no others.
  public static Aftermath of(LocalCluster cluster, Scene... scenes) {
    return new Aftermath(cluster, List.of(scenes));
  }

  private Aftermath(LocalCluster cluster, List<Scene> scenes) {
    this.cluster = cluster;
    this.scenes = scenes;
    this.audit = cluster.audit();
    this.foreign = foreign();
  }

  /// To be called when the fault is over. `version`: which version the values of an identity, by
  /// its name, must have reached; whoever is suspended is not asked.
  public void holds(OperatorProcess operator, ToLongFunction<String> version) {
    holds(operator, TO_MEND, version);
  }

  public void holds(OperatorProcess operator, Duration toMend, ToLongFunction<String> version) {
    repairs(operator, toMend, version);
    var created = audit.requests().ofOperator().verb("create").on("secrets");
    isQuiet();
    scenes.forEach(scene -> madeOnce(created.in(scene.namespace())));
    assertThat(foreign()).as("what is not ours").containsAllEntriesOf(foreign);
    tellsTheTruth(operator);
    keepsValuesToItself(operator);
    assertThat(operator.isAlive()).isTrue();
  }

  /// The beginning of it: every identity is as it should be, and the operator knows.
  public void repairs(OperatorProcess operator, Duration within, ToLongFunction<String> version) {
    within(within, "every identity is as it should be")
        .untilAsserted(
            () -> {
              for (var scene : scenes) {
                var secrets = secrets(scene);
                scene.identities().forEach(identity -> isRight(identity, secrets, version));
              }
            });
    within(within, "the operator says that all is well").until(operator::isReady);
  }

  /// By name. One request, however many identities are looked at.
  private static Map<String, Secret> secrets(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .collect(toMap(secret -> secret.getMetadata().getName(), secret -> secret));
  }

  private static void isRight(
      MachineIdentity identity, Map<String, Secret> secrets, ToLongFunction<String> version) {
    var name = identity.getMetadata().getName();
    var status = identity.getStatus();
    var results =
        status.conditions().stream()
            .collect(toMap(Condition::type, one -> one.status() + " " + one.reason()));
    assertThat(status.observedGeneration())
        .as(name)
        .isEqualTo(identity.getMetadata().getGeneration());
    if (identity.getMetadata().getAnnotations().containsKey(Api.SUSPEND)) {
      assertThat(results).as(name).containsEntry("Suspended", "True Requested");
      return;
    }
    assertThat(results).as(name).containsEntry("Ready", "True Compliant");
    created(identity)
        .forEach(
            secret -> isRight(identity, secret, secrets.get(secret), version.applyAsLong(name)));
  }

  private static Stream<String> created(MachineIdentity identity) {
    return Stream.ofNullable(identity.getSpec().secrets())
        .flatMap(List::stream)
        .filter(secret -> secret.generate() != null)
        .map(SecretMember::name);
  }

  private static void isRight(
      MachineIdentity identity, String name, @Nullable Secret secret, long version) {
    assertThat(secret).as(name).isNotNull();
    assertThat(secret.getMetadata().getOwnerReferences())
        .as(name)
        .anyMatch(owner -> owner.getUid().equals(identity.getMetadata().getUid()));
    assertThat(secret.getMetadata().getAnnotations())
        .as(name)
        .containsEntry(Api.SECRET_VERSION, String.valueOf(version));
    assertThat(secret.getData()).as(name).isNotEmpty();
    var reported =
        identity.getStatus().credentials().stream()
            .filter(credential -> credential.name().equals(name))
            .findFirst();
    assertThat(reported).as(name).isPresent();
    assertThat(reported.get().version()).as(name).isEqualTo(version);
  }

  /// Nothing is written for a while, in any namespace of the operator. What could not be asked
  /// while it was bad, like who uses an account, is asked again within the minute and told.
  private void isQuiet() {
    var since = cluster.audit();
    within(TO_MEND.plus(QUIET), "nothing is written")
        .during(QUIET)
        .untilAsserted(() -> assertThat(writes(since.next())).isEmpty());
  }

  private Map<String, String> writes(Requests requests) {
    var writes = new TreeMap<String, String>();
    for (var scene : scenes) {
      var here = requests.in(scene.namespace()).ofOperator().writes();
      if (here.count() > 0) {
        writes.put(scene.namespace(), here.toString());
      }
    }
    return writes;
  }

  /// A Secret that is there was created by one request; the others found it taken.
  private static void madeOnce(Requests creations) {
    var there = new HashSet<String>();
    creations.all().stream()
        .filter(request -> request.code() < 300)
        .forEach(request -> assertThat(there.add(request.name())).as("%s twice", request).isTrue());
  }

  /// What belongs to no identity, with all by which a change would show.
  private Map<String, String> foreign() {
    var objects = new TreeMap<String, String>();
    for (var scene : scenes) {
      var namespace = scene.namespace();
      Stream.<List<? extends HasMetadata>>of(
              scene.client().secrets().inNamespace(namespace).list().getItems(),
              scene.client().serviceAccounts().inNamespace(namespace).list().getItems(),
              scene.client().configMaps().inNamespace(namespace).list().getItems())
          .flatMap(List::stream)
          .filter(object -> !isOurs(object))
          .forEach(object -> objects.put(name(object), print(object)));
    }
    return objects;
  }

  private static boolean isOurs(HasMetadata object) {
    var labels = object.getMetadata().getLabels();
    return (labels != null && labels.containsKey(Api.IDENTITY))
        || object.getMetadata().getName().equals("kube-root-ca.crt");
  }

  private static String name(HasMetadata object) {
    return "%s %s/%s"
        .formatted(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  private static String print(HasMetadata object) {
    var meta = object.getMetadata();
    var data = object instanceof Secret secret ? secret.getData() : null;
    return meta.getUid() + " " + meta.getResourceVersion() + " " + data;
  }

  /// The metrics agree with the statuses, and both with what is there.
  private void tellsTheTruth(OperatorProcess operator) {
    var all = scenes.stream().flatMap(Scene::identities).toList();
    var ready =
        all.stream()
            .filter(
                identity ->
                    identity.getStatus().conditions().stream()
                        .anyMatch(
                            one ->
                                one.type().equals("Ready")
                                    && String.valueOf(one.status()).equals("True")))
            .count();
    var page = operator.metrics();
    assertThat(sum(page, "credence_identities{")).as("credence_identities").isEqualTo(all.size());
    assertThat(sum(page, "credence_identities_not_ready{"))
        .as("credence_identities_not_ready")
        .isEqualTo(all.size() - ready);
    assertThat(sum(page, "credence_rotations_overdue ")).as("overdue").isZero();
  }

  private static double sum(String page, String start) {
    return page.lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// What was made is in the data of Secrets alone: as it is and in Base64.
  private void keepsValuesToItself(OperatorProcess operator) {
    var places = new TreeMap<String, String>();
    places.put("the log", operator.log());
    places.put("the metrics", operator.metrics());
    for (var scene : scenes) {
      for (var place : PLACES_WITHOUT_VALUES) {
        var path = place.formatted(scene.namespace());
        places.put(path, scene.client().raw(path));
      }
      secrets(scene)
          .forEach(
              (name, secret) ->
                  places.put("metadata of " + name, Serialization.asJson(secret.getMetadata())));
    }
    scenes.stream()
        .flatMap(Aftermath::values)
        .forEach(
            value ->
                places.forEach(
                    (place, text) ->
                        assertThat(text.contains(value)).as("a value in %s", place).isFalse()));
  }

  private static Stream<String> values(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(Aftermath::isOurs)
        .flatMap(secret -> Stream.ofNullable(secret.getData()))
        .flatMap(data -> data.values().stream())
        .flatMap(
            value ->
                Stream.of(
                    value, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)))
        .filter(value -> value.length() >= 8);
  }
}
