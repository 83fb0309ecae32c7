// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.client.Clients;
import dev.credence.settings.Settings;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The cluster and the namespace, selected as by kubectl.
public final class KubeOptions {
  private static final String DEFAULT = "default";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace. Default: that of the context.")
  private @Nullable String namespace;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "The context of the kubeconfig. Default: the current one.")
  private @Nullable String context;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The kubeconfig. Default: KUBECONFIG, or ~/.kube/config.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "Act as this user, where you may impersonate.")
  private @Nullable String user;

  /// Work on a connection; the number is the exit code.
  public interface Work {
    int on(Connection connection);
  }

  /// The namespace that was asked for in so many words.
  public Optional<String> asked() {
    return Optional.ofNullable(namespace);
  }

  /// Opens the connection, and turns what the API server refuses into one line.
  public int in(Work work) {
    var config = config();
    try (var connection =
        new Connection(
            Clients.of(config),
            asked().orElse(Objects.requireNonNullElse(config.getNamespace(), DEFAULT)),
            Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName))) {
      try {
        return work.on(connection);
      } catch (KubernetesClientException answer) {
        throw new Failed(ApiErrors.sentence(answer, connection.server()));
      }
    }
  }

  private Config config() {
    if (kubeconfig != null) {
      if (!Files.isReadable(kubeconfig)) {
        throw wrong("there is no kubeconfig " + kubeconfig + " that can be read");
      }
      // The client asks this property first.
      System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, kubeconfig.toString());
    }
    var config = read();
    if (context != null) {
      var known =
          Objects.requireNonNullElse(config.getContexts(), List.<NamedContext>of()).stream()
              .map(NamedContext::getName)
              .toList();
      if (!known.contains(context)) {
        throw wrong("there is no context " + context + " in the kubeconfig: it has " + known);
      }
    }
    return user == null ? config : new ConfigBuilder(config).withImpersonateUsername(user).build();
  }

  private Config read() {
    try {
      return Config.autoConfigure(context);
    } catch (KubernetesClientException unreadable) {
      throw new Failed("the kubeconfig cannot be read: " + ApiErrors.cause(unreadable));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /// Those of the operator, as far as the caller's environment tells them.
  public static Settings settings() {
    try {
      return Settings.of(System.getenv());
    } catch (IllegalArgumentException wrong) {
      throw new Failed(String.valueOf(wrong.getMessage()));
    }
  }
}
