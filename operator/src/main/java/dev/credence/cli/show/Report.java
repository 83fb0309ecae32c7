// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.MachineIdentity;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.Failed;
import dev.credence.cli.KubeOptions;
import dev.credence.client.Pages;
import dev.credence.facts.credential.CredentialType;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.report.Entries;
import dev.credence.report.Entry;
import dev.credence.report.Inventory;
import dev.credence.report.Inventory.Origin;
import dev.credence.report.UnclaimedRow;
import dev.credence.settings.Version;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes the inventory of machine identities.
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "List all machine identities with their problems.",
    description = {
      "",
      "Shows owners, expirations, overdue rotations, unclaimed ServiceAccounts and risky permissions,",
      "and, where the cluster stores audit events, unused permissions and odd behavior.",
      "Reads statuses and metadata, never the value of a Secret. Covers all namespaces, unless one is",
      "given. The report names what you have no permission to read, and shows the rest."
    },
    footer = {
      "%nExamples:",
      "  credence report",
      "  credence report --format html --output identities.html",
      "  credence report -n sales --selector team=crm --format csv",
      "  credence report --format sarif > credence.sarif",
      "  credence report --context production,staging --format html --output identities.html",
      "  credence report merge production.json staging.json --format html --output identities.html"
    },
    subcommands = ReportMerge.class)
public final class Report implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final String TOKEN_TYPE = "type=" + CredentialType.SERVICE_ACCOUNT_TOKEN;

  @Mixin private KubeOptions where = new KubeOptions();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces (default).")
  private boolean everywhere;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "SELECTOR",
      description = "Only identities with these labels: team=crm,env!=test.")
  private @Nullable String selector;

  @Mixin private ReportOutput output = new ReportOutput();

  @Option(
      names = "--contexts",
      paramLabel = "all",
      description = "all: one report about the clusters of all contexts of the kubeconfig.")
  private @Nullable String contexts;

  @Override
  public Integer call() {
    var several = where.several(Optional.ofNullable(contexts));
    return several.isEmpty()
        ? where.in(
            connection -> {
              output.write(new Looking(connection).inventory());
              return 0;
            })
        : ofSeveral(several);
  }

  /// A cluster that cannot be read is a gap, and a failure in the exit code.
  private int ofSeveral(List<String> several) {
    var answers = where.each(several, connection -> new Looking(connection).inventory());
    var read = new LinkedHashMap<String, Inventory>();
    var gaps = new ArrayList<String>();
    answers.forEach(
        answer ->
            answer
                .result()
                .ifPresentOrElse(
                    inventory -> read.put(answer.context(), inventory),
                    () ->
                        gaps.add(
                            "cluster %s could not be read: %s"
                                .formatted(answer.context(), answer.failure()))));
    if (read.isEmpty()) {
      throw new Failed(String.join("; ", gaps));
    }
    var scope = read.values().iterator().next().origin().scope();
    output.write(
        Inventory.of(
            read,
            gaps,
            new Origin(
                Instant.now(),
                Version.current(),
                "clusters " + String.join(", ", read.keySet()),
                scope)));
    return gaps.isEmpty() ? 0 : FAILED;
  }

  /// Reads the cluster for one report. Each page is turned into entries and forgotten.
  private final class Looking {
    private final Connection connection;
    private final List<Entry> entries = new ArrayList<>();
    private final List<MachineIdentity> claims = new ArrayList<>();
    private final List<HasMetadata> accounts = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private Optional<String> namespace;

    Looking(Connection connection) {
      this.connection = connection;
      this.namespace = everywhere ? Optional.empty() : where.asked();
    }

    Inventory inventory() {
      identities();
      var unclaimed = unclaimed();
      compare();
      return new Inventory(
          new Origin(Instant.now(), Version.current(), connection.described(), scope()),
          entries,
          unclaimed,
          gaps);
    }

    /// With the audit events that the cluster stores. An entry has the place of its identity.
    private void compare() {
      UsedPermissions.of(connection, KubeOptions.settings().namespace(), gaps)
          .ifPresent(
              used -> {
                for (var i = 0; i < entries.size(); i++) {
                  entries.set(i, entries.get(i).with(used.of(claims.get(i), accounts)));
                }
              });
    }

    private String scope() {
      return namespace.map(name -> "namespace " + name).orElse("all namespaces")
          + (selector == null ? "" : ", with the labels " + selector);
    }

    /// Lists the user's own namespaces where the user may not list all.
    private void identities() {
      try {
        list();
      } catch (KubernetesClientException answer) {
        if (namespace.isPresent() || !ApiErrors.isForbidden(answer)) {
          throw answer;
        }
        namespace = Optional.of(connection.namespace());
        gaps.add(
            "MachineIdentities of all namespaces could not be listed (no permission to list"
                + " machineidentities.credence.dev in the cluster). The report covers namespace "
                + connection.namespace()
                + " only.");
        list();
      }
    }

    private void list() {
      entries.clear();
      claims.clear();
      Pages.of(connection.client(), MachineIdentity.class, namespace)
          .with(Optional.ofNullable(selector), Optional.empty())
          .forEach(
              identity -> {
                entries.add(Entries.of(identity));
                claims.add(claim(identity));
              });
    }

    /// A part of the identities says nothing about what belongs to none.
    private Optional<List<UnclaimedRow>> unclaimed() {
      if (selector != null) {
        gaps.add("With --selector, the report does not list unclaimed ServiceAccounts.");
        return Optional.empty();
      }
      if (!read(ServiceAccount.class, "serviceaccounts", Optional.empty(), accounts)) {
        return Optional.empty();
      }
      var tokens = new ArrayList<HasMetadata>();
      read(Secret.class, "secrets", Optional.of(TOKEN_TYPE), tokens);
      var settings = KubeOptions.settings();
      return Optional.of(
          UnclaimedAccounts.among(
              claims,
              accounts,
              tokens,
              DefaultExclusions.of(settings.discoveryExclude(), settings.namespace())));
    }

    /// The claims of an identity, without its status, which is the larger part of it.
    private static MachineIdentity claim(MachineIdentity identity) {
      var claim = new MachineIdentity();
      claim.setMetadata(identity.getMetadata());
      claim.setSpec(identity.getSpec());
      return claim;
    }

    private <T extends HasMetadata> boolean read(
        Class<T> kind, String plural, Optional<String> field, List<HasMetadata> into) {
      try {
        Pages.of(connection.metadata(), kind, namespace)
            .with(Optional.empty(), field)
            .forEach(into::add);
        return true;
      } catch (KubernetesClientException answer) {
        if (!ApiErrors.isForbidden(answer)) {
          throw answer;
        }
        gaps.add(
            kind.getSimpleName()
                + "s could not be listed (no permission to list "
                + plural
                + namespace.map(name -> " in namespace " + name).orElse(" in the cluster")
                + "). The report does not list the unclaimed ones.");
        return false;
      }
    }
  }
}
