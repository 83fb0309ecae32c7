// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Decides the fate of each request and event by a seed, as long as it lasts. What is drawn for
/// the n-th request of a kind does not depend on other requests, so that a seed means much the
/// same when threads run in another order.
public final class Weather {
  private final long seed;
  private final Map<Supplier<Fate>, Integer> requests;
  private final Map<EventFate, Integer> events;
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> happened = new ConcurrentHashMap<>();
  private volatile boolean clear;

  private Weather(
      long seed, Map<Supplier<Fate>, Integer> requests, Map<EventFate, Integer> events) {
    this.seed = seed;
    this.requests = requests;
    this.events = events;
  }

  /// Out of a hundred requests about this many have such a fate, the rest passes.
  public static final class Forecast {
    private final Map<Supplier<Fate>, Integer> requests = new LinkedHashMap<>();
    private final Map<EventFate, Integer> events = new EnumMap<>(EventFate.class);

    public Forecast of100(int share, Supplier<Fate> fate) {
      requests.put(fate, share);
      return this;
    }

    public Forecast of100Events(int share, EventFate fate) {
      events.put(fate, share);
      return this;
    }

    public Weather seed(long seed) {
      return new Weather(seed, requests, events);
    }
  }

  public static Forecast forecast() {
    return new Forecast();
  }

  /// Everything at once.
  public static Forecast storm() {
    return forecast()
        .of100(3, Fate.Vanishes::new)
        .of100(3, Fate.Unheard::new)
        .of100(2, Fate.Truncated::new)
        .of100(4, () -> new Fate.Slow(Duration.ofMillis(300)))
        .of100(3, () -> new Fate.Refused(409, 0))
        .of100(3, () -> new Fate.Refused(429, 1))
        .of100(2, () -> new Fate.Refused(500, 0))
        .of100(2, () -> new Fate.Refused(503, 0))
        .of100(1, () -> new Fate.Refused(504, 0))
        .of100Events(4, EventFate.Late)
        .of100Events(4, EventFate.Twice)
        .of100Events(4, EventFate.Swapped)
        .of100Events(2, EventFate.Lost)
        .of100Events(3, EventFate.Last);
  }

  /// From now on everything passes.
  public void clears() {
    clear = true;
  }

  /// How often each fate befell somebody: `Unheard POST secrets`.
  public Map<String, Long> happened() {
    var sums = new TreeMap<String, Long>();
    happened.forEach((what, count) -> sums.put(what, count.get()));
    return sums;
  }

  Fate of(Call call) {
    if (clear) {
      return new Fate.Passes();
    }
    var drawn = draw(call.kind()).nextInt(100);
    for (var entry : requests.entrySet()) {
      drawn -= entry.getValue();
      if (drawn < 0) {
        var fate = entry.getKey().get();
        note(fate.getClass().getSimpleName() + " " + call.kind());
        return fate;
      }
    }
    return new Fate.Passes();
  }

  EventFate ofEvent(Call watch) {
    if (clear) {
      return EventFate.Passes;
    }
    var drawn = draw("event " + watch.kind()).nextInt(100);
    for (var entry : events.entrySet()) {
      drawn -= entry.getValue();
      if (drawn < 0) {
        note(entry.getKey() + " " + watch.kind());
        return entry.getKey();
      }
    }
    return EventFate.Passes;
  }

  private void note(String what) {
    happened.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
  }

  private RandomGenerator draw(String kind) {
    var nth = counts.computeIfAbsent(kind, key -> new AtomicLong()).getAndIncrement();
    return RandomGeneratorFactory.of("L64X128MixRandom")
        .create(seed * 1_000_003L + kind.hashCode() * 31L + nth);
  }
}
