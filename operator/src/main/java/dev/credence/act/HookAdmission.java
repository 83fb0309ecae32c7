// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.Patches;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lets the pod of a hook write the value that it obtained: the admission policy
/// issued.credence.dev rejects every other writer. No value is read for this.
final class HookAdmission {
  private static final String JOB_UID = "batch.kubernetes.io/controller-uid";

  /// The policy answers the question with another code than it rejects writers with.
  private static final int UNPROCESSABLE = 422;

  private static final PatchContext DRY_RUN =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .withDryRun(List.of("All"))
          .build();

  private final KubernetesClient client;
  private final KubernetesClient metadata;
  private final Memory memory;

  /// `metadata` is a client that is answered with metadata only.
  HookAdmission(KubernetesClient client, KubernetesClient metadata, Memory memory) {
    this.client = client;
    this.metadata = metadata;
    this.memory = memory;
  }

  /// Admits the pod. What an earlier attempt wrote is deleted in the same write.
  void admit(Action.AdmitHook admit, MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    var pod = pod(admit, namespace);
    var meta = new HashMap<String, Object>(Patches.expected(admit.preconditions()));
    meta.put("annotations", Map.of(Api.ISSUER_POD, pod, Api.ISSUER_JOB, admit.job().name()));
    var data = new HashMap<String, @Nullable Object>();
    admit.keys().forEach(key -> data.put(key, null));
    var answer =
        Patches.merge(metadata, namespace, admit.subject(), Map.of("metadata", meta, "data", data));
    memory.marked(namespace, admit.subject(), answer.getMetadata());
  }

  /// The UID of the only pod of the Job.
  private String pod(Action.AdmitHook admit, String namespace) {
    var pods =
        WriteRefused.asked(
                admit.job(),
                "list the pods of",
                () ->
                    client.pods().inNamespace(namespace).withLabel(JOB_UID, admit.jobUid()).list())
            .getItems()
            .stream()
            .filter(pod -> isOf(pod, admit.jobUid()))
            .map(pod -> pod.getMetadata().getUid())
            .toList();
    if (pods.isEmpty()) {
      throw WriteRefused.raced(admit.subject());
    }
    if (pods.size() > 1) {
      throw WriteRefused.of(
          admit.subject(),
          admit.job()
              + " has %d pods, so that none is admitted to write the issued keys. A hook has one pod. Delete the pods that do not belong to it."
                  .formatted(pods.size()));
    }
    return pods.getFirst();
  }

  private static boolean isOf(Pod pod, String job) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && Metadata.controllers(pod.getMetadata())
            .anyMatch(owner -> "Job".equals(owner.getKind()) && job.equals(owner.getUid()));
  }

  /// Asks the API server whether it enforces the policy, by the dry run of a write that the policy
  /// rejects from every user. That the policy and its binding exist does not show it.
  void checkEnforced(Action.RunHook run, MachineIdentity identity) {
    var pending = ObjectRef.secret(run.about().secret());
    var object = Patches.object(identity.getMetadata().getNamespace(), pending).build();
    var change =
        metadata
            .getKubernetesSerialization()
            .asJson(
                Map.of(
                    "metadata",
                    Map.of("annotations", Map.of(Api.ISSUED_PROBE, run.subject().name()))));
    try {
      metadata.resource(object).patch(DRY_RUN, change);
    } catch (KubernetesClientException answer) {
      if (isByPolicy(answer)) {
        return;
      }
      throw WriteRefused.of(run.subject(), answer)
          .<RuntimeException>map(refusal -> refusal)
          .orElse(answer);
    }
    throw WriteRefused.of(
        run.subject(),
        "The API server does not enforce the admission policy "
            + Admission.Issued.resource()
            + ", so the operator does not run the hook issue. Check the policy and its binding.");
  }

  private static boolean isByPolicy(KubernetesClientException answer) {
    return answer.getCode() == UNPROCESSABLE
        && Optional.ofNullable(answer.getMessage())
            .filter(
                stated ->
                    stated.contains(
                        "ValidatingAdmissionPolicy '" + Admission.Issued.resource() + "'"))
            .isPresent();
  }
}
