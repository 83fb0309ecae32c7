// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.OwnedMetadata;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.read.HookJobReader;
import dev.credence.observe.read.HookTemplates;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.usage.Workloads;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a hook: creates a Job from a suspended CronJob of the namespace whose owner agreed, as
/// `kubectl create job --from` does. Credence adds nothing to the pod but environment variables, so
/// users cannot run anything through the operator that they could not run themselves.
final class HookStarts {
  private static final Logger LOG = LoggerFactory.getLogger(HookStarts.class);

  private final KubernetesClient client;
  private final MetadataWrites metadata;
  private final HookAdmission admission;
  private final Memory memory;

  HookStarts(
      KubernetesClient client, MetadataWrites metadata, HookAdmission admission, Memory memory) {
    this.client = client;
    this.metadata = metadata;
    this.admission = admission;
    this.memory = memory;
  }

  void start(Action.RunHook run, MachineIdentity identity) {
    var template = agreed(run, identity.getMetadata().getNamespace());
    var labelling =
        new Labelling(
            Optional.of(identity.getMetadata().getName()), Optional.empty(), Optional.empty());
    var job =
        new JobBuilder()
            .withMetadata(
                OwnedMetadata.tied(run.subject(), labelling, identity)
                    .addToAnnotations(annotations(run, identity))
                    .addToLabels(ofTemplate(template.getMetadata(), ObjectMeta::getLabels))
                    .addToAnnotations(
                        ofTemplate(template.getMetadata(), ObjectMeta::getAnnotations))
                    .build())
            .withSpec(spec(run, identity, template.getSpec()))
            .build();
    for (var lost : run.lost()) {
      checkEnded(run, lost, identity);
    }
    if (run.step() == Step.issue) {
      admission.checkEnforced(run, identity);
    }
    try {
      var started =
          WriteRefused.asked(run.subject(), "create", () -> client.resource(job).create());
      memory.wrote(started);
      run.record().ifPresent(record -> record(record, started, identity));
    } catch (WriteRefused refusal) {
      throw refusal.why() == Cause.Raced ? taken(run, identity).orElse(refusal) : refusal;
    }
  }

  /// At once, so that the attempt counts whatever becomes of its Job.
  private void record(Action.Note known, Job started, MachineIdentity identity) {
    var runs = new ArrayList<>(known.runs());
    HookJobReader.of(started, identity.getMetadata().getUid())
        .map(HookJob::run)
        .ifPresent(runs::add);
    try {
      metadata.note(
          identity.getMetadata().getNamespace(),
          new Action.Note(known.subject(), known.preconditions(), runs));
    } catch (WriteRefused overtaken) {
      // Another client wrote the Secret: the next reconcile records what the watch shows.
      LOG.debug(
          "{}: the start is not recorded yet: {}",
          started.getMetadata().getName(),
          overtaken.why());
    }
  }

  /// Labels and annotations of the CronJob's jobTemplate, such as the queue of a scheduler and what
  /// an admission policy of the cluster requires. Those of this group are for Credence to write.
  private static Map<String, String> ofTemplate(
      @Nullable ObjectMeta template, Function<ObjectMeta, @Nullable Map<String, String>> which) {
    var stated = template == null ? null : which.apply(template);
    var others = new HashMap<>(Objects.requireNonNullElse(stated, Map.<String, String>of()));
    others.keySet().removeIf(key -> key.startsWith(Api.GROUP + "/"));
    return others;
  }

  /// Why the name of the Job is taken; empty where the Job is the one that was to be started.
  private Optional<WriteRefused> taken(Action.RunHook run, MachineIdentity identity) {
    var found = find(run.subject(), identity.getMetadata().getNamespace());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (!MemberReader.isCreatedFor(identity.getMetadata().getUid(), found.get())) {
      return Optional.of(
          WriteRefused.of(
              run.subject(),
              "The Job exists and is not managed by Credence. The operator runs the hook under this name. Delete the Job if nothing needs it."));
    }
    return HookJobReader.isKnown(found.get(), identity.getMetadata().getUid())
        ? Optional.empty()
        : Optional.of(
            WriteRefused.of(
                run.subject(),
                "Credence started the Job, and the Job has lost its labels or annotations of credence.dev, without which the operator does not read its result. Delete the Job."));
  }

  /// Two attempts at once would each take the value of the other for their own.
  private void checkEnded(Action.RunHook run, ObjectRef lost, MachineIdentity identity) {
    var uid = identity.getMetadata().getUid();
    var running =
        find(lost, identity.getMetadata().getNamespace())
            .filter(job -> MemberReader.isCreatedFor(uid, job) && !Workloads.isOver(job));
    if (running.isPresent()) {
      throw HookJobReader.isKnown(running.get(), uid)
          // The watch is late, and shows it soon.
          ? WriteRefused.raced(run.subject())
          : WriteRefused.of(
              run.subject(),
              "Waiting for "
                  + lost
                  + ", which still runs and has lost its labels or annotations of credence.dev, without which the operator does not read its result. Delete that Job to continue at once.");
    }
  }

  /// By a list, since the operator has no right to `get` Jobs.
  private Optional<Job> find(ObjectRef job, String namespace) {
    return WriteRefused.asked(
            job,
            "list",
            () ->
                client
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .withField("metadata.name", job.name())
                    .list())
        .getItems()
        .stream()
        .findFirst();
  }

  private JobTemplateSpec agreed(Action.RunHook run, String namespace) {
    var name = run.hook().cronJob();
    var cronJob =
        WriteRefused.<@Nullable CronJob>asked(
            run.subject(),
            "read CronJob " + name + " for",
            () -> client.batch().v1().cronjobs().inNamespace(namespace).withName(name).get());
    if (cronJob == null) {
      throw WriteRefused.of(run.subject(), "CronJob " + name + " does not exist");
    }
    if (!"true".equals(Metadata.annotations(cronJob.getMetadata()).get(Api.HOOK))) {
      throw WriteRefused.of(
          run.subject(),
          "CronJob "
              + name
              + " is not a hook. Its owner must set the annotation credence.dev/hook: \"true\".");
    }
    var spec = cronJob.getSpec();
    if (spec == null
        || spec.getJobTemplate() == null
        || spec.getJobTemplate().getSpec() == null
        || !Boolean.TRUE.equals(spec.getSuspend())) {
      throw WriteRefused.of(
          run.subject(),
          "CronJob "
              + name
              + " is not suspended. Set `suspend: true`, so that it runs only as a hook.");
    }
    checkAgreed(run, cronJob);
    return spec.getJobTemplate();
  }

  /// The CronJob may have changed since the reconcile that decided to start it.
  private static void checkAgreed(Action.RunHook run, CronJob cronJob) {
    var agreed = run.hook().agreed();
    if (agreed.isPresent() && !agreed.get().digest().equals(HookTemplates.of(cronJob).digest())) {
      throw WriteRefused.of(
          run.subject(),
          "CronJob "
              + run.hook().cronJob()
              + " changed since "
              + agreed.get().by()
              + " approved it, so the operator does not start it. Approve the identity again, or revert the change.");
    }
  }

  private static Map<String, String> annotations(Action.RunHook run, MachineIdentity identity) {
    var generation = Objects.requireNonNullElse(identity.getMetadata().getGeneration(), 0L);
    var annotations = new HashMap<String, String>();
    annotations.put("cronjob.kubernetes.io/instantiate", "manual");
    annotations.put(Api.HOOK_FOR, run.of().name());
    annotations.put(Api.STEP, run.step().name());
    annotations.put(Api.SECRET_VERSION, String.valueOf(run.version()));
    annotations.put(Api.ATTEMPT, String.valueOf(run.attempt()));
    annotations.put(Api.VALUE_UID, run.about().uid());
    annotations.put(Api.GENERATION, String.valueOf(generation));
    annotations.put(Api.ASKED, run.asked());
    return annotations;
  }

  private static JobSpec spec(Action.RunHook run, MachineIdentity identity, JobSpec template) {
    var timeout = run.hook().timeout().toSeconds();
    var stated = template.getActiveDeadlineSeconds();
    var spec =
        new JobSpecBuilder(template)
            .withActiveDeadlineSeconds(stated == null ? timeout : Math.min(stated, timeout))
            // Its end is what the next decision goes by: we take it away ourselves.
            .withTtlSecondsAfterFinished(null)
            .withSuspend(null)
            .editOrNewTemplate()
            .editOrNewMetadata()
            .addToLabels(Api.HOOK_FOR, run.subject().name())
            .endMetadata()
            .endTemplate()
            .build();
    if (run.step() == Step.issue) {
      limitToOnePod(spec);
    }
    var pod = spec.getTemplate().getSpec();
    if (pod != null) {
      var pending = ObjectRef.pendingOf(run.of().name()).name();
      if (run.step() == Step.probe) {
        PendingReferences.replace(pod, pending, run.of().name());
      } else if (run.step() == Step.revoke && run.about().secret().equals(pending)) {
        // What was issued may not have been written.
        PendingReferences.replaceOptionally(pod, run.of().name(), pending);
      }
      var variables = variables(run, identity);
      report(pod.getContainers(), variables);
      report(pod.getInitContainers(), variables);
    }
    return spec;
  }

  /// One pod is admitted to write the value. A second one would obtain another value.
  private static void limitToOnePod(JobSpec spec) {
    spec.setBackoffLimit(0);
    spec.setBackoffLimitPerIndex(null);
    spec.setMaxFailedIndexes(null);
    spec.setCompletions(1);
    spec.setCompletionMode(null);
    spec.setParallelism(1);
    spec.setPodFailurePolicy(null);
    spec.setSuccessPolicy(null);
  }

  private static void report(@Nullable List<Container> containers, Map<String, String> variables) {
    for (var container : Objects.requireNonNullElse(containers, List.<Container>of())) {
      // First, so that its own variables may refer to them.
      var env = new ArrayList<EnvVar>();
      variables.forEach(
          (name, value) -> env.add(new EnvVarBuilder().withName(name).withValue(value).build()));
      Objects.requireNonNullElse(container.getEnv(), List.<EnvVar>of()).stream()
          .filter(variable -> !variables.containsKey(variable.getName()))
          .forEach(env::add);
      container.setEnv(env);
    }
  }

  /// The environment variables of a hook. The value is under its keys, with the suffix, in the
  /// Secret named there.
  private static Map<String, String> variables(Action.RunHook run, MachineIdentity identity) {
    var variables = new TreeMap<String, String>();
    variables.put("CREDENCE_STEP", run.step().name());
    variables.put("CREDENCE_IDENTITY", identity.getMetadata().getName());
    variables.put("CREDENCE_IDENTITY_UID", identity.getMetadata().getUid());
    variables.put("CREDENCE_NAMESPACE", identity.getMetadata().getNamespace());
    issued(run, identity)
        .ifPresent(
            material -> {
              variables.put("CREDENCE_ISSUED_KEYS", String.join(",", material.issued()));
              variables.put("CREDENCE_ISSUED_ID_KEYS", String.join(",", material.ids()));
            });
    variables.put("CREDENCE_SECRET", run.of().name());
    variables.put("CREDENCE_VALUE_SECRET", run.about().secret());
    variables.put("CREDENCE_KEY_SUFFIX", run.about().suffix());
    variables.put("CREDENCE_VERSION", String.valueOf(run.version()));
    variables.put("CREDENCE_ATTEMPT", String.valueOf(run.attempt()));
    return variables;
  }

  /// The generator spec of the Secret, where another system issues keys of it.
  private static Optional<GeneratedContent> issued(Action.RunHook run, MachineIdentity identity) {
    return IdentityReader.identity(identity).secrets().stream()
        .filter(wanted -> wanted.name().equals(run.of().name()))
        .flatMap(wanted -> wanted.material().stream())
        .flatMap(
            material ->
                material instanceof GeneratedContent generatorSpec
                    ? Stream.of(generatorSpec)
                    : Stream.of())
        .filter(generatorSpec -> !generatorSpec.issued().isEmpty())
        .findFirst();
  }
}
