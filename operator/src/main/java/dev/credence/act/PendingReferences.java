// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.stream.Stream;

/// The references of a pod to the Secret with a staged value, which does not exist between two
/// rotations. A probe runs the pod of the `verify` hook with the current value instead; a value
/// that another system issued and that never became active is revoked with the staged one.
final class PendingReferences {

  /// Replaces those to the Secret `pending`. Others stay.
  static void replace(PodSpec pod, String pending, String secret) {
    replace(pod, pending, secret, false);
  }

  /// Replaces those to the Secret `secret`, by references to keys that may be missing.
  static void replaceOptionally(PodSpec pod, String secret, String pending) {
    replace(pod, secret, pending, true);
  }

  private static void replace(PodSpec pod, String from, String to, boolean optional) {
    NullSafe.in(pod.getVolumes())
        .forEach(
            volume -> {
              Stream.ofNullable(volume.getSecret())
                  .filter(source -> from.equals(source.getSecretName()))
                  .forEach(
                      source -> {
                        source.setSecretName(to);
                        source.setOptional(optional ? Boolean.TRUE : source.getOptional());
                      });
              Stream.ofNullable(volume.getProjected())
                  .flatMap(projected -> NullSafe.in(projected.getSources()))
                  .flatMap(source -> Stream.ofNullable(source.getSecret()))
                  .filter(source -> from.equals(source.getName()))
                  .forEach(
                      source -> {
                        source.setName(to);
                        source.setOptional(optional ? Boolean.TRUE : source.getOptional());
                      });
            });
    Stream.concat(NullSafe.in(pod.getInitContainers()), NullSafe.in(pod.getContainers()))
        .forEach(container -> replace(container, from, to, optional));
  }

  private static void replace(Container container, String from, String to, boolean optional) {
    NullSafe.in(container.getEnv())
        .flatMap(variable -> Stream.ofNullable(variable.getValueFrom()))
        .flatMap(source -> Stream.ofNullable(source.getSecretKeyRef()))
        .filter(key -> from.equals(key.getName()))
        .forEach(
            key -> {
              key.setName(to);
              key.setOptional(optional ? Boolean.TRUE : key.getOptional());
            });
    NullSafe.in(container.getEnvFrom())
        .flatMap(source -> Stream.ofNullable(source.getSecretRef()))
        .filter(all -> from.equals(all.getName()))
        .forEach(
            all -> {
              all.setName(to);
              all.setOptional(optional ? Boolean.TRUE : all.getOptional());
            });
  }

  private PendingReferences() {}
}
