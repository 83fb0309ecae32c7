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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
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
      description = "The namespace. Default: the namespace of the context.")
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
      description = "Act as this user. Requires the permission to impersonate.")
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
    return on(config(context), work::on);
  }

  private <T> T on(Config config, Function<Connection, T> work) {
    try (var connection =
        new Connection(
            Clients.of(config),
            asked().orElse(Objects.requireNonNullElse(config.getNamespace(), DEFAULT)),
            Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName))) {
      try {
        return work.apply(connection);
      } catch (KubernetesClientException answer) {
        throw new Failed(ApiErrors.sentence(answer, connection.server()));
      }
    }
  }

  /// What one of several clusters answered, or why it could not be read.
  public record Answer<T>(String context, Optional<T> result, String failure) {}

  /// The contexts that are asked for by `--context a,b` or `--contexts all`; empty for a command
  /// about one cluster. Of contexts for the same cluster, `all` keeps one.
  public List<String> several(Optional<String> contexts) {
    if (contexts.isPresent()) {
      if (!contexts.get().equals("all")) {
        throw wrong("--contexts is all: to select some, write --context a,b");
      }
      if (context != null) {
        throw wrong("--context and --contexts exclude each other");
      }
      return ofEachCluster(config(null));
    }
    return context != null && context.contains(",")
        ? Stream.of(context.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList()
        : List.of();
  }

  private static List<String> ofEachCluster(Config config) {
    var names = new LinkedHashMap<String, String>();
    Stream.concat(
            Stream.ofNullable(config.getCurrentContext()),
            Objects.requireNonNullElse(config.getContexts(), List.<NamedContext>of()).stream())
        .filter(named -> named.getContext() != null)
        .forEach(
            named ->
                names.putIfAbsent(
                    String.valueOf(named.getContext().getCluster()), named.getName()));
    return names.values().stream().sorted().toList();
  }

  /// Asks several clusters at the same time. An answer that is missing is no failure of the others.
  public <T> List<Answer<T>> each(List<String> contexts, Function<Connection, T> work) {
    var configs = new LinkedHashMap<String, Config>();
    contexts.forEach(name -> configs.put(name, config(name)));
    var answers = new LinkedHashMap<String, CompletableFuture<Answer<T>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      configs.forEach(
          (name, config) ->
              answers.put(
                  name, CompletableFuture.supplyAsync(() -> answer(name, config, work), threads)));
      return answers.values().stream().map(CompletableFuture::join).toList();
    }
  }

  private <T> Answer<T> answer(String name, Config config, Function<Connection, T> work) {
    try {
      return new Answer<>(name, Optional.of(on(config, work)), "");
    } catch (Failed failed) {
      return new Answer<>(name, Optional.empty(), String.valueOf(failed.getMessage()));
    }
  }

  private Config config(@Nullable String context) {
    if (kubeconfig != null) {
      if (!Files.isReadable(kubeconfig)) {
        throw wrong("The kubeconfig " + kubeconfig + " does not exist or cannot be read.");
      }
      // The client asks this property first.
      System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, kubeconfig.toString());
    }
    var config = read(context);
    if (context != null) {
      var known =
          Objects.requireNonNullElse(config.getContexts(), List.<NamedContext>of()).stream()
              .map(NamedContext::getName)
              .toList();
      if (!known.contains(context)) {
        throw wrong("The kubeconfig has no context " + context + ". It has " + known + ".");
      }
    }
    return user == null ? config : new ConfigBuilder(config).withImpersonateUsername(user).build();
  }

  private static Config read(@Nullable String context) {
    try {
      return Config.autoConfigure(context);
    } catch (KubernetesClientException unreadable) {
      throw new Failed("The kubeconfig cannot be read: " + ApiErrors.cause(unreadable));
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
