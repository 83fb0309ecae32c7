// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.cli.Consent;
import dev.credence.cli.Failed;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Scope;
import dev.credence.observe.read.HookTemplates;
import dev.credence.observe.read.IdentityReader;
import dev.credence.raw.Metadata;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Approves, in one's own name, what an identity asks for.
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    header = "Approve what an identity requests, in your own name.",
    description = {
      "",
      "Shows the scope first, line by line. Requires the RBAC verb `approve` on machineidentities",
      "and `get` on the CronJobs of its hooks. You cannot approve your own request."
    },
    footer = {
      "%nExamples:",
      "  credence approve crm -n sales",
      "  credence approve crm -n sales --yes --wait"
    })
public final class Approve extends AnnotationCommand {
  private static final Pattern SCOPE = Pattern.compile("approval of scope ([0-9a-f]+)");
  private static final String REQUESTED_BY = "credence.dev/requested-by";
  private static final int FORBIDDEN = 403;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask for a confirmation.")
  private boolean yes;

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    var approved = condition(asked);
    if (approved.filter(condition -> condition.status() == Condition.Truth.True).isPresent()) {
      report(asked.name() + ": Nothing to approve. " + approved.get().message());
      return Optional.empty();
    }
    if (approved.isEmpty() && isSeen(asked)) {
      report(asked.name() + ": Nothing to approve. No policy requires an approval.");
      return Optional.empty();
    }
    var identity = IdentityReader.identity(asked.identity());
    var hooks = hooks(asked, identity);
    show(asked.identity(), Scope.lines(identity, hooks)).forEach(AnnotationCommand::report);
    var scope = scope(asked, approved, Scope.of(identity, hooks));
    report("  %-13s %s".formatted("scope", scope));
    var user = asked.connection().user();
    if (!yes && !agrees(user)) {
      throw new Failed("Not approved.");
    }
    return Optional.of(
        AnnotationRequest.on(
            Api.APPROVE,
            user + " " + scope,
            "Scope " + scope + " approved by " + user + ".",
            status ->
                Stream.ofNullable(status.conditions())
                    .flatMap(List::stream)
                    .anyMatch(
                        condition ->
                            "Approved".equals(condition.type())
                                && condition.status() == Condition.Truth.True)));
  }

  private static Optional<Condition> condition(Asked asked) {
    return asked.status().stream()
        .flatMap(status -> Stream.ofNullable(status.conditions()))
        .flatMap(List::stream)
        .filter(condition -> "Approved".equals(condition.type()))
        .findFirst();
  }

  /// Whether the operator has reconciled the identity as it is now.
  private static boolean isSeen(Asked asked) {
    return asked
        .status()
        .filter(
            status ->
                Objects.equals(
                    status.observedGeneration(), asked.identity().getMetadata().getGeneration()))
        .isPresent();
  }

  /// As the operator shows it. It must be that of the lines that are shown here: a status is not
  /// believed.
  private static String scope(Asked asked, Optional<Condition> approved, String shown) {
    if (!isSeen(asked)) {
      throw new Failed(
          "The operator has not reconciled the last change of "
              + asked.name()
              + " yet. Try again in a moment.");
    }
    var scope =
        approved
            .map(Condition::message)
            .map(SCOPE::matcher)
            .filter(found -> found.find())
            .map(found -> found.group(1))
            .orElseThrow(
                () ->
                    new Failed(
                        "The status of "
                            + asked.name()
                            + " shows no scope. Check whether the operator is running."));
    if (!scope.startsWith(shown)) {
      throw new Failed(
          "The status of "
              + asked.name()
              + " shows scope "
              + scope
              + ", and the lines above have scope "
              + shown
              + ". A hook changed after the last reconcile, or this command and the operator have different versions. Try again in a moment.");
    }
    return scope;
  }

  /// All that is approved, as the digest is computed, below what only describes it.
  private static Stream<String> show(MachineIdentity identity, List<String> lines) {
    var spec = Optional.ofNullable(identity.getSpec());
    var annotations = Metadata.annotations(identity.getMetadata());
    return Stream.concat(
        Stream.of(
                line(
                    "identity",
                    Optional.of(
                        identity.getMetadata().getNamespace()
                            + "/"
                            + identity.getMetadata().getName())),
                line("requested by", Optional.ofNullable(annotations.get(REQUESTED_BY))),
                line("purpose", spec.map(MachineIdentitySpec::purpose)))
            .flatMap(Optional::stream),
        Stream.concat(
            Stream.of("  approves:"),
            lines.stream().map(line -> "    " + PlainText.text(line.replace("\t", "  ")))));
  }

  private static Optional<String> line(String what, Optional<String> value) {
    return value
        .filter(text -> !text.isEmpty())
        .map(text -> "  %-13s %s".formatted(what, PlainText.text(text)));
  }

  /// The pod templates of its hooks, as this user may read them.
  private static Map<String, HookTemplate> hooks(Asked asked, Identity identity) {
    return identity.secrets().stream()
        .flatMap(secret -> secret.hooks().all())
        .map(Hooks.Hook::cronJob)
        .distinct()
        .collect(
            Collectors.toMap(Function.identity(), name -> hook(asked, identity.namespace(), name)));
  }

  private static HookTemplate hook(Asked asked, String namespace, String name) {
    try {
      return Optional.ofNullable(
              asked
                  .connection()
                  .client()
                  .batch()
                  .v1()
                  .cronjobs()
                  .inNamespace(namespace)
                  .withName(name)
                  .get())
          .<HookTemplate>map(HookTemplates::of)
          .orElseGet(HookTemplate.Absent::new);
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != FORBIDDEN) {
        throw refused;
      }
      throw new Failed(
          "No permission to read CronJob "
              + name
              + " in namespace "
              + namespace
              + ", so the command cannot show what the hook runs. It requires `get` on cronjobs.");
    }
  }

  private static boolean agrees(String user) {
    return Consent.to("Approve this as " + user + "?", "Check what it requests");
  }
}
