package dev.credence;

import dev.credence.act.Revalidation;
import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.observe.SuspendedAccounts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// What the chart runs when it is uninstalled: nobody stays suspended by an operator that is gone.
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    header = "Undo every suspension, for an operator that is gone.",
    description = {
      "",
      "Tokens that one has ended are accepted again, and the list of suspended accounts is emptied.",
      "For an operator that is gone: one that runs suspends again what is to be suspended."
    })
final class Release implements Callable<Integer> {
  private static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .build();
  private static final Set<Integer> GONE =
      Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_FORBIDDEN);
  private static final int FAILED = 1;

  @Override
  public Integer call() {
    var found = Main.settings();
    if (found.isEmpty()) {
      return Main.WRONG_SETTINGS;
    }
    var settings = found.get();
    Logs.configure(settings);
    try (var client = Clients.forMetadata()) {
      var failed = 0;
      for (var secret : suspended(client, settings)) {
        failed += revalidate(client, secret) ? 0 : 1;
      }
      return failed == 0 && empty(client, settings) ? 0 : FAILED;
    } catch (KubernetesClientException refused) {
      System.err.println("credence: " + refused.getMessage());
      return FAILED;
    }
  }

  private static List<Secret> suspended(KubernetesClient client, Settings settings) {
    var found =
        settings.watchNamespaces().isEmpty()
            ? client.secrets().inAnyNamespace().withLabel(Api.INVALID_SINCE).list().getItems()
            : settings.watchNamespaces().stream()
                .flatMap(
                    namespace ->
                        client
                            .secrets()
                            .inNamespace(namespace)
                            .withLabel(Api.INVALID_SINCE)
                            .list()
                            .getItems()
                            .stream())
                .toList();
    return found.stream().filter(Release::isOurs).toList();
  }

  private static boolean isOurs(HasMetadata secret) {
    var annotations = secret.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(Api.SUSPENDED);
  }

  private static boolean revalidate(KubernetesClient client, Secret secret) {
    var name = secret.getMetadata().getNamespace() + "/" + secret.getMetadata().getName();
    try {
      var object =
          new SecretBuilder()
              .withNewMetadata()
              .withNamespace(secret.getMetadata().getNamespace())
              .withName(secret.getMetadata().getName())
              .endMetadata()
              .build();
      client
          .resource(object)
          .patch(MERGE, Serialization.asJson(Map.of("metadata", Revalidation.metadata())));
      System.out.println("Secret " + name + ": its token is accepted again");
      return true;
    } catch (KubernetesClientException refused) {
      System.err.println("credence: Secret " + name + ": " + refused.getMessage());
      return false;
    }
  }

  /// The list of suspended accounts, and the one that an operator of before kept.
  private static boolean empty(KubernetesClient client, Settings settings) {
    var home = settings.namespace();
    return deleted("the list of suspended accounts", () -> lists(client, home))
        & deleted("ConfigMap " + SuspendedAccounts.OLD, () -> old(client, home));
  }

  private static void lists(KubernetesClient client, String home) {
    var lists = client.resources(SuspensionList.class).inNamespace(home);
    // A list of metadata that is empty has no items at all.
    Optional.ofNullable(lists.list().getItems()).stream()
        .flatMap(List::stream)
        .forEach(list -> lists.withName(list.getMetadata().getName()).delete());
  }

  private static void old(KubernetesClient client, String home) {
    client.configMaps().inNamespace(home).withName(SuspendedAccounts.OLD).delete();
  }

  private static boolean deleted(String what, Runnable deletion) {
    try {
      deletion.run();
      System.out.println(what + " is empty");
      return true;
    } catch (KubernetesClientException refused) {
      // The chart's own hook has no right to the old one, and needs none: it went before. Without
      // the definition of the kind there is no list.
      if (GONE.contains(refused.getCode())) {
        return true;
      }
      System.err.println("credence: " + what + ": " + refused.getMessage());
      return false;
    }
  }
}
