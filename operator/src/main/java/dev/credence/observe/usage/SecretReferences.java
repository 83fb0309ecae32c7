// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.AzureFileVolumeSource;
import io.fabric8.kubernetes.api.model.CSIVolumeSource;
import io.fabric8.kubernetes.api.model.CephFSVolumeSource;
import io.fabric8.kubernetes.api.model.CinderVolumeSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.FlexVolumeSource;
import io.fabric8.kubernetes.api.model.ISCSIVolumeSource;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.RBDVolumeSource;
import io.fabric8.kubernetes.api.model.ScaleIOVolumeSource;
import io.fabric8.kubernetes.api.model.SecretEnvSource;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.StorageOSVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the Secrets of its namespace that a pod names. Every field of a pod that takes the name of
/// a Secret is here; Secrets that a pod reads with its token cannot be found.
public final class SecretReferences {

  public static Set<String> of(@Nullable PodSpec spec) {
    return spec == null
        ? Set.of()
        : Stream.of(
                NullSafe.in(spec.getContainers()).flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
                NullSafe.in(spec.getInitContainers())
                    .flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
                NullSafe.in(spec.getEphemeralContainers())
                    .flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
                NullSafe.in(spec.getVolumes()).flatMap(SecretReferences::ofVolume),
                NullSafe.in(spec.getImagePullSecrets())
                    .flatMap(reference -> Stream.ofNullable(reference.getName())))
            .flatMap(Function.identity())
            .filter(name -> !name.isBlank())
            .collect(Collectors.toSet());
  }

  /// Those that a container reads when it starts and not again: environment variables, and mounts
  /// with a `subPath`, which the kubelet never updates.
  static Set<String> atStart(@Nullable PodSpec spec) {
    if (spec == null) {
      return Set.of();
    }
    var fixed =
        Stream.of(
                NullSafe.in(spec.getContainers()).map(Container::getVolumeMounts),
                NullSafe.in(spec.getInitContainers()).map(Container::getVolumeMounts),
                NullSafe.in(spec.getEphemeralContainers()).map(EphemeralContainer::getVolumeMounts))
            .flatMap(Function.identity())
            .flatMap(NullSafe::in)
            .filter(
                mount ->
                    UntrustedText.present(mount.getSubPath()).isPresent()
                        || UntrustedText.present(mount.getSubPathExpr()).isPresent())
            .flatMap(mount -> Stream.ofNullable(mount.getName()))
            .collect(Collectors.toSet());
    return Stream.of(
            NullSafe.in(spec.getContainers()).flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
            NullSafe.in(spec.getInitContainers()).flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
            NullSafe.in(spec.getEphemeralContainers())
                .flatMap(c -> ofEnv(c.getEnv(), c.getEnvFrom())),
            NullSafe.in(spec.getVolumes())
                .filter(volume -> volume.getName() != null && fixed.contains(volume.getName()))
                .flatMap(SecretReferences::ofVolume))
        .flatMap(Function.identity())
        .filter(name -> !name.isBlank())
        .collect(Collectors.toSet());
  }

  private static Stream<String> ofEnv(
      @Nullable List<EnvVar> variables, @Nullable List<EnvFromSource> sources) {
    return Stream.concat(
        NullSafe.in(variables)
            .flatMap(
                variable ->
                    Optional.ofNullable(variable.getValueFrom())
                        .map(EnvVarSource::getSecretKeyRef)
                        .map(SecretKeySelector::getName)
                        .stream()),
        NullSafe.in(sources)
            .flatMap(source -> in(source.getSecretRef(), SecretEnvSource::getName)));
  }

  private static Stream<String> ofVolume(Volume volume) {
    return Stream.of(
            in(volume.getSecret(), SecretVolumeSource::getSecretName),
            in(volume.getProjected(), ProjectedVolumeSource::getSources)
                .flatMap(NullSafe::in)
                .flatMap(SecretReferences::ofProjection),
            referred(volume.getCsi(), CSIVolumeSource::getNodePublishSecretRef),
            in(volume.getAzureFile(), AzureFileVolumeSource::getSecretName),
            referred(volume.getCephfs(), CephFSVolumeSource::getSecretRef),
            referred(volume.getCinder(), CinderVolumeSource::getSecretRef),
            referred(volume.getFlexVolume(), FlexVolumeSource::getSecretRef),
            referred(volume.getIscsi(), ISCSIVolumeSource::getSecretRef),
            referred(volume.getRbd(), RBDVolumeSource::getSecretRef),
            referred(volume.getScaleIO(), ScaleIOVolumeSource::getSecretRef),
            referred(volume.getStorageos(), StorageOSVolumeSource::getSecretRef))
        .flatMap(Function.identity());
  }

  private static Stream<String> ofProjection(VolumeProjection projection) {
    return in(projection.getSecret(), SecretProjection::getName);
  }

  private static <T> Stream<String> referred(
      @Nullable T source, Function<T, LocalObjectReference> reference) {
    return in(source, reference).flatMap(found -> Stream.ofNullable(found.getName()));
  }

  private static <T, R> Stream<R> in(@Nullable T source, Function<T, R> field) {
    return Optional.ofNullable(source).map(field).stream();
  }

  private SecretReferences() {}
}
