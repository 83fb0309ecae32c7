package dev.credence.act;

import dev.credence.api.Api;
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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Events are written beside the work and never hold it up; where the API server is too slow for
/// them, the newest are dropped and counted in the log.
final class EventWrites implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventWrites.class);
  private static final DateTimeFormatter SIX_DIGITS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LONGEST_NOTE = 1000;
  private static final int BITS_FOR_COUNTING = 20;
  private static final int THREADS = 2;
  private static final int WAITING = 20_000;

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

  EventWrites(KubernetesClient client, Clock clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
    this.numbers = new AtomicLong(clock.millis() << BITS_FOR_COUNTING);
    writers.allowCoreThreadTimeOut(true);
  }

  void tell(HasMetadata about, String reason, String action, String note) {
    write(about, Type.Normal, reason, action, note);
  }

  void warn(HasMetadata about, String reason, String action, String note) {
    write(about, Type.Warning, reason, action, note);
  }

  private void write(HasMetadata about, Type type, String reason, String action, String note) {
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
