// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What house rules, cleaners and people do to the objects that the operator made: they delete,
/// relabel and annotate them, at every moment of a rotation, once or again and again. The rotation
/// ends with the new value in place, or the status says why not. No hook runs without end, and none
/// beside another for the same value.
class VandalsTest {
  private static final Instant BEGINNING = Instant.parse("2027-01-01T00:00:00Z");
  private static final int MOST_ATTEMPTS = 5;
  private static final int MOST_TIMES = 100;
  private static final int MOST_MOMENTS = 400;

  private static final String WORLD =
      """
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm}
      spec:
        owner: {contact: alice@example.com}
        secrets:
        - name: crm-db
          generate: {keys: [{name: password, password: {}}]}
          rotation: {interval: 720h, overlap: 1h}
          hooks:
            apply: {cronJobName: crm-db-apply, timeout: 2m}
            verify: {cronJobName: crm-db-verify, timeout: 2m}
            revoke: {cronJobName: crm-db-revoke, timeout: 2m}
      """;

  private enum Vandal {
    /// `ttlSecondsAfterFinished` by a rule of the cluster
    deletes_finished_jobs(
        world -> delete(world, object -> object instanceof Job job && hasEnded(job))),
    /// kube-janitor
    deletes_all_jobs(world -> delete(world, Job.class::isInstance)),
    /// a mutating policy
    writes_managed_by(
        world ->
            change(
                world,
                _ -> true,
                meta -> meta.addToLabels("app.kubernetes.io/managed-by", "platform"))),
    /// `kubectl label jobs --all credence.dev/identity-`
    takes_the_label_off_jobs(
        world -> change(world, Job.class::isInstance, meta -> meta.removeFromLabels(Api.IDENTITY))),
    takes_the_label_off_secrets(
        world ->
            change(world, Secret.class::isInstance, meta -> meta.removeFromLabels(Api.IDENTITY))),
    /// `kubectl label --all --overwrite credence.dev/identity=another`
    relabels_everything(
        world -> change(world, _ -> true, meta -> meta.addToLabels(Api.IDENTITY, "another"))),
    /// Argo CD, and whoever else tracks what it finds
    annotates_everything(
        world ->
            change(
                world,
                _ -> true,
                meta ->
                    meta.addToAnnotations("argocd.argoproj.io/tracking-id", "apps:x")
                        .addToLabels("argocd.argoproj.io/instance", "apps"))),
    takes_all_annotations_off_jobs(
        world -> change(world, Job.class::isInstance, meta -> meta.withAnnotations(Map.of()))),
    takes_the_records_off_secrets(
        world ->
            change(
                world,
                Secret.class::isInstance,
                meta ->
                    meta.removeFromAnnotations(Api.HOOK_RUNS)
                        .removeFromAnnotations(Api.KEYS)
                        .removeFromAnnotations(Api.WRITTEN))),
    garbles_the_records(
        world ->
            change(
                world,
                Secret.class::isInstance,
                meta ->
                    meta.addToAnnotations(Api.HOOK_RUNS, "{\"uid\": 7, \"runs\": {}}")
                        .addToAnnotations(Api.WRITTEN, "::")
                        .addToAnnotations(Api.KEYS, ", ,"))),
    takes_all_annotations_off_the_pending_secret(
        world -> change(world, VandalsTest::isPending, meta -> meta.withAnnotations(Map.of()))),
    deletes_the_pending_secret(world -> delete(world, VandalsTest::isPending)),
    /// ten tools that update
    has_the_field_owners_merged(
        world -> ours(world).filter(Secret.class::isInstance).forEach(world::mergeFieldOwners));

    private final Consumer<World> act;

    Vandal(Consumer<World> act) {
      this.act = act;
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_rotation_ends_right_or_says_why_not_when_it_happens_once(Vandal vandal) {
    var before = new Course(world());
    for (var moment = 0; before.goesOn(); moment++) {
      var after = before.copy();
      vandal.act.accept(after.world);
      after.runToItsEnd();
      after.check(vandal + " at moment " + moment);
    }
    before.check("left alone");
    assertThat(before.isTurned()).as("left alone the new value is in place").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void so_it_does_when_it_happens_again_and_again(Vandal vandal) {
    var course = new Course(world());
    for (var moment = 0; moment < MOST_TIMES && course.goesOn(); moment++) {
      vandal.act.accept(course.world);
    }
    course.runToItsEnd();
    course.check(vandal + " at every moment");
  }

  /// These change nothing that the operator goes by, or what it records elsewhere too.
  @ParameterizedTest
  @EnumSource(
      names = {
        "deletes_finished_jobs",
        "writes_managed_by",
        "annotates_everything",
        "takes_the_label_off_secrets",
        "takes_the_records_off_secrets",
        "garbles_the_records",
        "has_the_field_owners_merged"
      })
  void what_others_may_write_keeps_no_rotation_from_its_end(Vandal vandal) {
    var before = new Course(world());
    for (var moment = 0; before.goesOn(); moment++) {
      var after = before.copy();
      vandal.act.accept(after.world);
      after.runToItsEnd();
      assertThat(after.isTurned()).as(vandal + " at moment " + moment).isTrue();
    }
  }

  private static World world() {
    var world = new World(BEGINNING);
    world.put(Yaml.object(Yaml.node(Yaml.documents(WORLD).getFirst())));
    return world;
  }

  /// A rotation from the request on: one moment is a look that did something, the end of Jobs, or
  /// the time of the next look.
  private static final class Course {
    private final World world;
    private final Set<String> started = new HashSet<>();
    private final List<Start> starts = new ArrayList<>();
    private int moments;

    /// A Job that was created for the value of a Secret.
    private record Start(String valueUid, String step, String attempt) {}

    Course(World world) {
      this.world = world;
      runToItsEnd();
      moments = 0;
      starts.clear();
      var identity = world.identities().findFirst().orElseThrow();
      world.write(
          "kubectl",
          World.with(
              identity,
              new ObjectMetaBuilder(identity.getMetadata())
                  .addToAnnotations(Api.ROTATE, "now")
                  .build()));
      world.moveTo(world.now().plus(Duration.ofMinutes(1)));
    }

    private Course(Course of) {
      this.world = of.world.copy();
      this.started.addAll(of.started);
      this.starts.addAll(of.starts);
      this.moments = of.moments;
    }

    Course copy() {
      return new Course(this);
    }

    void runToItsEnd() {
      while (moments < MOST_MOMENTS && goesOn()) {}
    }

    /// False where nothing is left to do for a day.
    boolean goesOn() {
      moments++;
      var observe = world.observe("sales", "crm").orElseThrow();
      remember();
      if (observe.decision().actions().size() > observe.failedWrites().size()) {
        return true;
      }
      if (jobs().filter(job -> !hasEnded(job)).peek(this::succeeds).count() > 0) {
        return true;
      }
      var next =
          Stream.concat(
                  observe.decision().reconcileAt().stream(),
                  observe.failedWrites().stream().map(failedWrite -> failedWrite.retryAt()))
              .filter(world.now()::isBefore)
              .min(Instant::compareTo)
              .filter(world.now().plus(Duration.ofDays(1))::isAfter);
      next.ifPresent(world::moveTo);
      return next.isPresent();
    }

    private void remember() {
      jobs()
          .filter(job -> started.add(job.getMetadata().getUid()))
          .forEach(
              job -> {
                var annotations = job.getMetadata().getAnnotations();
                starts.add(
                    new Start(
                        annotations.get(Api.VALUE_UID),
                        annotations.get(Api.STEP),
                        annotations.get(Api.ATTEMPT)));
                assertThat(unfinished(annotations.get(Api.VALUE_UID)))
                    .as("Jobs at once for one value")
                    .isLessThan(2);
              });
    }

    private long unfinished(String valueUid) {
      return jobs()
          .filter(job -> !hasEnded(job))
          .filter(
              job ->
                  valueUid.equals(
                      Optional.ofNullable(job.getMetadata().getAnnotations())
                          .map(all -> all.get(Api.VALUE_UID))
                          .orElse(valueUid)))
          .count();
    }

    private Stream<Job> jobs() {
      return List.copyOf(world.truth()).stream().filter(Job.class::isInstance).map(Job.class::cast);
    }

    private void succeeds(Job job) {
      world.write(
          "kube-controller-manager",
          new JobBuilder(job)
              .editOrNewStatus()
              .addNewCondition()
              .withType("Complete")
              .withStatus("True")
              .withLastTransitionTime(world.now().toString())
              .endCondition()
              .endStatus()
              .build());
    }

    boolean isTurned() {
      return world
          .truth("Secret", "sales", "crm-db")
          .map(secret -> secret.getMetadata().getAnnotations())
          .filter(all -> "2".equals(all.get(Api.SECRET_VERSION)))
          .filter(all -> !all.containsKey(Api.PREVIOUS_RETIRES_AT))
          .isPresent();
    }

    void check(String what) {
      assertThat(starts.stream().collect(groupingBy(start -> start, counting())).values())
          .as(what + ": no attempt runs a second time: " + starts)
          .allMatch(times -> times == 1);
      assertThat(
              starts.stream()
                  .collect(groupingBy(start -> start.valueUid() + start.step(), counting()))
                  .values())
          .as(what + ": attempts are counted: " + starts)
          .allMatch(times -> times <= MOST_ATTEMPTS);
      var status = world.status("sales", "crm").orElseThrow();
      var fresh = status.always(ConditionType.CredentialsFresh);
      var says = fresh.status() == ConditionStatus.False && !fresh.message().isBlank();
      assertThat(isTurned() || says)
          .as(what + ": the value is in place, or the status says why not: " + fresh)
          .isTrue();
      assertThat(moments < MOST_MOMENTS || says).as(what + ": comes to its end").isTrue();
    }
  }

  private static boolean hasEnded(Job job) {
    return job.getStatus() != null && !job.getStatus().getConditions().isEmpty();
  }

  private static boolean isPending(HasMetadata object) {
    return object.getMetadata().getName().equals("crm-db-pending");
  }

  private static Stream<HasMetadata> ours(World world) {
    return List.copyOf(world.truth()).stream()
        .filter(object -> object instanceof Secret || object instanceof Job);
  }

  private static void delete(World world, Predicate<HasMetadata> which) {
    ours(world)
        .filter(which)
        .map(HasMetadata::getMetadata)
        .map(ObjectMeta::getName)
        .toList()
        .forEach(
            name -> {
              for (var kind : List.of("Job", "Secret")) {
                world
                    .truth(kind, "sales", name)
                    .filter(which)
                    .ifPresent(_ -> world.delete(kind, "sales", name));
              }
            });
  }

  private static void change(
      World world, Predicate<HasMetadata> which, Consumer<ObjectMetaBuilder> change) {
    ours(world)
        .filter(which)
        .forEach(
            object -> {
              var meta = new ObjectMetaBuilder(object.getMetadata());
              change.accept(meta);
              world.write("somebody", World.with(object, meta.build()));
            });
  }
}
