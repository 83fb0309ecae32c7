// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Connection;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.Output;
import dev.credence.cli.request.AnnotationCommand;
import dev.credence.report.PlainText;
import java.time.Instant;
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
    var now = Instant.now();
    var found =
        ClusterProblems.read(connection, namespace.stream().toList(), now, ClusterProblems.A_DAY);
    return new StatusPage(
        now,
        namespace.map(name -> "namespace " + name).orElse("all namespaces"),
        found.problems(),
        found.suspended(),
        found.gaps(),
        false);
  }
}
