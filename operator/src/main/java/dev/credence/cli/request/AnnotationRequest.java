// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.MachineIdentity;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.Failed;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One annotation to write: on the identity, or on one of its Secrets. `value` empty: it is taken
/// away, and `key` may name several with commas between. It is written on what was seen and on
/// nothing newer: where the spec changed meanwhile, who asks must look again.
record AnnotationRequest(
    Optional<String> secret,
    String key,
    Optional<String> value,
    String reported,
    AnnotationCommand.Done isDone) {
  private static final String MANAGER = "kubectl-credence";
  private static final int TRIES = 5;

  static AnnotationRequest on(
      String key, String value, String reported, AnnotationCommand.Done isDone) {
    return new AnnotationRequest(Optional.empty(), key, Optional.of(value), reported, isDone);
  }

  void write(Connection connection, Name name, MachineIdentity seen, boolean dryRun) {
    if (secret.isPresent()) {
      onSecret(connection, name, secret.get(), dryRun);
    } else {
      onIdentity(connection, name, seen, dryRun);
    }
  }

  /// The operator writes statuses all the time: that is no change of what was seen.
  private void onIdentity(Connection connection, Name name, MachineIdentity seen, boolean dryRun) {
    var current = seen;
    for (var tries = 1; ; tries++) {
      try {
        connection.resource(name).patch(context(dryRun), body(current.getMetadata()));
        return;
      } catch (KubernetesClientException answer) {
        if (!ApiErrors.isConflict(answer) || tries == TRIES) {
          throw answer;
        }
        current = connection.identity(name);
        if (!isTheSame(seen, current)) {
          throw new Failed(name + " was changed meanwhile. Check it, and repeat the command.");
        }
      }
    }
  }

  private static boolean isTheSame(HasMetadata seen, HasMetadata current) {
    return Objects.equals(seen.getMetadata().getUid(), current.getMetadata().getUid())
        && Objects.equals(
            seen.getMetadata().getGeneration(), current.getMetadata().getGeneration());
  }

  /// Its metadata is all that is read.
  private void onSecret(Connection connection, Name name, String secret, boolean dryRun) {
    var secrets = connection.metadata().secrets().inNamespace(name.namespace());
    var found =
        secrets
            .list(new ListOptionsBuilder().withFieldSelector("metadata.name=" + secret).build())
            .getItems();
    var there =
        found.stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new Failed(
                        "Secret "
                            + secret
                            + " does not exist in namespace "
                            + name.namespace()
                            + "."));
    // By an object and not by name, which would ask for the Secret once more; and by one of its
    // own,
    // since what was read calls itself a PartialObjectMetadata.
    var object =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(name.namespace())
            .withName(secret)
            .endMetadata()
            .build();
    connection.metadata().resource(object).patch(context(dryRun), body(there.getMetadata()));
  }

  private static PatchContext context(boolean dryRun) {
    var context =
        new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).withFieldManager(MANAGER);
    return dryRun ? context.withDryRun(List.of("All")).build() : context.build();
  }

  private String body(ObjectMeta seen) {
    var annotations = new HashMap<String, @Nullable String>();
    for (var one : key.split(",", -1)) {
      annotations.put(one, value.orElse(null));
    }
    return Serialization.asJson(
        Map.of(
            "metadata",
            Map.of(
                "uid",
                seen.getUid(),
                "resourceVersion",
                seen.getResourceVersion(),
                "annotations",
                annotations)));
  }
}
