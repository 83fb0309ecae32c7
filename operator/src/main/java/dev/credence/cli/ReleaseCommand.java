// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.act.Revalidation;
import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.client.Clients;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.settings.Logging;
import dev.credence.settings.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Releases suspensions: all of them when the chart is uninstalled, so that no account stays
/// suspended by an operator that was removed; or that of one account whose identity was deleted
/// while it was suspended.
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    header = "Release all suspended ServiceAccounts, or one of them.",
    description = {
      "",
      "Makes all invalidated tokens valid again and empties the list of suspended ServiceAccounts.",
      "Use it after the operator was removed: a running operator suspends them again.",
      "",
      "With --account it removes one ServiceAccount from the list whose identity was deleted while a",
      "policy suspended it or while it was compromised. The running operator makes its tokens valid",
      "again. Requires the permission to list and patch SuspensionLists in the operator's namespace."
    },
    footer = {"%nExample:", "  credence release --account sales/crm-sync"})
public final class ReleaseCommand implements Callable<Integer> {
  private static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .build();
  private static final Set<Integer> GONE =
      Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_FORBIDDEN);
  private static final int FAILED = 1;
  private static final Pattern ACCOUNT = Pattern.compile("([^/]+)/([^/]+)");

  @Option(
      names = "--account",
      paramLabel = "NAMESPACE/NAME",
      description = "The ServiceAccount to remove from the list of suspended ServiceAccounts.")
  private @Nullable String account;

  @Override
  public Integer call() {
    var found = Settings.read();
    if (found.isEmpty()) {
      return Settings.WRONG;
    }
    var settings = found.get();
    Logging.configure(settings);
    try (var client = Clients.forMetadata()) {
      if (account != null) {
        return freed(client, settings, account) ? 0 : FAILED;
      }
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

  private static boolean freed(KubernetesClient client, Settings settings, String account) {
    var parts = ACCOUNT.matcher(account);
    if (!parts.matches()) {
      System.err.println("credence: --account must be NAMESPACE/NAME, like sales/crm-sync.");
      return false;
    }
    var entry = new HashMap<String, @Nullable String>();
    entry.put(SuspendedAccounts.key(parts.group(1), parts.group(2)), null);
    try {
      for (var name : names(lists(client, settings.namespace()))) {
        // The metadata does not show which of them has the entry. A new revision makes the operator
        // ask the API server whether it enforces the list as it is now.
        var spec = Map.of("revision", UUID.randomUUID().toString(), "accounts", entry);
        client
            .resource(list(settings.namespace(), name))
            .patch(MERGE, Serialization.asJson(Map.of("spec", spec)));
      }
      System.out.println(
          "ServiceAccount "
              + account
              + ": removed from the list of suspended ServiceAccounts. If it belongs to a suspended MachineIdentity, the operator adds it again.");
      return true;
    } catch (KubernetesClientException refused) {
      System.err.println(
          "credence: The list of suspended ServiceAccounts cannot be written: "
              + refused.getMessage());
      return false;
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
    return found.stream().filter(ReleaseCommand::isOurs).toList();
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
      System.out.println("Secret " + name + ": The token is valid again.");
      return true;
    } catch (KubernetesClientException refused) {
      if (refused.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        // It went meanwhile, as with its namespace.
        return true;
      }
      System.err.println("credence: Secret " + name + ": " + refused.getMessage());
      return false;
    }
  }

  /// The list of suspended accounts, and the one that an operator of before kept.
  private static boolean empty(KubernetesClient client, Settings settings) {
    var operatorNamespace = settings.namespace();
    return deleted(
            "The list of suspended ServiceAccounts", () -> deleteLists(client, operatorNamespace))
        & deleted("ConfigMap " + SuspendedAccounts.OLD, () -> old(client, operatorNamespace));
  }

  private static void deleteLists(KubernetesClient client, String operatorNamespace) {
    var lists = lists(client, operatorNamespace);
    names(lists).forEach(name -> lists.withName(name).delete());
  }

  private static NonNamespaceOperation<
          SuspensionList, KubernetesResourceList<SuspensionList>, Resource<SuspensionList>>
      lists(KubernetesClient client, String operatorNamespace) {
    return client.resources(SuspensionList.class).inNamespace(operatorNamespace);
  }

  /// By its name alone, so that it is not read before it is written.
  private static SuspensionList list(String operatorNamespace, String name) {
    var list = new SuspensionList();
    list.getMetadata().setNamespace(operatorNamespace);
    list.getMetadata().setName(name);
    return list;
  }

  private static List<String> names(
      Listable<? extends KubernetesResourceList<SuspensionList>> lists) {
    // A list of metadata that is empty has no items at all.
    return Optional.ofNullable(lists.list().getItems()).stream()
        .flatMap(List::stream)
        .map(list -> list.getMetadata().getName())
        .toList();
  }

  private static void old(KubernetesClient client, String operatorNamespace) {
    client.configMaps().inNamespace(operatorNamespace).withName(SuspendedAccounts.OLD).delete();
  }

  private static boolean deleted(String what, Runnable deletion) {
    try {
      deletion.run();
      System.out.println(what + " is empty.");
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
