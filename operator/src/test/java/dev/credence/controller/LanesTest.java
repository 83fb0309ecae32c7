// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.EventProcessor;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Arrays;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final ResourceID VICTIM = new ResourceID("crm", "victim");

  private final CountDownLatch end = new CountDownLatch(1);
  private final Set<ResourceID> urgent = ConcurrentHashMap.newKeySet();
  private final Set<ResourceID> begun = ConcurrentHashMap.newKeySet();
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final Lanes lanes = new Lanes(urgent::contains);

  /// As the framework's own.
  private final class Reconciling implements Runnable {
    private final ResourceID resourceID;
    private final boolean waits;

    Reconciling(ResourceID resourceID, boolean waits) {
      this.resourceID = resourceID;
      this.waits = waits;
    }

    @Override
    public void run() {
      begun.add(resourceID);
      threads.add(Thread.currentThread().getName());
      try {
        if (waits) {
          end.await();
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    end.countDown();
    lanes.shutdown();
    assertThat(lanes.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lanes.isTerminated()).isTrue();
  }

  /// As when an identity is deleted right after its reconcile: none of the threads ends.
  @Test
  void a_timer_that_was_cancelled_meanwhile_ends_no_thread() {
    var timer = new Timer(true);
    IntStream.range(0, 50)
        .forEach(
            _ ->
                lanes.execute(
                    () -> {
                      var cancelled =
                          new TimerTask() {
                            @Override
                            public void run() {}
                          };
                      cancelled.cancel();
                      timer.schedule(cancelled, 1);
                    }));
    lanes.execute(new Reconciling(VICTIM, false));
    eventually("a thread is left").until(() -> begun.contains(VICTIM));
    timer.cancel();
  }

  /// Without it all wait in one line.
  @Test
  void the_framework_says_which_object_its_work_is_about() throws ClassNotFoundException {
    var work = Class.forName(EventProcessor.class.getName() + "$ReconcilerExecutor");
    assertThat(Arrays.stream(work.getDeclaredFields()))
        .anySatisfy(
            field -> {
              assertThat(field.getName()).isEqualTo("resourceID");
              assertThat(field.getType()).isEqualTo(ResourceID.class);
            });
  }

  @Test
  void slow_work_of_one_namespace_leaves_threads_to_the_others() {
    slow("bulk", 100);
    lanes.execute(new Reconciling(VICTIM, false));
    eventually("the other namespace is served").until(() -> begun.contains(VICTIM));
  }

  @Test
  void a_suspension_waits_for_no_other_work() {
    IntStream.range(0, 20).forEach(tenant -> slow("bulk-" + tenant, 20));
    urgent.add(VICTIM);
    lanes.execute(new Reconciling(VICTIM, false));
    eventually("it is carried out").until(() -> begun.contains(VICTIM));
    assertThat(threads).anyMatch(name -> name.startsWith("urgent-"));
  }

  @Test
  void suspensions_of_one_namespace_leave_threads_to_those_of_others() {
    IntStream.range(0, 50)
        .mapToObj(number -> new ResourceID("bulk-" + number, "bulk"))
        .forEach(
            identity -> {
              urgent.add(identity);
              lanes.execute(new Reconciling(identity, true));
            });
    urgent.add(VICTIM);
    lanes.execute(new Reconciling(VICTIM, false));
    eventually("it is carried out").until(() -> begun.contains(VICTIM));
  }

  @Test
  void an_identity_that_waits_already_is_promoted_by_its_suspension() {
    IntStream.range(0, 20).forEach(tenant -> slow("bulk-" + tenant, 20));
    lanes.execute(new Reconciling(VICTIM, false));
    assertThat(begun).doesNotContain(VICTIM);
    lanes.promote(new ResourceID("another", "victim"));
    assertThat(begun).doesNotContain(VICTIM);
    lanes.promote(VICTIM);
    eventually("it is carried out").until(() -> begun.contains(VICTIM));
  }

  @Test
  void work_about_nothing_that_is_known_is_done_too() {
    var done = new CountDownLatch(1);
    lanes.execute(done::countDown);
    eventually("it is done").until(() -> done.getCount() == 0);
  }

  private void slow(String namespace, int count) {
    IntStream.range(0, count)
        .forEach(
            number ->
                lanes.execute(new Reconciling(new ResourceID("bulk-" + number, namespace), true)));
  }
}
