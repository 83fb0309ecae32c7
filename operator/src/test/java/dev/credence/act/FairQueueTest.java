// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairQueueTest {

  @Test
  void namespaces_are_served_in_turn_however_much_one_of_them_has() throws InterruptedException {
    var queue = new FairQueue<String>(100);
    IntStream.range(0, 1_000).forEach(number -> queue.add("bulk", "bulk-" + number));
    queue.add("victim", "victim-0");
    queue.add("other", "other-0");
    assertThat(taken(queue, 4)).containsExactly("bulk-0", "victim-0", "other-0", "bulk-1");
  }

  @Test
  void a_namespace_has_so_many_taken_at_once_and_no_more() throws InterruptedException {
    var queue = new FairQueue<String>(2);
    List.of("a", "b", "c").forEach(item -> queue.add("bulk", item));
    queue.add("victim", "d");
    assertThat(taken(queue, 3)).containsExactly("a", "d", "b");
    queue.done("bulk");
    assertThat(taken(queue, 1)).containsExactly("c");
    assertThat(queue.isIdle()).isFalse();
    List.of("bulk", "bulk", "victim").forEach(queue::done);
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void what_is_too_much_is_dropped_from_the_namespace_that_has_most() {
    var queue = new FairQueue<String>(2, 3, 4);
    List.of("a", "b", "c").forEach(item -> assertThat(queue.add("bulk", item)).isEmpty());
    assertThat(queue.add("bulk", "d")).contains("d");
    assertThat(queue.add("victim", "e")).isEmpty();
    assertThat(queue.add("victim", "f")).contains("c");
    assertThat(queue.size()).isEqualTo(4);
    // Neither has more than the other.
    assertThat(queue.add("victim", "g")).contains("g");
  }

  @Test
  void what_is_taken_out_leaves_the_others_in_their_order() throws InterruptedException {
    var queue = new FairQueue<String>(2);
    List.of("a", "b").forEach(item -> queue.add("one", item));
    queue.add("two", "c");
    assertThat(queue.withdraw("one", "a"::equals)).contains("a");
    assertThat(queue.withdraw("one", "a"::equals)).isEmpty();
    assertThat(queue.withdraw("none", "a"::equals)).isEmpty();
    assertThat(taken(queue, 2)).containsExactly("b", "c");
    assertThat(queue.size()).isZero();
  }

  private static List<String> taken(FairQueue<String> queue, int count)
      throws InterruptedException {
    var taken = new ArrayList<String>();
    for (var number = 0; number < count; number++) {
      taken.add(queue.take().item());
    }
    return taken;
  }
}
