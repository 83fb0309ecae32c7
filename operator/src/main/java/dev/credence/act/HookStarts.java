package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.Action;
import dev.credence.decide.Action.Labelling;
import dev.credence.facts.Setback.Cause;
import dev.credence.observe.Members;
import dev.credence.observe.Metadata;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Starts a hook: a Job from a CronJob of the namespace that is suspended and whose holder agrees,
/// as `kubectl create job --from` would. Nothing of the pod is ours but variables that say what to
/// do, so nobody runs through us what they could not run themselves.
final class HookStarts {
  private final KubernetesClient client;
  private final Act.Memory memory;

  HookStarts(KubernetesClient client, Act.Memory memory) {
    this.client = client;
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
                OwnObjects.tied(run.subject(), labelling, identity)
                    .addToAnnotations(annotations(run, identity))
                    .build())
            .withSpec(spec(run, identity, template))
            .build();
    try {
      memory.wrote(Refusal.asked(run.subject(), "create", () -> client.resource(job).create()));
    } catch (Refusal refusal) {
      throw refusal.why() == Cause.Raced && isForeign(job, identity)
          ? Refusal.of(
              run.subject(),
              "exists and was not made by Credence, where the hook is to run: delete it if nothing needs it")
          : refusal;
    }
  }

  private boolean isForeign(Job job, MachineIdentity identity) {
    var found = client.resource(job).get();
    return found != null && !Members.isMadeFor(identity.getMetadata().getUid(), found);
  }

  private JobSpec agreed(Action.RunHook run, String namespace) {
    var name = run.hook().cronJob();
    var cronJob =
        Refusal.<@Nullable CronJob>asked(
            run.subject(),
            "read CronJob " + name + " for",
            () -> client.batch().v1().cronjobs().inNamespace(namespace).withName(name).get());
    if (cronJob == null) {
      throw Refusal.of(run.subject(), "CronJob " + name + " does not exist");
    }
    if (!"true".equals(Metadata.annotations(cronJob.getMetadata()).get(Api.HOOK))) {
      throw Refusal.of(
          run.subject(),
          "CronJob "
              + name
              + " is no hook: its holder agrees by the annotation credence.dev/hook: \"true\"");
    }
    var spec = cronJob.getSpec();
    if (spec == null
        || spec.getJobTemplate() == null
        || spec.getJobTemplate().getSpec() == null
        || !Boolean.TRUE.equals(spec.getSuspend())) {
      throw Refusal.of(
          run.subject(),
          "CronJob "
              + name
              + " is not suspended: set `suspend: true`, so that it runs as a hook alone");
    }
    return spec.getJobTemplate().getSpec();
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
    var pod = spec.getTemplate().getSpec();
    if (pod != null) {
      var variables = variables(run, identity);
      tell(pod.getContainers(), variables);
      tell(pod.getInitContainers(), variables);
    }
    return spec;
  }

  private static void tell(@Nullable List<Container> containers, Map<String, String> variables) {
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

  /// What a hook is told. The value is under its keys, with the suffix, in the Secret named there.
  private static Map<String, String> variables(Action.RunHook run, MachineIdentity identity) {
    var variables = new TreeMap<String, String>();
    variables.put("CREDENCE_STEP", run.step().name());
    variables.put("CREDENCE_IDENTITY", identity.getMetadata().getName());
    variables.put("CREDENCE_SECRET", run.of().name());
    variables.put("CREDENCE_VALUE_SECRET", run.about().secret());
    variables.put("CREDENCE_KEY_SUFFIX", run.about().suffix());
    variables.put("CREDENCE_VERSION", String.valueOf(run.version()));
    variables.put("CREDENCE_ATTEMPT", String.valueOf(run.attempt()));
    return variables;
  }
}
