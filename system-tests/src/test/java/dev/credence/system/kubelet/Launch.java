// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.kubelet;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is started for a pod of one container: its command and environment as the kubelet would
/// give them, with a local folder in place of each mount path. A container without a command runs
/// the entry point of its image, where that is a [LocalImage]. What a pod may say and this class
/// does not know is refused, so that no test takes silence for success.
///
/// `isLogMessage`: whether the end of the log is the message of a container that failed.
public record Launch(List<String> command, Map<String, String> environment, boolean isLogMessage) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([-._a-zA-Z0-9]+)\\)");

  public static Launch of(Pod pod, Path folder, KubernetesClient client) {
    if (pod.getSpec().getContainers().size() != 1 || !pod.getSpec().getInitContainers().isEmpty()) {
      throw new Refused("this kubelet runs pods of one container");
    }
    var container = pod.getSpec().getContainers().getFirst();
    var image =
        container.getCommand().isEmpty()
            ? LocalImage.of(container.getImage())
            : Optional.<LocalImage>empty();
    if (container.getCommand().isEmpty() && image.isEmpty()) {
      throw new Refused("there is no image here to take a command from");
    }
    var root = folder.resolve("root");
    var objects = new Objects(client, pod);
    var folders = mounts(pod, container, root, objects);
    var environment = new LinkedHashMap<>(apiServer(client));
    image.ifPresent(known -> known.folders().forEach((k, path) -> environment.put(k, root + path)));
    objects.environment(container).forEach((k, v) -> environment.put(k, local(v, folders)));
    var words = new ArrayList<>(container.getCommand());
    words.addAll(container.getArgs());
    words.replaceAll(word -> local(expand(word, environment), folders));
    var command = new ArrayList<>(image.map(LocalImage::entryPoint).orElse(List.of()));
    command.addAll(words);
    return new Launch(
        List.copyOf(command),
        Map.copyOf(environment),
        "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy()));
  }

  /// The variables by which pods find the API server.
  private static Map<String, String> apiServer(KubernetesClient client) {
    var server = client.getMasterUrl();
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        server.getHost(),
        "KUBERNETES_SERVICE_PORT",
        String.valueOf(server.getPort()));
  }

  public static final class Refused extends RuntimeException {
    Refused(String why) {
      super(why);
    }
  }

  /// Each volume is a folder below `root`, at its path in the container.
  private static Map<String, String> mounts(
      Pod pod, Container container, Path root, Objects objects) {
    var volumes = new LinkedHashMap<String, Volume>();
    pod.getSpec().getVolumes().forEach(volume -> volumes.put(volume.getName(), volume));
    var folders = new LinkedHashMap<String, String>();
    for (var mount : container.getVolumeMounts()) {
      if (mount.getSubPath() != null) {
        throw new Refused("this kubelet mounts whole volumes");
      }
      var place = root.resolve(mount.getMountPath().substring(1));
      objects.mount(volumes.get(mount.getName()), place);
      folders.put(mount.getMountPath(), place.toString());
    }
    return folders;
  }

  /// A process here sees the files of the machine: the text of a mount path becomes that of the
  /// folder. One mount path may begin with another, and `/ca` is not in `/ca.crt`.
  private static String local(String text, Map<String, String> folders) {
    if (folders.isEmpty()) {
      return text;
    }
    var paths =
        folders.keySet().stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|", "(?:", ")(?![\\w.-])"));
    return Pattern.compile(paths)
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(folders.get(found.group())));
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
  private record Objects(KubernetesClient client, Pod pod) {
    String namespace() {
      return pod.getMetadata().getNamespace();
    }

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
      if (volume.getProjected() != null) {
        new Mount(place).write(projected(volume));
        return;
      }
      var map = volume.getConfigMap();
      if (map != null && map.getItems().isEmpty()) {
        new Mount(place).write(config(map.getName(), map.getOptional()));
        return;
      }
      var source = volume.getSecret();
      if (source == null || !source.getItems().isEmpty()) {
        throw new Refused("this kubelet knows no volume such as " + volume.getName());
      }
      var secret = client.secrets().inNamespace(namespace()).withName(source.getSecretName()).get();
      if (secret == null && !Boolean.TRUE.equals(source.getOptional())) {
        throw new Refused("there is no Secret " + source.getSecretName());
      }
      new Mount(place).write(secret == null ? new Secret() : secret);
    }

    /// What Kubernetes mounts into the pod of a ServiceAccount: the token is bound to the pod.
    private Secret projected(Volume volume) {
      var files = new LinkedHashMap<String, String>();
      for (var source : volume.getProjected().getSources()) {
        if (source.getServiceAccountToken() != null) {
          files.put(source.getServiceAccountToken().getPath(), token());
        } else if (source.getConfigMap() != null) {
          files.putAll(
              config(source.getConfigMap().getName(), source.getConfigMap().getOptional()));
        } else if (source.getDownwardAPI() != null) {
          files.put("namespace", namespace());
        } else {
          throw new Refused("this kubelet does not know a source of " + volume.getName());
        }
      }
      var data = new LinkedHashMap<String, String>();
      files.forEach(
          (name, text) ->
              data.put(
                  name, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
      return new SecretBuilder().withData(data).build();
    }

    private String token() {
      return client
          .serviceAccounts()
          .inNamespace(namespace())
          .withName(pod.getSpec().getServiceAccountName())
          .tokenRequest(
              new TokenRequestBuilder()
                  .withNewSpec()
                  .withExpirationSeconds(600L)
                  .withNewBoundObjectRef()
                  .withApiVersion("v1")
                  .withKind("Pod")
                  .withName(pod.getMetadata().getName())
                  .withUid(pod.getMetadata().getUid())
                  .endBoundObjectRef()
                  .endSpec()
                  .build())
          .getStatus()
          .getToken();
    }

    private Map<String, String> secret(String name, @Nullable Boolean optional) {
      var secret = client.secrets().inNamespace(namespace()).withName(name).get();
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
      ConfigMap map = client.configMaps().inNamespace(namespace()).withName(name).get();
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
