package dev.credence.loop;

import dev.credence.act.Act;
import dev.credence.act.Refusal;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.Guard;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import dev.credence.measure.Meters;
import dev.credence.observe.Members;
import dev.credence.observe.Watches;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at everything again now and then, by the clock of the wall: timers do not survive a
/// suspended machine or a changed clock, and events can be missed.
///
/// It has every identity looked at, and takes our marks off members whose identity is gone. The
/// second also happens as soon as an identity is deleted; it needs no finalizer, so deleting one
/// works while the operator is down.
public final class Sweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private final Watches watches;
  private final Act act;
  private final Meters meters;
  private final Clock clock;
  private final Duration every;
  private final AtomicReference<@Nullable Instant> last = new AtomicReference<>();
  private volatile boolean leads;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sweep").daemon().factory());

  public Sweep(Watches watches, Act act, Meters meters, Clock clock, Duration every) {
    this.watches = watches;
    this.act = act;
    this.meters = meters;
    this.clock = clock;
    this.every = every;
  }

  /// To be called when this process is the one that acts and its caches are complete.
  public void start() {
    leads = true;
    last.set(clock.instant());
    worker.scheduleWithFixedDelay(this::sweep, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Whether sweeps come as they should; always true in a replica that does not act.
  public boolean isAlive() {
    return Optional.ofNullable(last.get())
        .filter(
            time -> Duration.between(time, clock.instant()).compareTo(every.multipliedBy(3)) > 0)
        .isEmpty();
  }

  private void sweep() {
    try {
      watches.wakeAll();
      for (var kind : Kind.values()) {
        watches.marked(kind).filter(this::isOrphan).forEach(object -> unmark(kind, object));
      }
      last.set(clock.instant());
      meters.swept(clock.instant());
    } catch (RuntimeException failed) {
      LOG.warn("a sweep failed and is tried again in {}", every, failed);
    }
  }

  /// An identity is gone: its members lose our marks.
  public void isGone(MachineIdentity identity) {
    if (leads) {
      worker.execute(() -> release(identity));
    }
  }

  private void release(MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    var name = identity.getMetadata().getName();
    for (var kind : Kind.values()) {
      watches.ofIdentity(kind, namespace, name).stream()
          .filter(this::isOrphan)
          .forEach(object -> unmark(kind, object));
    }
  }

  private boolean isOrphan(HasMetadata object) {
    var labels = object.getMetadata().getLabels();
    var identity = labels == null ? null : labels.get(Api.IDENTITY);
    return identity != null
        && object.getMetadata().getDeletionTimestamp() == null
        && Members.carriesOurMarks(object)
        && !watches.identityExists(object.getMetadata().getNamespace(), identity);
  }

  private void unmark(Kind kind, HasMetadata object) {
    var meta = object.getMetadata();
    try {
      act.unmark(
          meta.getNamespace(),
          new Subject(kind, meta.getName()),
          new Guard(
              Objects.requireNonNull(meta.getUid()),
              Objects.requireNonNull(meta.getResourceVersion())));
    } catch (Refusal | KubernetesClientException failed) {
      LOG.atWarn()
          .addKeyValue("namespace", meta.getNamespace())
          .addKeyValue("subject", new Subject(kind, meta.getName()))
          .log(
              "marks of an identity that is gone could not be taken off: the next sweep tries again");
    }
  }

  @Override
  public void close() {
    leads = false;
    worker.shutdownNow();
  }
}
