// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Failed;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.LiveSnapshot;
import dev.credence.cli.OperatorSettings;
import dev.credence.cli.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Tells what policies would change that are not applied yet.
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Show what CredentialPolicies of a file would change, before they are applied.",
    description = {
      "",
      "Lists the identities that would be rotated, suspended or no longer Ready, and the rules that they",
      "would violate. Reads the cluster as the operator does, decides with the current policies and",
      "with those of the file, and changes nothing. A policy of the file replaces the policy of the",
      "cluster with the same name. All other policies stay."
    },
    footer = {
      "%nExamples:",
      "  credence plan -f production.yaml",
      "  credence plan -f production.yaml -n sales --output json"
    })
public final class Plan implements Callable<Integer> {

  enum Format {
    text,
    json
  }

  @Mixin private KubeOptions where = new KubeOptions();

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      required = true,
      description = "A YAML file with CredentialPolicies. Can be repeated.")
  private List<Path> files = List.of();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Identities of all namespaces (default).")
  private boolean everywhere;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.text;

  @Override
  public Integer call() {
    var policies = files.stream().flatMap(file -> PolicyFile.read(file).stream()).toList();
    if (policies.isEmpty()) {
      throw new Failed("No CredentialPolicy in " + files + ".");
    }
    var names = policies.stream().map(policy -> policy.getMetadata().getName()).toList();
    if (Set.copyOf(names).size() < names.size()) {
      throw new Failed("A CredentialPolicy is defined twice: " + String.join(", ", names) + ".");
    }
    return where.in(
        connection -> {
          var namespace = everywhere ? Optional.<String>empty() : where.asked();
          var operator = OperatorSettings.of(connection, namespace.orElse(""));
          var planned =
              LiveSnapshot.all(
                  connection,
                  namespace,
                  operator.settings(),
                  fleet -> PlannedChanges.of(fleet, policies, operator.settings().tier()));
          planned.gaps().forEach(gap -> System.err.println("credence: partial: " + gap));
          Output.write(
              Optional.empty(),
              System.out,
              out -> out.write(format == Format.json ? planned.json() : planned.text()));
          return 0;
        });
  }
}
