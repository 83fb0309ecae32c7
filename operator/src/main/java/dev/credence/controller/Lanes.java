// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.FairQueue;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Timer;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that reconcile, in two lanes: one for suspensions and revocations, one for
/// everything else. In each the namespaces are served in turn and none of them occupies all
/// threads, so a suspension waits neither for other work nor for the suspensions of other
/// namespaces.
///
/// The framework still reconciles an identity in one thread at a time: this decides when and where.
public final class Lanes extends AbstractExecutorService {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  private static final int URGENT_THREADS = 6;
  private static final int MOST_URGENT = 2;
  private static final int THREADS = 16;
  private static final int MOST_OF_A_NAMESPACE = 10;

  /// The object that the framework hands over has its id in a private field only.
  private static final String RESOURCE = "resourceID";

  private static final ThreadLocal<Boolean> IS_URGENT = ThreadLocal.withInitial(() -> false);

  private final Predicate<ResourceID> isUrgent;
  private final FairQueue<Task> urgent = new FairQueue<>(MOST_URGENT);
  private final FairQueue<Task> others = new FairQueue<>(MOST_OF_A_NAMESPACE);
  private final List<Thread> threads = new ArrayList<>();
  private final ConcurrentHashMap<Class<?>, Optional<Field>> fields = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  private record Task(Optional<ResourceID> about, Runnable work) {
    String namespace() {
      return about.flatMap(ResourceID::getNamespace).orElse("");
    }
  }

  /// `isUrgent`: whether the identity has a suspension or a revocation to be carried out.
  public Lanes(Predicate<ResourceID> isUrgent) {
    this.isUrgent = isUrgent;
    start("urgent", URGENT_THREADS, urgent, true);
    start("loop", THREADS, others, false);
  }

  /// Key generation and JSON are work for a processor: platform threads share the processors
  /// fairly, virtual ones would leave short reconciles waiting.
  private void start(String name, int count, FairQueue<Task> queue, boolean isUrgentLane) {
    for (var number = 0; number < count; number++) {
      threads.add(
          Thread.ofPlatform()
              .name(name + "-" + number)
              .daemon()
              .start(() -> work(queue, isUrgentLane)));
    }
  }

  /// Whether the calling thread belongs to the lane of suspensions and revocations.
  static boolean isUrgentLane() {
    return IS_URGENT.get();
  }

  private void work(FairQueue<Task> queue, boolean isUrgentLane) {
    IS_URGENT.set(isUrgentLane);
    while (!stopping) {
      try {
        var next = queue.take();
        try {
          next.item().work().run();
        } catch (IllegalStateException refused) {
          if (!isByTimer(refused)) {
            throw refused;
          }
          LOG.debug("An identity was deleted while its next reconcile was scheduled");
        } finally {
          queue.done(next.namespace());
        }
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  /// A deletion cancels the next reconcile of its identity, even between the creation of the timer
  /// task and its start: the timer then refuses it. Scheduling is the last step of a reconcile, and
  /// a deleted identity needs none (`TimerEventSource.scheduleOnce`, JOSDK 5).
  private static boolean isByTimer(IllegalStateException refused) {
    return Stream.of(refused.getStackTrace())
        .findFirst()
        .filter(thrower -> thrower.getClassName().equals(Timer.class.getName()))
        .isPresent();
  }

  @Override
  public void execute(Runnable work) {
    var task = new Task(about(work), work);
    (task.about().filter(isUrgent).isPresent() ? urgent : others).add(task.namespace(), task);
  }

  /// Moves an identity that already waits, now that it has a suspension or a revocation.
  public void promote(ResourceID identity) {
    others
        .withdraw(
            identity.getNamespace().orElse(""),
            task -> task.about().filter(identity::equals).isPresent())
        .ifPresent(task -> urgent.add(task.namespace(), task));
  }

  /// Nothing where the framework no longer has that field: all wait in one line then.
  private Optional<ResourceID> about(Runnable work) {
    return fields
        .computeIfAbsent(work.getClass(), Lanes::field)
        .flatMap(
            field -> {
              try {
                return Optional.ofNullable((ResourceID) field.get(work));
              } catch (IllegalAccessException hidden) {
                return Optional.empty();
              }
            });
  }

  private static Optional<Field> field(Class<?> type) {
    try {
      var field = type.getDeclaredField(RESOURCE);
      field.setAccessible(true);
      return Optional.of(field).filter(found -> found.getType() == ResourceID.class);
    } catch (NoSuchFieldException | RuntimeException unknown) {
      LOG.warn(
          "{} does not name its object. Suspensions wait in the same queue as other work",
          type.getName());
      return Optional.empty();
    }
  }

  @Override
  public void shutdown() {
    stopping = true;
    urgent.close();
    others.close();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    threads.forEach(Thread::interrupt);
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return stopping;
  }

  @Override
  public boolean isTerminated() {
    return stopping && threads.stream().noneMatch(Thread::isAlive);
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    var end = System.nanoTime() + unit.toNanos(timeout);
    for (var thread : threads) {
      var left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return isTerminated();
      }
      thread.join(left);
    }
    return isTerminated();
  }
}
