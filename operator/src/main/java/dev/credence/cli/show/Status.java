// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.Output;
import dev.credence.cli.request.AnnotationCommand;
import dev.credence.client.Pages;
import dev.credence.report.PlainText;
import dev.credence.settings.EffectiveSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists what is wrong now.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    header = "List what is wrong now, the most urgent first.",
    description = {
      "",
      "One line for each MachineIdentity, credential and CredentialPolicy with a problem, and one if no operator",
      "runs. A suspension in effect and a rotation in progress are no problems. The exit code is 1 if a problem",
      "requires a manual action, or if a cluster cannot be read."
    },
    footer = {
      "%nExamples:",
      "  credence status -n sales",
      "  credence status -A",
      "  credence status -A -o json",
      "  credence status -A --context production,staging"
    })
public final class Status implements Callable<Integer> {
  private static final int MANUAL_ACTION = 1;

  @Mixin private KubeOptions where = new KubeOptions();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces, instead of that of the context or of --namespace.")
  private boolean everywhere;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private TextOrJson format = TextOrJson.text;

  @Option(
      names = "--contexts",
      paramLabel = "all",
      description = "all: the clusters of all contexts of the kubeconfig.")
  private @Nullable String contexts;

  @Override
  public Integer call() {
    var several = where.several(Optional.ofNullable(contexts));
    return several.isEmpty()
        ? where.in(connection -> show(page(connection)))
        : show(StatusPage.of(where.each(several, this::page), Instant.now()));
  }

  private int show(StatusPage page) {
    page.gaps().forEach(gap -> System.err.println("credence: partial: " + PlainText.text(gap)));
    if (format == TextOrJson.json) {
      Output.write(Optional.empty(), System.out, out -> out.write(page.json()));
    } else {
      page.lines().forEach(AnnotationCommand::report);
    }
    return page.isManualActionRequired() || page.isUnread() ? MANUAL_ACTION : 0;
  }

  private StatusPage page(Connection connection) {
    var namespace = everywhere ? Optional.<String>empty() : Optional.of(connection.namespace());
    var gaps = new ArrayList<String>();
    var identities = new ArrayList<MachineIdentity>();
    Pages.of(connection.client(), MachineIdentity.class, namespace).forEach(identities::add);
    var suspended =
        identities.stream()
            .filter(
                identity ->
                    identity.getStatus() != null
                        && identity.getStatus().state() == LifeState.Suspended)
            .count();
    var now = Instant.now();
    return new StatusPage(
        now,
        namespace.map(name -> "namespace " + name).orElse("all namespaces"),
        Problems.of(identities, policies(connection, gaps), lease(connection, gaps), now),
        (int) suspended,
        gaps,
        false);
  }

  private static List<CredentialPolicy> policies(Connection connection, List<String> gaps) {
    var policies = new ArrayList<CredentialPolicy>();
    try {
      Pages.of(connection.client(), CredentialPolicy.class, Optional.empty())
          .forEach(policies::add);
    } catch (KubernetesClientException answer) {
      if (!ApiErrors.isForbidden(answer)) {
        throw answer;
      }
      gaps.add(
          "CredentialPolicies could not be listed (no permission to list"
              + " credentialpolicies.credence.dev in the cluster)");
    }
    return policies;
  }

  /// The Lease of the leader.
  private static Optional<Lease> lease(Connection connection, List<String> gaps) {
    var namespace = KubeOptions.settings().namespace();
    var name = namespace + "/" + EffectiveSettings.LEASE;
    try {
      var lease =
          Optional.ofNullable(
              connection
                  .client()
                  .leases()
                  .inNamespace(namespace)
                  .withName(EffectiveSettings.LEASE)
                  .get());
      if (lease.isEmpty()) {
        gaps.add("whether an operator runs is unknown: there is no Lease " + name);
      }
      return lease;
    } catch (KubernetesClientException answer) {
      if (!ApiErrors.isForbidden(answer)) {
        throw answer;
      }
      gaps.add("whether an operator runs is unknown: no permission to get Lease " + name);
      return Optional.empty();
    }
  }
}
