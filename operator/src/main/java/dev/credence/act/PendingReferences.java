// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The references of a pod to the Secret with a staged value, which does not exist between two
/// rotations. A probe runs the pod of the `verify` hook with the current value instead.
final class PendingReferences {

  /// Replaces those to the Secret `pending`. Others stay.
  static void replace(PodSpec pod, String pending, String secret) {
    NullSafe.in(pod.getVolumes())
        .forEach(
            volume -> {
              Optional.ofNullable(volume.getSecret())
                  .ifPresent(
                      source ->
                          replace(source.getSecretName(), pending, secret, source::setSecretName));
              Optional.ofNullable(volume.getProjected()).stream()
                  .flatMap(projected -> NullSafe.in(projected.getSources()))
                  .flatMap(source -> Stream.ofNullable(source.getSecret()))
                  .forEach(source -> replace(source.getName(), pending, secret, source::setName));
            });
    Stream.concat(NullSafe.in(pod.getInitContainers()), NullSafe.in(pod.getContainers()))
        .forEach(container -> replace(container, pending, secret));
  }

  private static void replace(Container container, String pending, String secret) {
    NullSafe.in(container.getEnv())
        .flatMap(variable -> Stream.ofNullable(variable.getValueFrom()))
        .flatMap(source -> Stream.ofNullable(source.getSecretKeyRef()))
        .forEach(key -> replace(key.getName(), pending, secret, key::setName));
    NullSafe.in(container.getEnvFrom())
        .flatMap(source -> Stream.ofNullable(source.getSecretRef()))
        .forEach(all -> replace(all.getName(), pending, secret, all::setName));
  }

  private static void replace(String name, String pending, String secret, Consumer<String> set) {
    if (pending.equals(name)) {
      set.accept(secret);
    }
  }

  private PendingReferences() {}
}
