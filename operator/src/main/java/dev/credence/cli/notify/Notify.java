// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.request.AnnotationCommand;
import dev.credence.cli.show.ClusterProblems;
import dev.credence.report.PlainText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Sends owners what is wrong with their identities: a digest once a day, and a notice when a
/// problem becomes urgent. The chart runs it as a CronJob.
@Command(
    name = "notify",
    mixinStandardHelpOptions = true,
    header = "Send owners the problems of their identities, by e-mail or to a webhook.",
    description = {
      "",
      "Groups the problems that `credence status` lists by contact and team. Sends each group once a",
      "day, unless nothing has changed, and at once when a problem requires a manual action. What was",
      "sent is remembered in a ConfigMap. The exit code is 1 if a notice was not sent; the next run",
      "sends it. A contact that is no e-mail address of an allowed domain is replaced by --fallback."
    },
    footer = {
      "%nExamples:",
      "  credence notify --dry-run",
      "  credence notify --smtp smtp://mail.example.com:587 --from credence@example.com \\",
      "    --fallback platform@example.com",
      "  credence notify --webhook-url-file /etc/credence/notify/url --format slack"
    })
public final class Notify implements Callable<Integer> {
  private static final int FAILED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KubeOptions where = new KubeOptions();
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--fallback",
      paramLabel = "ADDRESS",
      description = "The address for problems without a usable contact. Required with --smtp.")
  private @Nullable String fallback;

  @Option(
      names = "--allowed-domains",
      paramLabel = "DOMAIN",
      split = ",",
      description =
          "Domains of contacts that get notices; * allows all. Default: that of --fallback.")
  private List<String> domains = List.of();

  @Option(
      names = "--cluster-name",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The name of the cluster in subjects and events.")
  private String cluster = "";

  @Option(
      names = "--daily-at",
      paramLabel = "HH:MM",
      defaultValue = "08:00",
      description = "The time of day after which the digests are sent. Default: ${DEFAULT-VALUE}.")
  private LocalTime dailyAt = LocalTime.MIDNIGHT;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      defaultValue = "Etc/UTC",
      description = "The time zone of --daily-at. Default: ${DEFAULT-VALUE}.")
  private ZoneId zone = ZoneId.of("Etc/UTC");

  @Option(
      names = "--warn-before",
      paramLabel = "DURATION",
      defaultValue = "168h",
      converter = WrittenDurations.class,
      description =
          "List credentials that expire within this time and get no new value before."
              + " Default: ${DEFAULT-VALUE}.")
  private Duration ahead = Duration.ZERO;

  @Option(
      names = "--repeat-after",
      paramLabel = "DURATION",
      defaultValue = "168h",
      converter = WrittenDurations.class,
      description = "Send an unchanged digest again after this time. Default: ${DEFAULT-VALUE}.")
  private Duration repeat = Duration.ZERO;

  @Option(
      names = "--state",
      paramLabel = "NAMESPACE/NAME",
      description =
          "The ConfigMap that contains what was sent. Default: credence-notify in the namespace of"
              + " the operator.")
  private @Nullable String state;

  @Option(
      names = "--dry-run",
      description = "Print what would be sent. Sends nothing and writes no state.")
  private boolean dryRun;

  @Override
  public Integer call() {
    var wrong = wrong();
    if (wrong.isPresent()) {
      throw new ParameterException(spec.commandLine(), wrong.get());
    }
    return where.in(connection -> run(connection, Clock.systemUTC()));
  }

  private Optional<String> wrong() {
    if (fallback != null && !Addresses.isValid(fallback)) {
      return Optional.of("--fallback must be an e-mail address such as platform@example.com.");
    }
    if (state != null && !state.matches("[^/]+/[^/]+")) {
      return Optional.of(
          "--state must be NAMESPACE/NAME, such as credence-system/credence-notify.");
    }
    return server.wrong(fallback != null, dryRun);
  }

  private int run(Connection connection, Clock clock) {
    var now = clock.instant();
    var store = new MemoryStore(connection.client(), state());
    var memory = store.load();
    var found = ClusterProblems.read(connection, namespaces(), now, ahead);
    found.gaps().forEach(gap -> System.err.println("credence: partial: " + PlainText.text(gap)));
    var addresses = Addresses.of(Optional.ofNullable(fallback), Set.copyOf(domains));
    var round = Round.of(Group.of(found.problems(), addresses), memory, slot(now), now, repeat);
    if (dryRun) {
      round.notices().forEach(this::print);
      AnnotationCommand.report(
          round.notices().size() == 1
              ? "1 notice would be sent."
              : round.notices().size() + " notices would be sent.");
      return 0;
    }
    try (var delivery = server.delivery(cluster, clock)) {
      return ended(Sending.of(round, delivery, store::save, now));
    }
  }

  private static int ended(Sending sending) {
    AnnotationCommand.report(
        sending.sent() == 1 ? "1 notice sent." : sending.sent() + " notices sent.");
    sending.failures().forEach(failure -> System.err.println("credence: " + failure));
    if (sending.left() > 0) {
      System.err.printf("credence: %d not sent. The next run sends them.%n", sending.left());
    }
    return sending.failures().isEmpty() ? 0 : FAILED;
  }

  private void print(Notice notice) {
    var text = new NoticeText(notice, cluster, Integer.MAX_VALUE);
    AnnotationCommand.report("To: " + notice.group().recipient().words());
    AnnotationCommand.report("Subject: " + text.subject());
    AnnotationCommand.report("");
    text.lines().forEach(AnnotationCommand::report);
    AnnotationCommand.report("");
  }

  /// All, or those that the operator watches.
  private Collection<String> namespaces() {
    return where
        .asked()
        .<Collection<String>>map(List::of)
        .orElseGet(() -> KubeOptions.settings().watchNamespaces());
  }

  private Name state() {
    var written = state == null ? KubeOptions.settings().namespace() + "/credence-notify" : state;
    var slash = written.indexOf('/');
    return new Name(written.substring(0, slash), written.substring(slash + 1));
  }

  /// The last time of day for digests that has passed.
  private Instant slot(Instant now) {
    return slot(now, dailyAt, zone);
  }

  static Instant slot(Instant now, LocalTime dailyAt, ZoneId zone) {
    var today = now.atZone(zone).toLocalDate();
    var at = today.atTime(dailyAt).atZone(zone).toInstant();
    return at.isAfter(now) ? today.minusDays(1).atTime(dailyAt).atZone(zone).toInstant() : at;
  }
}
