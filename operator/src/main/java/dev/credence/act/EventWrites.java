// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.facts.text.Truncation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes Events in threads of their own, one namespace after the other, and never delays other
/// work. Where the API server is too slow for them, the newest of the namespace with the most of
/// them are dropped and counted in the log: those of other namespaces are not.
final class EventWrites implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventWrites.class);
  private static final DateTimeFormatter SIX_DIGITS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  /// The API server counts bytes.
  private static final int LONGEST_NOTE = 1000;
  private static final int BITS_FOR_COUNTING = 20;
  private static final int THREADS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration A_MOMENT = Duration.ofMillis(20);
  private static final int WAITING = 20_000;
  private static final int WAITING_OF_A_NAMESPACE = 5_000;

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong numbers;
  private final FairQueue<Event> queue;
  private final List<Thread> writers;

  private enum Type {
    Normal,
    Warning
  }

  EventWrites(KubernetesClient client, Clock clock, String instance) {
    this(client, clock, instance, new FairQueue<>(THREADS, WAITING_OF_A_NAMESPACE, WAITING));
  }

  EventWrites(KubernetesClient client, Clock clock, String instance, FairQueue<Event> queue) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
    this.queue = queue;
    this.numbers = new AtomicLong(clock.millis() << BITS_FOR_COUNTING);
    this.writers =
        IntStream.range(0, THREADS)
            .mapToObj(
                number ->
                    Thread.ofPlatform().name("events-" + number).daemon().start(this::writeAll))
            .toList();
  }

  void report(HasMetadata about, String reason, String action, String note) {
    write(about, Type.Normal, reason, action, note);
  }

  void warn(HasMetadata about, String reason, String action, String note) {
    write(about, Type.Warning, reason, action, note);
  }

  private void write(HasMetadata about, Type type, String reason, String action, String note) {
    var event = event(about, type, reason, action, note, clock.instant());
    var namespace = Objects.requireNonNullElse(about.getMetadata().getNamespace(), "");
    queue.add(namespace, event).ifPresent(_ -> dropped.incrementAndGet());
  }

  private void writeAll() {
    try {
      while (true) {
        var next = queue.take();
        try {
          write(next.item());
        } finally {
          queue.done(next.namespace());
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
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
        .withNote(Truncation.truncateBytes(note, LONGEST_NOTE))
        .withEventTime(new MicroTime(SIX_DIGITS.format(now)))
        .withReportingController(Api.GROUP + "/" + Api.MANAGER)
        .withReportingInstance(instance)
        .build();
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
    } catch (RuntimeException lost) {
      LOG.atDebug()
          .addKeyValue("namespace", event.getMetadata().getNamespace())
          .addKeyValue("reason", event.getReason())
          .log("An Event could not be written: {}", lost.getClass().getSimpleName());
    }
  }

  /// The number of Events that were not written since too many were waiting.
  long dropped() {
    return dropped.get();
  }

  /// Writes what is waiting, for a few seconds at most.
  @Override
  public void close() throws InterruptedException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (!queue.isIdle() && System.nanoTime() < end) {
      Thread.sleep(A_MOMENT);
    }
    if (!queue.isIdle()) {
      LOG.warn("{} Events were not written", queue.size());
    }
    writers.forEach(Thread::interrupt);
    if (dropped.get() > 0) {
      LOG.warn("{} Events were dropped, since too many were waiting", dropped.get());
    }
  }
}
