// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import dev.credence.api.SuspensionList;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Tests whether the API server enforces the admission policies of suspensions by the current
/// lists. That the policies, their bindings and the lists exist does not show it: an API server
/// uses its own caches. So the operator asks it by a dry run that a policy denies only where it has
/// read the current revision of a list.
///
/// It asks after each change, every half a minute while an account is suspended, and each few
/// seconds while the answer is no; never while no account is suspended. The answer is that of the
/// API server that the request reaches.
public final class Enforcement implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Enforcement.class);

  /// A change takes some 0.1 s to reach the copy that the policies use.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration BETWEEN = Duration.ofMillis(100);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(2);

  /// So often in a row it must be refused after it was not: of several API servers one may refuse
  /// and another one not.
  private static final int CONVINCING = 3;

  private static final List<Admission> BY_LIST = List.of(Admission.Writes, Admission.Tokens);

  /// Asks the API server.
  public interface Prober {
    Answer ask(Admission policy, String list, String revision);
  }

  public enum Answer {
    /// by the policy, with this revision of the list
    Refused,
    /// the request passed
    Passed,
    /// the API server could not be asked, or refused for another reason
    Unknown
  }

  private final Supplier<List<SuspensionList>> lists;
  private final Predicate<Admission> bound;
  private final Runnable changed;
  private final Set<Admission> confirmed = ConcurrentHashMap.newKeySet();

  /// The revision of each list that was last seen to be in use.
  private final Map<Admission, Map<String, String>> seen = new EnumMap<>(Admission.class);

  /// The number of denials by which a policy counts as enforced again.
  private final Map<Admission, Integer> doubts = new ConcurrentHashMap<>();

  private volatile @Nullable Prober prober;
  private volatile boolean stale = true;
  private long lastRound = System.nanoTime();
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("enforcement").daemon().factory());

  /// `bound`: whether a policy and its binding are there. `changed` is called when [#holds] has
  /// another answer.
  public Enforcement(
      Supplier<List<SuspensionList>> lists, Predicate<Admission> bound, Runnable changed) {
    this.lists = lists;
    this.bound = bound;
    this.changed = changed;
  }

  /// Without a prober the API server is not asked, and existing policies count as enforced.
  public void by(Prober asking) {
    prober = asking;
  }

  public boolean asks() {
    return prober != null;
  }

  static boolean isByList(Admission admission) {
    return BY_LIST.contains(admission);
  }

  /// Whether the API server was last observed to deny by this policy. Where no account is listed
  /// there is nothing to deny.
  public boolean holds(Admission admission) {
    return !isByList(admission)
        || prober == null
        || confirmed.contains(admission)
        || lists.get().isEmpty();
  }

  /// A list, a policy or a binding changed.
  public void changed() {
    for (var admission : BY_LIST) {
      if (!bound.test(admission)) {
        confirmed.remove(admission);
      }
    }
    stale = true;
  }

  /// Asks before a decision relies on it, and from then on at intervals.
  public void start() {
    if (prober == null) {
      return;
    }
    check(true);
    worker.scheduleWithFixedDelay(
        this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      var wait =
          BY_LIST.stream().allMatch(admission -> !bound.test(admission) || holds(admission))
              ? EVERY
              : AGAIN;
      if (stale || System.nanoTime() - lastRound >= wait.toNanos()) {
        check(true);
      }
    } catch (RuntimeException | Error failed) {
      LOG.warn("The enforcement of suspensions could not be tested, retrying", failed);
    }
  }

  /// Waits until the API server goes by the lists as they are now, for some seconds at most.
  public void await() {
    if (prober != null && doubts.isEmpty()) {
      check(false);
    }
  }

  /// `all`: also what was seen to be in use before.
  private synchronized void check(boolean all) {
    var asking = prober;
    if (asking == null) {
      return;
    }
    var before = Set.copyOf(confirmed);
    stale = false;
    lastRound = System.nanoTime();
    for (var admission : BY_LIST) {
      if (all) {
        seen.remove(admission);
      }
      if (!bound.test(admission) || lists.get().isEmpty()) {
        confirmed.remove(admission);
        seen.remove(admission);
        doubts.remove(admission);
      } else {
        evaluate(admission, asked(asking, admission));
      }
    }
    if (!before.equals(Set.copyOf(confirmed))) {
      LOG.atLevel(confirmed.containsAll(before) ? Level.INFO : Level.WARN)
          .addKeyValue("enforced", confirmed.stream().map(Admission::resource).sorted().toList())
          .log(
              "The admission policies that the API server enforces for suspended ServiceAccounts changed");
      changed.run();
    }
  }

  private void evaluate(Admission admission, Answer answer) {
    switch (answer) {
      case Refused -> {
        doubts.computeIfPresent(admission, (key, times) -> times > 1 ? times - 1 : null);
        if (!doubts.containsKey(admission)) {
          confirmed.add(admission);
        }
      }
      case Passed -> {
        confirmed.remove(admission);
        doubts.put(admission, CONVINCING);
      }
      case Unknown -> {}
    }
  }

  /// Of one that was refused before it is waited for, since a change is on its way.
  private Answer asked(Prober asking, Admission admission) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var answer =
          asked(asking, admission, seen.computeIfAbsent(admission, one -> new HashMap<>()));
      if (answer != Answer.Passed
          || doubts.containsKey(admission)
          || System.nanoTime() > end
          || !isRested()) {
        return answer;
      }
    }
  }

  private static boolean isRested() {
    try {
      Thread.sleep(BETWEEN);
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer asked(Prober asking, Admission admission, Map<String, String> known) {
    for (var list : lists.get()) {
      var name = list.getMetadata().getName();
      var revision = revision(list);
      if (revision.equals(known.get(name))) {
        continue;
      }
      var answer = asking.ask(admission, name, revision);
      if (answer != Answer.Refused) {
        return answer;
      }
      known.put(name, revision);
    }
    return Answer.Refused;
  }

  private static String revision(SuspensionList list) {
    return list.getSpec() == null || list.getSpec().revision() == null
        ? ""
        : list.getSpec().revision();
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
