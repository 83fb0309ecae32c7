// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Decide;
import dev.credence.facts.Snapshot;
import dev.credence.modelcheck.Explorer.Found;
import dev.credence.plan.Decision;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// All histories of small worlds: whatever the operator, its hooks, dying processes, late watches,
/// pods, people and time do after one another, everybody who needs a value has one that is
/// accepted. With `-Dcredence.explore=full`, as in `make test-all`, more happens in each: a million
/// states. With `quick`, as in `make unit`, only the shortest histories of each are gone through.
class ExplorationTest {
  private static final String EXPLORE = System.getProperty("credence.explore", "");
  private static final boolean FULL = EXPLORE.equals("full");
  private static final boolean QUICK = EXPLORE.equals("quick");

  /// The worlds of a normal run end before it.
  private static final int MOST = QUICK ? 1_500 : 130_000;

  private static final AtomicLong STATES = new AtomicLong();
  private static final AtomicLong TRANSITIONS = new AtomicLong();

  private static Found explored(WorldRules rules, Function<Snapshot, Decision> core) {
    var started = System.nanoTime();
    var found = new Explorer(rules, core).explore(MOST);
    System.out.printf("%s, %,d ms%n", found, (System.nanoTime() - started) / 1_000_000);
    STATES.addAndGet(found.moments());
    TRANSITIONS.addAndGet(found.transitions());
    return found;
  }

  static Stream<Arguments> worlds() {
    return Worlds.all(FULL).stream().map(rules -> Arguments.of(rules.name, rules));
  }

  @AfterAll
  static void says_how_much_it_saw() {
    System.out.printf("explored: %,d states, %,d transitions%n", STATES.get(), TRANSITIONS.get());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("worlds")
  void whatever_happens_nobody_is_left_without_a_value(String name, WorldRules rules) {
    var found = explored(rules, Decide::next);

    assertThat(found.harm()).as(found::told).isEmpty();
    assertThat(FULL || QUICK || found.complete()).as("%s: gone through to its end", name).isTrue();
  }

  @Test
  void a_write_that_comes_late_harms_nobody() {
    var found = explored(Worlds.slow(), Decide::next);

    assertThat(found.harm()).as(found::told).isEmpty();
  }

  @Test
  void who_waits_for_nobody_is_found_by_the_shortest_story() {
    var found = explored(Worlds.plain(false), PlantedFaults::waitingForNobody);

    assertThat(found.told())
        .isEqualTo(
            """
            somebody asks for a new value of crm-db
            the operator looks and does: Rotate Secret crm-db to version 2, Status with versions [2]
            a minute passes: it is minute 2
            the operator looks and does: Restart Deployment consumer-0 for crm-db-v2, Retire Secret crm-db
            => consumer-0 holds value 1 of crm-db, which is accepted no more
            """);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            "verifyingNothing",
            Worlds.failing(false),
            PlantedFaults::verifyingNothing,
            "not verified"),
        fault(
            "leavingThePending", Worlds.first(false), PlantedFaults::leavingThePending, "is left"),
        fault(
            "countingWrong", Worlds.plain(false), PlantedFaults::countingWrong, "is issued, after"),
        fault(
            "clearingTheWay", Worlds.foreign(), PlantedFaults::clearingTheWay, "of somebody else"),
        fault("answeringForEver", Worlds.plain(false), PlantedFaults::answeringForEver, "acts"),
        fault(
            "revokingEarly",
            Worlds.rollback(false).overlap(110),
            PlantedFaults::revokingEarly,
            "overlap"));
  }

  private static Arguments fault(
      String name, WorldRules rules, Function<Snapshot, Decision> core, String harm) {
    return Arguments.of(name, rules, core, harm);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void a_planted_fault_is_found(
      String name, WorldRules rules, Function<Snapshot, Decision> core, String harm) {
    var found = explored(rules, core);

    System.out.println(name + ": " + found.told());
    assertThat(found.harm())
        .as(found::told)
        .hasValueSatisfying(why -> assertThat(why).contains(harm));
    assertThat(found.story()).isNotEmpty();
  }

  @Test
  void the_same_world_is_gone_through_the_same_way() {
    var once = new Explorer(Worlds.failing(false), Decide::next).explore(MOST);
    var again = new Explorer(Worlds.failing(false), Decide::next).explore(MOST);

    assertThat(again).isEqualTo(once);
  }
}
