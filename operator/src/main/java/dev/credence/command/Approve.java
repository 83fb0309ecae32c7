package dev.credence.command;

import dev.credence.api.Api;
import dev.credence.api.CertificateMember;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.SecretMember;
import dev.credence.api.ServiceAccountMember;
import dev.credence.observe.Metadata;
import dev.credence.report.Plain;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Approves, in one's own name, what an identity asks for.
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    header = "Approve what an identity asks for, in your own name.",
    description = {
      "",
      "It shows what is asked for first. It takes the RBAC verb `approve` on machineidentities, and somebody",
      "else who asked."
    },
    footer = {
      "%nExamples:",
      "  credence approve crm -n sales",
      "  credence approve crm -n sales --yes --wait"
    })
public final class Approve extends Verb {
  private static final Pattern SCOPE = Pattern.compile("approval of scope ([0-9a-f]+)");
  private static final String REQUESTED_BY = "credence.dev/requested-by";

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask again.")
  private boolean yes;

  @Override
  Optional<Request> request(Asked asked) {
    var approved = condition(asked);
    if (approved.filter(condition -> condition.status() == Condition.Truth.True).isPresent()) {
      tell(asked.name() + ": nothing to approve: " + approved.get().message());
      return Optional.empty();
    }
    var scope = scope(asked, approved);
    var user = asked.connection().user();
    show(asked.identity(), scope).forEach(Verb::tell);
    if (!yes && !agrees(user)) {
      throw new Failed("not approved");
    }
    return Optional.of(
        Request.on(
            Api.APPROVE,
            user + " " + scope,
            "approved by " + user + ", scope " + scope,
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

  /// As the operator shows it, of the spec that is shown here.
  private static String scope(Asked asked, Optional<Condition> approved) {
    var isSeen =
        asked
            .status()
            .filter(
                status ->
                    Objects.equals(
                        status.observedGeneration(),
                        asked.identity().getMetadata().getGeneration()))
            .isPresent();
    if (!isSeen) {
      throw new Failed(
          "the operator has not looked at "
              + asked.name()
              + " as it is now: try again in a moment");
    }
    return approved
        .map(Condition::message)
        .map(SCOPE::matcher)
        .filter(found -> found.find())
        .map(found -> found.group(1))
        .orElseThrow(
            () ->
                new Failed(
                    "the status of " + asked.name() + " shows no scope: is the operator running?"));
  }

  private static Stream<String> show(MachineIdentity identity, String scope) {
    var spec = Optional.ofNullable(identity.getSpec());
    var owner = spec.map(MachineIdentitySpec::owner);
    var annotations = Metadata.annotations(identity.getMetadata());
    return Stream.of(
            line(
                "identity",
                Optional.of(
                    identity.getMetadata().getNamespace()
                        + "/"
                        + identity.getMetadata().getName())),
            line("asked for by", Optional.ofNullable(annotations.get(REQUESTED_BY))),
            line("purpose", spec.map(MachineIdentitySpec::purpose)),
            line("type", spec.map(MachineIdentitySpec::type).map(Enum::name)),
            line("owner", owner.map(dev.credence.api.Owner::contact)),
            line("team", owner.map(dev.credence.api.Owner::team)),
            line("ends", spec.map(MachineIdentitySpec::expirationTime).map(String::valueOf)),
            line("acts as", spec.map(MachineIdentitySpec::serviceAccounts).map(Approve::accounts)),
            line("secrets", spec.map(MachineIdentitySpec::secrets).map(Approve::secrets)),
            line(
                "certificates",
                spec.map(MachineIdentitySpec::certificates)
                    .map(
                        all ->
                            all.stream()
                                .map(Approve::certificate)
                                .collect(Collectors.joining(", ")))),
            line("selects", spec.map(MachineIdentitySpec::selector).map(String::valueOf)),
            line("scope", Optional.of(scope)))
        .flatMap(Optional::stream);
  }

  private static Optional<String> line(String what, Optional<String> value) {
    return value
        .filter(text -> !text.isEmpty())
        .map(text -> "  %-13s %s".formatted(what, Plain.text(text)));
  }

  private static String accounts(List<ServiceAccountMember> accounts) {
    return accounts.stream()
        .map(account -> account.name() + (account.provision() == null ? "" : " (made for it)"))
        .collect(Collectors.joining(", "));
  }

  private static String certificate(CertificateMember certificate) {
    var issue = certificate.issue();
    if (issue == null) {
      return certificate.name();
    }
    var names =
        Stream.of(
                Stream.ofNullable(issue.commonName()),
                Stream.ofNullable(issue.dnsNames()).flatMap(List::stream),
                Stream.ofNullable(issue.uris()).flatMap(List::stream),
                Stream.ofNullable(issue.ipAddresses()).flatMap(List::stream))
            .flatMap(all -> all)
            .distinct()
            .collect(Collectors.joining(" "));
    return certificate.name()
        + " (issued by "
        + Objects.requireNonNullElse(issue.issuerRef().kind(), "Issuer")
        + " "
        + issue.issuerRef().name()
        + " for "
        + names
        + ")";
  }

  private static String secrets(List<SecretMember> secrets) {
    return secrets.stream().map(Approve::secret).collect(Collectors.joining("; "));
  }

  private static String secret(SecretMember secret) {
    var hooks = Optional.ofNullable(secret.hooks());
    return Stream.of(
            Optional.of(
                secret.name()
                    + (secret.generate() != null
                        ? " (generated)"
                        : secret.token() != null
                            ? " (token of " + secret.token().serviceAccount() + ")"
                            : " (linked)")),
            Optional.ofNullable(secret.account())
                .map(account -> "opens " + account.name() + " at " + account.system()),
            hooks.map(SecretMember.Hooks::apply).map(hook -> "applied by " + hook.cronJob()),
            hooks.map(SecretMember.Hooks::verify).map(hook -> "verified by " + hook.cronJob()),
            hooks.map(SecretMember.Hooks::revoke).map(hook -> "revoked by " + hook.cronJob()))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(", "));
  }

  private static boolean agrees(String user) {
    return Consent.to("Approve this as " + user + "?", "look at what it asks for");
  }
}
