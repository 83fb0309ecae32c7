// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.kubelet;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is started for a pod of one container: its command and environment as the kubelet would
/// give them, with a local folder in place of each mount path. What a pod may say and this class
/// does not know is refused, so that no test takes silence for success.
public record Launch(List<String> command, Map<String, String> environment) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([-._a-zA-Z0-9]+)\\)");

  public static Launch of(Pod pod, Path folder, KubernetesClient client) {
    if (pod.getSpec().getContainers().size() != 1 || !pod.getSpec().getInitContainers().isEmpty()) {
      throw new Refused("this kubelet runs pods of one container");
    }
    var container = pod.getSpec().getContainers().getFirst();
    if (container.getCommand().isEmpty()) {
      throw new Refused("there is no image here to take a command from");
    }
    var objects = new Objects(client, pod.getMetadata().getNamespace());
    var folders = mounts(pod, container, folder, objects);
    var environment = new LinkedHashMap<String, String>();
    objects.environment(container).forEach((k, v) -> environment.put(k, local(v, folders)));
    var command = new ArrayList<>(container.getCommand());
    command.addAll(container.getArgs());
    command.replaceAll(word -> local(expand(word, environment), folders));
    return new Launch(List.copyOf(command), Map.copyOf(environment));
  }

  public static final class Refused extends RuntimeException {
    Refused(String why) {
      super(why);
    }
  }

  private static Map<String, String> mounts(
      Pod pod, Container container, Path folder, Objects objects) {
    var volumes = new LinkedHashMap<String, Path>();
    for (var volume : pod.getSpec().getVolumes()) {
      var place = folder.resolve("volumes").resolve(volume.getName());
      objects.mount(volume, place);
      volumes.put(volume.getName(), place);
    }
    var folders = new LinkedHashMap<String, String>();
    for (var mount : container.getVolumeMounts()) {
      if (mount.getSubPath() != null) {
        throw new Refused("this kubelet mounts whole volumes");
      }
      folders.put(mount.getMountPath(), volumes.get(mount.getName()).toString());
    }
    return folders;
  }

  /// A process here sees the files of the machine: the text of a mount path becomes that of the
  /// folder.
  private static String local(String text, Map<String, String> folders) {
    var result = text;
    for (var entry : folders.entrySet()) {
      result = result.replace(entry.getKey(), entry.getValue());
    }
    return result;
  }

  /// `$(NAME)` is the value of a variable that is there, and `$$` is a `$`.
  private static String expand(String text, Map<String, String> environment) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1) == null
                        ? "$"
                        : environment.getOrDefault(found.group(1), found.group())));
  }

  /// What a pod refers to in its namespace.
  private record Objects(KubernetesClient client, String namespace) {
    Map<String, String> environment(Container container) {
      var all = new LinkedHashMap<String, String>();
      for (var source : container.getEnvFrom()) {
        var prefix = source.getPrefix() == null ? "" : source.getPrefix();
        var config = source.getConfigMapRef();
        var secret = source.getSecretRef();
        var values =
            config != null
                ? config(config.getName(), config.getOptional())
                : secret(secret.getName(), secret.getOptional());
        values.forEach((key, value) -> all.put(prefix + key, value));
      }
      for (var variable : container.getEnv()) {
        var value = value(variable, all);
        if (value != null) {
          all.put(variable.getName(), value);
        }
      }
      return all;
    }

    /// Absent where an optional reference leads nowhere.
    private @Nullable String value(EnvVar variable, Map<String, String> before) {
      var from = variable.getValueFrom();
      if (from == null) {
        return expand(variable.getValue() == null ? "" : variable.getValue(), before);
      }
      if (from.getSecretKeyRef() != null) {
        var ref = from.getSecretKeyRef();
        return key(secret(ref.getName(), ref.getOptional()), ref.getKey(), ref.getOptional());
      }
      if (from.getConfigMapKeyRef() != null) {
        var ref = from.getConfigMapKeyRef();
        return key(config(ref.getName(), ref.getOptional()), ref.getKey(), ref.getOptional());
      }
      throw new Refused(
          "this kubelet does not know where %s is from".formatted(variable.getName()));
    }

    private static @Nullable String key(
        Map<String, String> values, String key, @Nullable Boolean optional) {
      if (!values.containsKey(key) && !Boolean.TRUE.equals(optional)) {
        throw new Refused("there is no key " + key);
      }
      return values.get(key);
    }

    void mount(Volume volume, Path place) {
      var source = volume.getSecret();
      if (source == null || !source.getItems().isEmpty()) {
        throw new Refused("this kubelet knows no volume such as " + volume.getName());
      }
      var secret = client.secrets().inNamespace(namespace).withName(source.getSecretName()).get();
      if (secret == null && !Boolean.TRUE.equals(source.getOptional())) {
        throw new Refused("there is no Secret " + source.getSecretName());
      }
      new Mount(place).write(secret == null ? new Secret() : secret);
    }

    private Map<String, String> secret(String name, @Nullable Boolean optional) {
      var secret = client.secrets().inNamespace(namespace).withName(name).get();
      var values = new LinkedHashMap<String, String>();
      there(secret, "Secret " + name, optional);
      if (secret != null && secret.getData() != null) {
        secret
            .getData()
            .forEach(
                (key, value) ->
                    values.put(
                        key,
                        new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
      }
      return values;
    }

    private Map<String, String> config(String name, @Nullable Boolean optional) {
      ConfigMap map = client.configMaps().inNamespace(namespace).withName(name).get();
      there(map, "ConfigMap " + name, optional);
      return map == null || map.getData() == null ? Map.of() : map.getData();
    }

    private static void there(@Nullable Object object, String what, @Nullable Boolean optional) {
      if (object == null && !Boolean.TRUE.equals(optional)) {
        throw new Refused("there is no " + what);
      }
    }
  }
}
