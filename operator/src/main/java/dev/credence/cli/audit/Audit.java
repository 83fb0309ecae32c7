// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.cli.Failed;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.Output;
import dev.credence.cli.receive.ListenOptions;
import dev.credence.cli.receive.Receiver;
import dev.credence.decide.evidence.OddBehaviour;
import dev.credence.decide.evidence.UsedRights;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.facts.time.WrittenDuration;
import dev.credence.observe.audit.AuditFormat;
import dev.credence.observe.audit.AuditInput;
import dev.credence.raw.UntrustedText;
import dev.credence.report.Format;
import dev.credence.report.Inventory.Origin;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Reads an audit log, and compares what ServiceAccounts did with what they are granted.
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Show from audit logs which rights are used, and what is odd.",
    description = {
      "",
      "Reads audit logs of the API server, and connects to no cluster unless --live is set.",
      "Compares with roles and bindings of manifests (--rbac) or of the cluster (--live): each",
      "right is used, unused, or unknown where the log cannot show it. Changes nothing.",
      "With --listen it receives audit events instead, and writes evidence to the cluster."
    },
    footer = {
      "%nExamples:",
      "  credence audit --from /var/log/kubernetes/audit",
      "  credence audit --from audit.log --rbac manifests/ --since 2160h",
      "  credence audit --from audit.log --live -n sales --format html --output use.html",
      "  credence audit --from audit.log -n sales --suggest > roles.yaml",
      "  aws logs filter-log-events … | credence audit --from - --input-format eks"
    })
public final class Audit implements Callable<Integer> {
  private static final Pattern DAYS = Pattern.compile("(\\d{1,4})d");
  private static final int NARROW = 120;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private KubeOptions where = new KubeOptions();

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  static final class Source {
    @Option(
        names = "--from",
        required = true,
        paramLabel = "FILE|DIR|-",
        description =
            "The audit log: a file, all files of a folder, or - for standard input. Files may be compressed with gzip and may overlap. Can be repeated.")
    private List<String> from = List.of();

    @Option(
        names = "--listen",
        required = true,
        arity = "0..1",
        fallbackValue = ListenOptions.EVERYWHERE,
        paramLabel = "[ADDRESS:]PORT",
        description =
            "Receive audit events over HTTPS at this address, and write the evidence to ConfigMaps of the cluster, until SIGTERM. Default: ${FALLBACK-VALUE}.")
    private @Nullable String listen;
  }

  @Mixin private ListenOptions listenOptions = new ListenOptions();

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description =
          "The source of the events: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private AuditFormat inputFormat = AuditFormat.auto;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Ignore earlier events, and expect the log to begin by then: 90d or 2160h before now, or 2026-09-01T00:00:00Z.")
  private @Nullable String since;

  @ArgGroup private @Nullable Grants grants;

  static final class Grants {
    @Option(
        names = "--rbac",
        paramLabel = "FILE|DIR",
        description = "Compare with the roles, bindings and MachineIdentities of these manifests.")
    private @Nullable Path rbac;

    @Option(
        names = "--live",
        description = "Compare with the roles, bindings and MachineIdentities of the cluster.")
    private boolean live;
  }

  @Option(
      names = "--network",
      paramLabel = "[NAME=]CIDR",
      description =
          "Addresses that count as one network, as of a node pool. Can be repeated. Default: /16 of private IPv4 ranges, /24 of public ones, /48 of IPv6.")
  private List<String> networks = List.of();

  @Option(
      names = "--learning",
      paramLabel = "TIME",
      defaultValue = "14d",
      description =
          "The time after its first event in which nothing that an account does is odd. Default: ${DEFAULT-VALUE}.")
  private String learning = "14d";

  @Option(
      names = "--suggest",
      description = "Print roles that allow what was used, as YAML. Nothing is applied.")
  private boolean suggest;

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      description = "One of: ${COMPLETION-CANDIDATES}. Default: table.")
  private @Nullable Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write to this file, which only you can read, instead of standard output.")
  private @Nullable Path output;

  @Override
  public Integer call() {
    if (source.listen != null) {
      return listen(source.listen);
    }
    if (suggest && format != null) {
      throw wrong("--suggest prints YAML: it excludes --format");
    }
    var learningTime = duration(learning, "--learning");
    var start = start();
    var objects = objects();
    var evidence = new Evidence(EvidenceLimits.DEFAULT, declared());
    var input =
        new AuditInput(
            inputFormat,
            event -> {
              if (start.isEmpty() || !event.time().isBefore(start.get())) {
                evidence.add(event);
              }
            });
    new AuditFiles(source.from, input).read();
    if (input.read() == 0) {
      throw new Failed(
          "The input contains no audit event (format "
              + inputFormat
              + "). "
              + Notes.skipped(input));
    }
    var report = report(evidence, input, objects, start, learningTime);
    report.gaps().forEach(gap -> System.err.println("credence: note: " + gap));
    write(report);
    return 0;
  }

  private int listen(String address) {
    if (suggest || format != null || output != null || since != null || grants != null) {
      throw wrong(
          "--listen excludes --suggest, --format, --output, --since, --rbac and --live: it writes evidence, and prints no report");
    }
    try {
      var listen = listenOptions.read(address, text -> duration(text, "--write-interval"));
      var settings = Settings.read();
      if (settings.isEmpty()) {
        return Settings.WRONG;
      }
      Receiver.run(listen, settings.get(), inputFormat, declared());
      return 0;
    } catch (IllegalArgumentException unusable) {
      throw wrong(String.valueOf(unusable.getMessage()));
    }
  }

  private Optional<Instant> start() {
    return Optional.ofNullable(since)
        .map(
            text ->
                UntrustedText.time(text)
                    .orElseGet(() -> Instant.now().minus(duration(text, "--since"))));
  }

  private Duration duration(String text, String option) {
    var days = DAYS.matcher(text);
    return days.matches()
        ? Duration.ofDays(Long.parseLong(days.group(1)))
        : WrittenDuration.plain(text)
            .orElseThrow(() -> wrong(option + ": " + text + " is not a time such as 90d or 2160h"));
  }

  private Networks declared() {
    try {
      return Networks.of(networks);
    } catch (IllegalArgumentException unreadable) {
      throw wrong("--network: " + unreadable.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Optional<RbacObjects> objects() {
    if (grants == null) {
      return Optional.empty();
    }
    if (grants.rbac != null) {
      if (!Files.exists(grants.rbac)) {
        throw wrong("--rbac: " + grants.rbac + " does not exist");
      }
      return Optional.of(RbacObjects.of(grants.rbac));
    }
    var read = new ArrayList<RbacObjects>();
    where.in(
        connection -> {
          read.add(RbacObjects.of(connection));
          return 0;
        });
    return read.stream().findFirst();
  }

  private AuditReport report(
      Evidence evidence,
      AuditInput input,
      Optional<RbacObjects> objects,
      Optional<Instant> start,
      Duration learningTime) {
    var log = evidence.log();
    var gaps = new ArrayList<>(Notes.of(evidence, input, start, learningTime));
    objects.ifPresent(known -> gaps.addAll(known.gaps()));
    var comparison =
        new Comparison(
            evidence,
            objects,
            new UsedRights(log, start),
            new OddBehaviour(
                log,
                new OddBehaviour.Settings(
                    learningTime,
                    OddBehaviour.Settings.DEFAULT.factor(),
                    OddBehaviour.Settings.DEFAULT.floor())));
    return new AuditReport(
        new Origin(
            Instant.now(),
            Version.current(),
            String.join(", ", source.from),
            where.asked().map(name -> "namespace " + name).orElse("all namespaces")),
        log,
        objects.isPresent(),
        gaps,
        comparison.accounts(where.asked()));
  }

  private void write(AuditReport report) {
    Output.write(
        Optional.ofNullable(output),
        System.out,
        out -> {
          if (!suggest) {
            report.write(Objects.requireNonNullElse(format, Format.table), width(), out);
            return;
          }
          var suggestion = new Suggestion(report.log(), out);
          for (var account : report.accounts()) {
            if (account.evidence().isPresent()) {
              suggestion.write(account.account(), account.evidence().get());
            }
          }
        });
  }

  private static int width() {
    var columns = System.getenv().getOrDefault("COLUMNS", "");
    return columns.matches("\\d{1,4}") ? Integer.parseInt(columns) : NARROW;
  }
}
