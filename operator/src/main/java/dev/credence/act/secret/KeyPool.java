// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.object.ObjectRef;
import dev.credence.generate.Maker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Generates keys that take seconds (RSA) in threads of their own. A namespace has one slot, for
/// the keys of one Secret: other Secrets wait until it is free. Slots are served in turn, one key
/// at a time.
///
/// The private halves of a slot stay in memory until the write that they are for, for two minutes
/// at most. A process that ends loses them, and the next one generates others: nothing has seen
/// them.
public final class KeyPool {
  private static final Logger LOG = LoggerFactory.getLogger(KeyPool.class);
  private static final int MOST_THREADS = 4;
  private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Maker maker;
  private final BiConsumer<String, ObjectRef> ready;

  /// By namespace.
  private final Map<String, Slot> slots = new HashMap<>();

  private final Deque<Slot> due = new ArrayDeque<>();
  private final Set<String> generating = new HashSet<>();

  /// The keys of one version of a Secret.
  private record Order(ObjectRef secret, long version, String generatorSpec) {}

  private static final class Slot {
    private final String namespace;
    private final Order order;
    private final Map<String, KeyPair> missing;
    private final Map<String, SortedMap<String, byte[]>> created = new HashMap<>();
    private final Set<ObjectRef> waiting = new LinkedHashSet<>();
    private Optional<String> problem = Optional.empty();
    private long readyAt;

    private Slot(String namespace, Order order, Map<String, KeyPair> missing) {
      this.namespace = namespace;
      this.order = order;
      this.missing = missing;
    }

    private boolean isReady() {
      return missing.isEmpty() || problem.isPresent();
    }

    private boolean isOld() {
      return isReady() && System.nanoTime() - readyAt > KEPT_NANOS;
    }
  }

  /// `ready`: called with a namespace and the Secret for which it is worth trying again.
  public KeyPool(Maker maker, BiConsumer<String, ObjectRef> ready) {
    this.maker = maker;
    this.ready = ready;
    var threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_THREADS);
    for (var number = 0; number < threads; number++) {
      Thread.ofPlatform().name("keys-" + number).daemon().start(this::work);
    }
  }

  /// The keys of the generator spec that take long to generate, by name, once; empty where there
  /// are none.
  ///
  /// @throws Refusal while they are being generated, or others of the namespace are
  Map<String, SortedMap<String, byte[]>> take(
      String namespace, ObjectRef secret, GeneratedContent generatorSpec, long version) {
    var slow = slow(generatorSpec);
    return slow.isEmpty()
        ? Map.of()
        : taken(namespace, new Order(secret, version, generatorSpec.digest()), slow);
  }

  private Map<String, SortedMap<String, byte[]>> taken(
      String namespace, Order order, Map<String, KeyPair> slow) {
    Slot slot;
    synchronized (this) {
      slot = current(namespace, order).orElse(null);
      if (slot == null) {
        begin(new Slot(namespace, order, slow));
        throw WriteRefused.waiting(order.secret(), "The key is being generated");
      }
      if (!slot.order.equals(order)) {
        slot.waiting.add(order.secret());
        throw WriteRefused.waiting(
            order.secret(),
            "The key is generated after the key of "
                + slot.order.secret()
                + ", since the operator generates one RSA key at a time for each namespace");
      }
      if (!slot.isReady()) {
        throw WriteRefused.waiting(order.secret(), "The key is being generated");
      }
      slots.remove(namespace);
    }
    slot.waiting.forEach(other -> ready.accept(namespace, other));
    if (slot.problem.isPresent()) {
      throw WriteRefused.of(order.secret(), slot.problem.get());
    }
    return slot.created;
  }

  /// Nothing where its keys will not be asked for any more.
  private Optional<Slot> current(String namespace, Order order) {
    var slot = slots.get(namespace);
    if (slot == null) {
      return Optional.empty();
    }
    var isReplaced = slot.order.secret().equals(order.secret()) && !slot.order.equals(order);
    if (slot.isOld() || isReplaced) {
      slots.remove(namespace);
      due.remove(slot);
      return Optional.empty();
    }
    return Optional.of(slot);
  }

  private void begin(Slot slot) {
    slots.put(slot.namespace, slot);
    due.add(slot);
    notifyAll();
  }

  private static Map<String, KeyPair> slow(GeneratedContent generatorSpec) {
    var slow = new LinkedHashMap<String, KeyPair>();
    for (KeySpec key : generatorSpec.keys()) {
      if (key.generator() instanceof KeyPair pair && Maker.isSlow(pair)) {
        slow.put(key.name(), pair);
      }
    }
    return slow;
  }

  private void work() {
    try {
      while (true) {
        generate(next());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Slot next() throws InterruptedException {
    while (true) {
      for (var slot : due) {
        if (generating.add(slot.namespace)) {
          due.remove(slot);
          return slot;
        }
      }
      wait();
    }
  }

  private void generate(Slot slot) {
    var next = slot.missing.entrySet().iterator().next();
    var halves = Optional.<SortedMap<String, byte[]>>empty();
    var problem = Optional.<String>empty();
    try {
      halves = Optional.of(maker.pair(next.getKey(), next.getValue()));
    } catch (RuntimeException | StackOverflowError impossible) {
      problem = Optional.of(reported(impossible, slot));
    }
    boolean isReady;
    synchronized (this) {
      generating.remove(slot.namespace);
      halves.ifPresent(created -> slot.created.put(next.getKey(), created));
      slot.missing.remove(next.getKey());
      slot.problem = problem;
      var isCurrent = slots.get(slot.namespace) == slot;
      isReady = isCurrent && slot.isReady();
      if (isReady) {
        slot.readyAt = System.nanoTime();
      } else if (isCurrent) {
        due.add(slot);
      }
      notifyAll();
    }
    if (isReady) {
      ready.accept(slot.namespace, slot.order.secret());
    }
  }

  /// An exception of a library may quote what it was given.
  private static String reported(Throwable impossible, Slot slot) {
    LOG.atWarn()
        .addKeyValue("namespace", slot.namespace)
        .addKeyValue("subject", slot.order.secret())
        .log("A key could not be generated: {}", impossible.getClass().getName());
    return impossible instanceof IllegalArgumentException && impossible.getMessage() != null
        ? impossible.getMessage()
        : "The key could not be generated";
  }
}
