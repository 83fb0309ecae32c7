// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A queue that serves namespaces in turn, so that the work of one namespace delays another one by
/// a single item, however much of it there is. For several threads.
public final class FairQueue<T> {
  private final int mostAtOnce;
  private final int mostOfOne;
  private final int mostOfAll;

  /// In the order in which the namespaces are served.
  private final Map<String, Deque<T>> waiting = new LinkedHashMap<>();

  private final Map<String, Integer> taken = new HashMap<>();
  private int size;
  private boolean closed;

  /// An item and the namespace that it counts for until [FairQueue#done].
  public record Taken<T>(String namespace, T item) {}

  /// `mostAtOnce`: items of one namespace that are taken at the same time; `mostOfOne`: items of
  /// one namespace that wait; `mostOfAll`: items that wait.
  public FairQueue(int mostAtOnce, int mostOfOne, int mostOfAll) {
    this.mostAtOnce = mostAtOnce;
    this.mostOfOne = mostOfOne;
    this.mostOfAll = mostOfAll;
  }

  /// A queue without a limit for what waits.
  public FairQueue(int mostAtOnce) {
    this(mostAtOnce, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /// Returns the item that was dropped for it: itself where its namespace has too many, the newest
  /// of the namespace with the most items where all together are too many.
  public synchronized Optional<T> add(String namespace, T item) {
    if (waiting(namespace) >= mostOfOne) {
      return Optional.of(item);
    }
    var dropped = Optional.<T>empty();
    if (size >= mostOfAll) {
      var most = longest();
      if (waiting(most) <= waiting(namespace)) {
        return Optional.of(item);
      }
      dropped = Optional.ofNullable(of(most).pollLast());
      size--;
      forgetWhereEmpty(most);
    }
    of(namespace).add(item);
    size++;
    notify();
    return dropped;
  }

  /// Waits for an item whose namespace may have another one taken.
  public synchronized Taken<T> take() throws InterruptedException {
    while (!closed) {
      var next = poll();
      if (next.isPresent()) {
        return next.get();
      }
      wait();
    }
    throw new InterruptedException("closed");
  }

  /// From now on nothing is taken any more.
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  private Optional<Taken<T>> poll() {
    for (var namespace : waiting.keySet()) {
      if (taken.getOrDefault(namespace, 0) < mostAtOnce) {
        var items = of(namespace);
        var item = items.remove();
        size--;
        // It comes last from now on.
        waiting.remove(namespace);
        if (!items.isEmpty()) {
          waiting.put(namespace, items);
        }
        taken.merge(namespace, 1, Integer::sum);
        return Optional.of(new Taken<>(namespace, item));
      }
    }
    return Optional.empty();
  }

  /// An item that was taken for the namespace is finished.
  public synchronized void done(String namespace) {
    taken.computeIfPresent(namespace, (_, count) -> count > 1 ? count - 1 : null);
    notify();
  }

  /// Takes the first of these items of the namespace out of the queue, and leaves the turns as they
  /// are.
  public synchronized Optional<T> withdraw(String namespace, Predicate<T> which) {
    var found = of(namespace).stream().filter(which).findFirst();
    found.ifPresent(
        item -> {
          of(namespace).remove(item);
          size--;
        });
    forgetWhereEmpty(namespace);
    return found;
  }

  /// The number of waiting items.
  public synchronized int size() {
    return size;
  }

  /// Whether nothing waits and nothing that was taken is still worked on.
  public synchronized boolean isIdle() {
    return size == 0 && taken.isEmpty();
  }

  private int waiting(String namespace) {
    var items = waiting.get(namespace);
    return items == null ? 0 : items.size();
  }

  private Deque<T> of(String namespace) {
    return waiting.computeIfAbsent(namespace, _ -> new ArrayDeque<>());
  }

  private void forgetWhereEmpty(String namespace) {
    if (waiting(namespace) == 0) {
      waiting.remove(namespace);
    }
  }

  private String longest() {
    return waiting.entrySet().stream()
        .max(Comparator.comparingInt(entry -> entry.getValue().size()))
        .map(Map.Entry::getKey)
        .orElse("");
  }
}
