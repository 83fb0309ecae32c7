// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.text.Digests;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobTemplateSpec;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the pod template of a CronJob, with a digest: images, commands, ServiceAccount, volumes,
/// labels and annotations. The schedule is not part of it.
public final class HookTemplates {
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final int BYTES = 16;
  private static final String DEFAULT = "default";

  public static HookTemplate.Found of(CronJob cronJob) {
    var template =
        Optional.ofNullable(cronJob.getSpec())
            .map(CronJobSpec::getJobTemplate)
            .map(JobTemplateSpec::getSpec)
            .map(JobSpec::getTemplate)
            .orElseGet(PodTemplateSpec::new);
    var pod = Optional.ofNullable(template.getSpec());
    return new HookTemplate.Found(
        digest(template),
        pod.map(spec -> spec.getServiceAccountName())
            .filter(name -> !name.isEmpty())
            .orElse(DEFAULT),
        pod.stream()
            .flatMap(
                spec ->
                    Stream.concat(
                        NullSafe.in(spec.getInitContainers()), NullSafe.in(spec.getContainers())))
            .map(Container::getImage)
            .map(image -> image == null ? "" : image)
            .toList());
  }

  /// Of maps in the order of their keys: another order of the fields is the same template.
  private static String digest(PodTemplateSpec template) {
    try {
      var fields = CANONICAL.convertValue(template, Object.class);
      return Digests.of(CANONICAL.writeValueAsString(fields), BYTES);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a pod template cannot be written as JSON", impossible);
    }
  }

  private HookTemplates() {}
}
