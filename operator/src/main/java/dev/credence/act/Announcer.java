package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.Conditions;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.decide.Action;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells as Events what the status tells: one for each value issued or replaced, one for each
/// condition that turned. A condition that stays as it is says nothing again, also after a restart,
/// since the old status is the memory.
///
/// Events are written beside the work and never hold it up; where the API server is too slow for
/// them, the newest are dropped and counted in the log.
public final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final DateTimeFormatter SIX_DIGITS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LONGEST_NOTE = 1000;
  private static final int BITS_FOR_COUNTING = 20;
  private static final int THREADS = 2;
  private static final int WAITING = 20_000;
  private static final List<String> SUMS = List.of("Reconciling", "Stalled");

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong numbers;
  private final ThreadPoolExecutor writers =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("events-", 0).daemon().factory(),
          (event, pool) -> dropped.incrementAndGet());

  private enum Type {
    Normal,
    Warning
  }

  public Announcer(KubernetesClient client, Clock clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
    this.numbers = new AtomicLong(clock.millis() << BITS_FOR_COUNTING);
    writers.allowCoreThreadTimeOut(true);
  }

  public void done(Action action, MachineIdentity identity) {
    switch (action) {
      case Action.Issue issue ->
          tell(
              identity,
              Type.Normal,
              "Issued",
              "Issue",
              issue.subject() + ": version " + issue.receipt().version() + " issued");
      case Action.Rotate rotate ->
          tell(
              identity,
              Type.Normal,
              "Rotated",
              "Rotate",
              rotate.subject()
                  + ": version "
                  + rotate.receipt().version()
                  + " issued "
                  + why(rotate.why())
                  + until(rotate.receipt()));
      case Action.Switch turn ->
          tell(
              identity,
              Type.Normal,
              "Rotated",
              "Rotate",
              turn.subject()
                  + ": version "
                  + turn.receipt().version()
                  + " issued "
                  + (turn.current().isPresent() ? why(turn.why()) : "for the first time")
                  + ", proven by its hooks"
                  + until(turn.receipt()));
      case Action.Rollback back ->
          tell(
              identity,
              Type.Normal,
              "RolledBack",
              "Rollback",
              back.subject()
                  + ": the previous value is version "
                  + back.receipt().version()
                  + " now");
      case Action.Acknowledge(var subject, _, _, _, var what) ->
          tell(identity, Type.Normal, "Answered", "Answer", subject + ": " + what);
      case Action.RunHook run ->
          tell(
              identity,
              Type.Normal,
              "HookStarted",
              "RunHook",
              run.of() + ": " + run.subject() + " started from CronJob " + run.hook().cronJob());
      case Action.Restart restart ->
          tell(
              identity,
              Type.Normal,
              "Restarted",
              "Restart",
              restart.subject() + " restarted for " + restart.value());
      case Action.Evict evict ->
          tell(identity, Type.Normal, "Evicted", "Evict", evict.subject() + " evicted");
      case Action.Adopt adopt ->
          tell(identity, Type.Normal, "Adopted", "Adopt", adopt.subject() + " taken over");
      case Action.Redate redate ->
          tell(
              identity,
              Type.Warning,
              "Redated",
              "Redate",
              redate.subject()
                  + ": its time of issue was to come, as after a clock that was wrong; it is counted from now on");
      case Action.Release release ->
          tell(identity, Type.Normal, "Released", "Release", release.subject() + " given back");
      case Action.Renew renew ->
          tell(
              identity,
              Type.Normal,
              "RenewalAsked",
              "Renew",
              renew.subject() + ": cert-manager was asked for a new one");
      case Action.Provision provision ->
          tell(identity, Type.Normal, "Provisioned", "Provision", provision.subject() + " created");
      // Seen in the members and in the credentials of the status.
      case Action.Retire retire -> {}
      case Action.EndPrevious end -> {}
      case Action.Stage stage -> {}
      case Action.Anchor anchor -> {}
      case Action.Remove remove -> {}
      case Action.Tie tie -> {}
      case Action.Adjust adjust -> {}
      case Action.Mark mark -> {}
      case Action.Relabel relabel -> {}
      case Action.Unmark unmark -> {}
    }
  }

  private static String until(Action.Receipt receipt) {
    return receipt
        .previousRetiresAt()
        .filter(time -> receipt.keepsPrevious())
        .map(time -> "; the previous value stays until " + time)
        .orElse("");
  }

  private static String why(Action.Why why) {
    return switch (why) {
      case Action.Why.OnSchedule onSchedule -> "on schedule";
      case Action.Why.BeforeItsEnd(var due, var end) ->
          "outside the policy's windows, since it ends at " + end;
      case Action.Why.OnRequest onRequest -> "on request";
      case Action.Why.Revoked(var reason) -> "since the one before was revoked: " + reason;
      case Action.Why.OnChange onChange -> "since `generate` or `token` was changed";
      case Action.Why.Dead(var how) -> "since the one before opens nothing any more: " + how;
    };
  }

  public void changes(
      MachineIdentity identity,
      @Nullable MachineIdentityStatus before,
      MachineIdentityStatus after) {
    var known = Conditions.of(before == null ? null : before.conditions()).byType();
    after.conditions().stream()
        .filter(condition -> !SUMS.contains(condition.type()))
        .forEach(condition -> turned(identity, known.get(condition.type()), condition));
  }

  private void turned(MachineIdentity identity, @Nullable Condition before, Condition now) {
    if (now.type().equals("Ready")) {
      // What is wrong has its own Event; only the way back is worth one more.
      if (now.status() == Condition.Truth.True
          && before != null
          && before.status() == Condition.Truth.False) {
        tell(identity, Type.Normal, "Ready", "Check", "in order again");
      }
      return;
    }
    var isBad = isBad(now);
    var same =
        before != null
            && before.status() == now.status()
            && before.reason().equals(now.reason())
            // each warning of the end is another message
            && (!now.type().equals("Expiring") || before.message().equals(now.message()));
    if (isBad && !same) {
      tell(identity, Type.Warning, now.reason(), "Check", now.message());
    }
  }

  private static boolean isBad(Condition condition) {
    return switch (condition.type()) {
      case "PolicyMatched" -> false;
      case "Expiring" -> condition.status() == Condition.Truth.True;
      // Seconds before an answer to a request are no news.
      case "CredentialsFresh" ->
          condition.status() == Condition.Truth.False && !condition.reason().equals("RotationDue");
      default -> condition.status() == Condition.Truth.False;
    };
  }

  private void tell(HasMetadata about, Type type, String reason, String action, String note) {
    var event = event(about, type, reason, action, note, clock.instant());
    writers.execute(() -> write(event));
  }

  private Event event(
      HasMetadata about, Type type, String reason, String action, String note, Instant now) {
    var meta = about.getMetadata();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(meta.getNamespace())
        .withName(meta.getName() + "." + Long.toHexString(numbers.incrementAndGet()))
        .endMetadata()
        .withRegarding(
            new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withUid(meta.getUid())
                .build())
        .withType(type.name())
        .withReason(reason)
        .withAction(action)
        .withNote(shortened(note))
        .withEventTime(new MicroTime(SIX_DIGITS.format(now)))
        .withReportingController(Api.GROUP + "/" + Api.MANAGER)
        .withReportingInstance(instance)
        .build();
  }

  /// The API server counts bytes.
  private static String shortened(String note) {
    var bytes = note.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LONGEST_NOTE
        ? note
        : new String(bytes, 0, LONGEST_NOTE, StandardCharsets.UTF_8).replaceFirst("\\uFFFD$", "")
            + "…";
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
    } catch (RuntimeException lost) {
      LOG.atDebug()
          .addKeyValue("namespace", event.getMetadata().getNamespace())
          .addKeyValue("reason", event.getReason())
          .log("an Event could not be written: {}", lost.getClass().getSimpleName());
    }
  }

  /// How many Events were not written since too many were waiting.
  long dropped() {
    return dropped.get();
  }

  /// Writes what is waiting, for a few seconds at most.
  @Override
  public void close() throws InterruptedException {
    writers.shutdown();
    if (!writers.awaitTermination(3, TimeUnit.SECONDS)) {
      LOG.warn("{} Events were not written", writers.shutdownNow().size());
    }
    if (dropped.get() > 0) {
      LOG.warn("{} Events were dropped since there were too many", dropped.get());
    }
  }
}
