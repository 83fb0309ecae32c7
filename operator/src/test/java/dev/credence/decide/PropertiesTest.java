// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.decide.lifecycle.Expiring;
import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.Membership;
import dev.credence.decide.policy.Classification;
import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.facts.Snapshot;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Tier;
import dev.credence.observe.certmanager.Issued;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import dev.credence.world.Readable;
import dev.credence.world.World;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What holds in any world, whatever happens in it. A failure names its seed:
/// `-Dcredence.seed=4711` runs that one alone.
class PropertiesTest {
  private static final int SEEDS = Integer.getInteger("credence.seeds", 300);

  /// With fewer, rare cases do not come up.
  private static final int ENOUGH_FOR_EVERYTHING = 800;

  private static final int STEPS = 12;

  /// One step of so many is decided under other policies too, four times.
  private static final int COMPARED = 4;

  private static final Duration AT_ONCE = Duration.ofMillis(2);

  /// More rounds than any world of three identities needs to come to rest.
  private static final int ROUNDS = 10;

  private interface Property {
    void holds(RandomWorld random);
  }

  private static void forAll(Property property) {
    forAll(SEEDS, property);
  }

  private static void forAll(int count, Property property) {
    var only = Long.getLong("credence.seed");
    var seeds = only == null ? LongStream.range(0, count) : LongStream.of(only);
    seeds
        .parallel()
        .mapToObj(seed -> broken(property, seed))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            broken -> {
              throw broken;
            });
  }

  private static Optional<AssertionError> broken(Property property, long seed) {
    try {
      property.holds(new RandomWorld(seed));
      return Optional.empty();
    } catch (AssertionError | RuntimeException why) {
      return Optional.of(new AssertionError("seed " + seed + ": " + why.getMessage(), why));
    }
  }

  @Test
  void whatever_happens_values_are_safe_nothing_unapproved_is_made_and_everything_comes_up() {
    var everything = new Everything();
    forAll(
        2 * SEEDS,
        random -> {
          for (var step = 0; step < STEPS; step++) {
            something(random);
            if (random.random().nextInt(4) == 0) {
              random.cachesLag();
            } else {
              random.world().catchUp();
            }
            for (var name : RandomWorld.IDENTITIES) {
              observe(random.world(), name, Integer.MAX_VALUE).ifPresent(everything::saw);
            }
          }
        });
    if (Long.getLong("credence.seed") == null) {
      assertThat(everything.unapproved).as("decisions on unapproved identities").hasPositiveValue();
    }
    if (Long.getLong("credence.seed") == null && SEEDS >= ENOUGH_FOR_EVERYTHING) {
      everything.cameUp();
    }
  }

  private static void something(RandomWorld random) {
    switch (random.random().nextInt(3)) {
      case 0 -> random.timePasses();
      case 1 -> random.somethingHappens();
      default -> nextLook(random.world()).ifPresent(random.world()::moveTo);
    }
    random.jobsEnd();
    random.eventsCome();
  }

  private static Optional<Instant> nextLook(World world) {
    return RandomWorld.IDENTITIES.stream()
        .flatMap(name -> world.see(RandomWorld.NAMESPACE, name).stream())
        .flatMap(snapshot -> Decide.next(snapshot).reconcileAt().stream())
        .min(Instant::compareTo);
  }

  @Test
  void a_lower_tier_writes_nothing_that_is_beyond_it() {
    forAll(
        random -> {
          for (var step = 0; step < STEPS / 4; step++) {
            something(random);
            for (var name : RandomWorld.IDENTITIES) {
              random
                  .world()
                  .see(RandomWorld.NAMESPACE, name)
                  .ifPresent(PropertiesTest::compareTiers);
              random.world().observe(RandomWorld.NAMESPACE, name, Integer.MAX_VALUE);
            }
          }
        });
  }

  private static void compareTiers(Snapshot seen) {
    assertThat(Decide.next(seen, Tier.Enforce)).as("decided again").isEqualTo(Decide.next(seen));
    assertThat(Decide.next(seen, Tier.Observe).actions()).isEmpty();
    var rotating = Decide.next(seen, Tier.Rotate);
    assertThat(rotating.actions())
        .noneMatch(action -> action.subject().kind() == Kind.ServiceAccount)
        .noneMatch(action -> action.subject().kind() == Kind.Suspension)
        .noneMatch(Action.Invalidate.class::isInstance)
        .noneMatch(Action.Revalidate.class::isInstance);
  }

  @Test
  void a_policy_that_audits_changes_nothing_that_is_done() {
    var reported = new AtomicInteger();
    forAll(
        random -> {
          for (var step = 0; step < STEPS; step++) {
            something(random);
            var compares = random.random().nextInt(COMPARED) == 0;
            for (var name : RandomWorld.IDENTITIES) {
              random
                  .world()
                  .see(RandomWorld.NAMESPACE, name)
                  .filter(seen -> compares && !seen.policies().isEmpty())
                  .ifPresent(
                      seen -> {
                        var enforcing = seen.policies().stream().filter(Policy::enforces).toList();
                        compareAudited(seen, seen.under(enforcing), reported);
                        var auditing =
                            seen.policies().stream()
                                .map(policy -> policy.with(Enforcement.Audit))
                                .toList();
                        compareAudited(seen.under(auditing), seen.under(List.of()), reported);
                      });
              random.world().observe(RandomWorld.NAMESPACE, name, Integer.MAX_VALUE);
            }
          }
        });
    if (Long.getLong("credence.seed") == null) {
      assertThat(reported)
          .as("conditions that report what an Audit policy would change")
          .hasPositiveValue();
    }
  }

  /// `without`: the same without the policies that audit.
  private static void compareAudited(Snapshot seen, Snapshot without, AtomicInteger reported) {
    var audited = Decide.next(seen);
    var plain = Decide.next(without);
    assertThat(audited.actions()).isEqualTo(plain.actions());
    assertThat(audited.counted()).isEqualTo(plain.counted());
    assertThat(audited.status().isPresent()).isEqualTo(plain.status().isPresent());
    if (plain.status().isEmpty()) {
      return;
    }
    var shown = audited.status().get();
    var enforced = plain.status().get();
    assertThat(shown.state()).isEqualTo(enforced.state());
    assertThat(shown.end()).isEqualTo(enforced.end());
    assertThat(shown.nextAction()).isEqualTo(enforced.nextAction());
    assertThat(shown.credentials()).isEqualTo(enforced.credentials());
    assertThat(shown.suspension()).isEqualTo(enforced.suspension());
    assertThat(sums(shown)).isEqualTo(sums(enforced));
    shown.results().stream()
        .filter(result -> !enforced.results().contains(result))
        .forEach(
            result -> {
              reported.incrementAndGet();
              assertThat(result.message())
                  .contains(ConditionResult.AUDIT)
                  .containsPattern("[Pp]olicy [abc]");
            });
  }

  private static List<ConditionResult> sums(IdentityStatus status) {
    return status.results().stream()
        .filter(
            result ->
                result.type() == ConditionType.Ready
                    || result.type() == ConditionType.Reconciling
                    || result.type() == ConditionType.Stalled)
        .toList();
  }

  @Test
  void any_world_comes_to_rest() {
    forAll(
        random -> {
          for (var step = 0; step < STEPS / 5; step++) {
            something(random);
            something(random);
            random.cachesLag();
            RandomWorld.IDENTITIES.forEach(
                name -> observe(random.world(), name, Integer.MAX_VALUE));
            settle(random.world());
          }
        });
  }

  @Test
  void nothing_changes_unseen_before_the_next_look() {
    forAll(
        random -> {
          for (var step = 0; step < STEPS / 4; step++) {
            something(random);
            something(random);
            settle(random.world());
            var next = nextLook(random.world());
            var later = random.world().copy();
            random(random.random(), later.now(), next).ifPresent(later::moveTo);
            for (var name : RandomWorld.IDENTITIES) {
              later
                  .see(RandomWorld.NAMESPACE, name)
                  .map(Decide::next)
                  .ifPresent(
                      decision -> {
                        assertThat(decision.actions()).as("before " + next).isEmpty();
                        assertThat(decision.status())
                            .as("before " + next)
                            .isEqualTo(later.status(RandomWorld.NAMESPACE, name));
                      });
            }
          }
        });
  }

  /// A time after now and before the next look, where there is one.
  private static Optional<Instant> random(Random random, Instant now, Optional<Instant> next) {
    var room =
        next.map(time -> Duration.between(now, time).toMillis() - 1)
            .orElse(Duration.ofDays(1000).toMillis());
    return room < 1
        ? Optional.empty()
        : Optional.of(now.plusMillis(1 + (long) (random.nextDouble() * room)));
  }

  @Test
  void after_a_crash_between_any_two_actions_the_end_is_the_same() {
    forAll(
        SEEDS / 2,
        random -> {
          for (var step = 0; step < STEPS / 5; step++) {
            something(random);
            something(random);
            random.world().catchUp();
            random.world().restart();
            var undisturbed = random.world().copy();
            settle(undisturbed);
            for (var name : RandomWorld.IDENTITIES) {
              var actions =
                  random
                      .world()
                      .see(RandomWorld.NAMESPACE, name)
                      .map(seen -> Decide.next(seen).actions().size())
                      .orElse(0);
              for (var survived = 0; survived < actions; survived++) {
                var crashed = random.world().copy();
                observe(crashed, name, survived);
                settle(crashed);
                assertThat(essence(crashed)).isEqualTo(essence(undisturbed));
              }
            }
            settle(random.world());
          }
        });
  }

  /// Looks until nothing is left to do, without time passing, and then once more.
  private static void settle(World world) {
    world.catchUp();
    world.restart();
    for (var round = 0; ; round++) {
      var done =
          RandomWorld.IDENTITIES.stream()
              .flatMap(name -> observe(world, name, Integer.MAX_VALUE).stream())
              .flatMap(observe -> left(observe, world.now()))
              .toList();
      if (done.isEmpty()) {
        break;
      }
      assertThat(round).as("rounds, in the last of which: " + done).isLessThan(ROUNDS);
    }
    var writes = world.writes();
    for (var name : RandomWorld.IDENTITIES) {
      var before = world.status(RandomWorld.NAMESPACE, name);
      observe(world, name, Integer.MAX_VALUE)
          .ifPresent(
              observe -> {
                assertThat(observe.decision().actions()).as("actions at rest").isEmpty();
                assertThat(observe.status()).isEqualTo(before);
              });
    }
    assertThat(world.writes()).as("writes at rest").isEqualTo(writes);
  }

  /// What it did, and whether there is more to do at once.
  private static Stream<String> left(World.Look observe, Instant now) {
    var decision = observe.decision();
    return Stream.concat(
        decision.actions().stream().map(Readable::action),
        decision.reconcileAt().filter(now.plus(AT_ONCE)::isAfter).map(String::valueOf).stream());
  }

  /// All objects without what a server counts.
  private static Map<String, Object> essence(World world) {
    var essence = new TreeMap<String, Object>();
    for (var object : world.truth()) {
      essence.put(
          object.getKind() + " " + object.getMetadata().getName(),
          World.with(
              object, new ObjectMetaBuilder(object.getMetadata()).withResourceVersion("").build()));
    }
    return essence;
  }

  // One look, and what must be true of it.

  private static Optional<World.Look> observe(World world, String identity, int diesAfter) {
    var before = Map.copyOf(byName(world));
    var valuesBefore = values(world);
    var observe = world.observe(RandomWorld.NAMESPACE, identity, diesAfter);
    observe.ifPresent(
        seen -> {
          check(world, seen);
          checkObjects(world, before, seen.seen());
          checkValues(world, before, valuesBefore);
        });
    return observe;
  }

  private static void check(World world, World.Look observe) {
    var decision = observe.decision();
    assertThat(decision.reconcileAt().filter(time -> !time.isAfter(world.now())))
        .as("the next look is to come")
        .isEmpty();
    decision
        .status()
        .ifPresent(
            status ->
                assertThat(status.nextAction().filter(time -> !time.isAfter(world.now())))
                    .as("the next action is to come")
                    .isEmpty());
    assertThat(decision.actions().stream().map(Action::subject).toList())
        .as("one write for each object")
        .doesNotHaveDuplicates();
    if (isUnapproved(decision)) {
      assertThat(decision.actions())
          .as("for an unapproved identity")
          .noneMatch(action -> makes(decision, action));
    }
  }

  private static boolean isUnapproved(Decision decision) {
    return decision.status().stream()
        .flatMap(status -> status.results().stream())
        .anyMatch(
            result ->
                result.impact() == Impact.Violation
                    && (result.reason() == Reason.ApprovalPending
                        || result.reason() == Reason.ScopeChanged));
  }

  /// The adoption of a ServiceAccount during a suspension makes nothing.
  private static boolean makes(Decision decision, Action action) {
    return switch (action) {
      case Action.Issue _,
          Action.Rotate _,
          Action.Stage _,
          Action.Promote _,
          Action.RunHook _,
          Action.Anchor _,
          Action.Reword _,
          Action.CreateCertificate _,
          Action.UpdateCertificate _,
          Action.Renew _,
          Action.CreateServiceAccount _,
          Action.UpdateServiceAccount _ ->
          true;
      case Action.Adopt adopt ->
          adopt.subject().kind() != Kind.ServiceAccount
              || decision.status().filter(now -> now.suspension().isPresent()).isEmpty();
      default -> false;
    };
  }

  private static Map<String, HasMetadata> byName(World world) {
    var all = new HashMap<String, HasMetadata>();
    world.truth().forEach(object -> all.put(name(object), object));
    return all;
  }

  private static String name(HasMetadata object) {
    return object.getKind() + " " + object.getMetadata().getName();
  }

  private static Map<String, World.Value> values(World world) {
    return world.truth().stream()
        .filter(Secret.class::isInstance)
        .collect(
            Collectors.toMap(
                secret -> secret.getMetadata().getUid(),
                secret -> world.value(secret).orElseThrow()));
  }

  /// Nothing goes that is still asked for, and of what is not ours nothing changes but our marks.
  private static void checkObjects(World world, Map<String, HasMetadata> before, Snapshot seen) {
    var after = byName(world);
    assertThat(after.keySet())
        .containsAll(
            before.values().stream()
                .filter(object -> !isBesideASecret(object) && !isUnlisted(object, seen))
                .map(PropertiesTest::name)
                .toList());
    before.forEach(
        (name, object) -> {
          var isStatus = object.getKind().equals("MachineIdentity");
          if (!after.containsKey(name)) {
            return;
          }
          if (after.get(name) != object) {
            assertThat(marks(after.get(name))).as(name).containsAllEntriesOf(marks(object));
          }
          if (after.get(name) != object
              && !isStatus
              && !isList(object)
              && !isOf(object, seen)
              && !isConsumer(object)
              && !changesHands(object, seen)) {
            assertThat(unmarked(after.get(name))).as(name).isEqualTo(unmarked(object));
          }
        });
    after.forEach(
        (name, object) -> {
          if (!before.containsKey(name) && !isList(object)) {
            assertThat(isOf(object, seen)).as(name + " is ours").isTrue();
          }
        });
  }

  /// Our words in the hand of somebody else.
  private static Map<String, String> marks(HasMetadata object) {
    var marks = World.foreign(object);
    marks
        .keySet()
        .retainAll(
            Set.of("label " + Api.IDENTITY, "annotation " + Api.OWNER, "annotation " + Api.TEAM));
    return marks;
  }

  /// What there is for a rotation goes when that is through.
  private static boolean isBesideASecret(HasMetadata object) {
    var annotations = Optional.ofNullable(object.getMetadata().getAnnotations()).orElseGet(Map::of);
    return object instanceof Pod
        || Stream.of(Api.PENDING_FOR, Api.ANCHOR_FOR, Api.HOOK_FOR)
            .anyMatch(annotations::containsKey);
  }

  /// A Certificate that was made for the identity, which does not list it any more.
  private static boolean isUnlisted(HasMetadata object, Snapshot seen) {
    return object instanceof Certificate
        && (isOf(object, seen) || changesHands(object, seen))
        && seen.identity().certificates().stream()
            .noneMatch(wanted -> wanted.name().equals(object.getMetadata().getName()));
  }

  /// Whose template gets an annotation.
  private static boolean isConsumer(HasMetadata object) {
    return object instanceof Deployment;
  }

  private static boolean changesHands(HasMetadata object, Snapshot seen) {
    var annotations = Optional.ofNullable(object.getMetadata().getAnnotations()).orElseGet(Map::of);
    return seen.identity().name().equals(annotations.get(Api.ADOPT))
        || seen.identity().uid().equals(annotations.get(Api.HELD_BY));
  }

  /// The list of suspended accounts, of which each entry belongs to some identity.
  private static boolean isList(HasMetadata object) {
    return object instanceof SuspensionList || object instanceof ConfigMap;
  }

  private static boolean isOf(HasMetadata object, Snapshot seen) {
    var annotations = Optional.ofNullable(object.getMetadata().getAnnotations()).orElseGet(Map::of);
    return seen.identity().uid().equals(annotations.get(Api.HELD_BY))
        || object.getMetadata().getOwnerReferences().stream()
            .anyMatch(
                owner ->
                    Boolean.TRUE.equals(owner.getController())
                        && owner.getUid().equals(seen.identity().uid()));
  }

  private static HasMetadata unmarked(HasMetadata object) {
    var meta = new ObjectMetaBuilder(object.getMetadata());
    meta.removeFromLabels(Api.IDENTITY).removeFromAnnotations(Api.OWNER);
    meta.removeFromAnnotations(Api.TEAM).removeFromAnnotations(Api.WRITTEN);
    meta.withResourceVersion("");
    meta.removeFromAnnotations(Api.SUSPENDED).removeFromLabels(Api.INVALID_SINCE);
    meta.withManagedFields(List.of());
    return World.with(
        object instanceof Certificate certificate ? unasked(certificate) : object, meta.build());
  }

  /// Whether cert-manager is asked for a new one.
  private static Certificate unasked(Certificate certificate) {
    return new CertificateBuilder(certificate)
        .editOrNewStatus()
        .removeMatchingFromConditions(condition -> Issued.ISSUING.equals(condition.getType()))
        .endStatus()
        .build();
  }

  /// A value in use is lost by no write: it is the current one, or the one before it until the time
  /// that was promised, but for an overlap of nothing.
  private static void checkValues(
      World world, Map<String, HasMetadata> before, Map<String, World.Value> valuesBefore) {
    for (var object : world.truth()) {
      var was = valuesBefore.get(object.getMetadata().getUid());
      if (was == null) {
        continue;
      }
      var is = world.value(object).orElseThrow();
      var annotations = object.getMetadata().getAnnotations();
      var old = before.get(name(object)).getMetadata().getAnnotations();
      var isRevoked =
          isNew(Api.REVOKED_FOR_IDENTITY, old, annotations)
              || isNew(Api.REVOKED_FOR_SECRET, old, annotations);
      var isRolledBack = isNew(Api.ROLLED_BACK_FOR, old, annotations);
      if (is.current() != was.current()) {
        if (annotations.containsKey(Api.PREVIOUS_RETIRES_AT)
            && !annotations.containsKey(Api.ACCOUNT_UID)
            && !isRevoked) {
          assertThat(is.previous()).as("the value in use").contains(was.current());
        }
        assertThat(Long.parseLong(annotations.get(Api.SECRET_VERSION)))
            .as("version")
            .isEqualTo(Long.parseLong(old.get(Api.SECRET_VERSION)) + 1);
        if (!isRevoked && !isRolledBack) {
          assertThat(Instant.parse(old.get(Api.ISSUED_AT)).plusSeconds(10))
              .as("a value stays for ten seconds")
              .isBeforeOrEqualTo(world.now());
        }
      } else if (!is.previous().equals(was.previous()) && !isAskedFor(world, old)) {
        assertThat(Instant.parse(old.get(Api.PREVIOUS_RETIRES_AT)))
            .as("the end of the previous value")
            .isBeforeOrEqualTo(world.now());
      }
    }
  }

  private static boolean isNew(
      String annotation, Map<String, String> before, Map<String, String> after) {
    return after.get(annotation) != null && !after.get(annotation).equals(before.get(annotation));
  }

  /// Whether somebody asks for the next value, who needs the one before no longer.
  private static boolean isAskedFor(World world, Map<String, String> annotations) {
    return annotations.containsKey(Api.ROTATE)
        || world
            .identities()
            .anyMatch(
                identity ->
                    identity.getMetadata().getAnnotations() != null
                        && identity.getMetadata().getAnnotations().containsKey(Api.ROTATE));
  }

  /// The cases of every question and the words of every answer, as far as they have come up.
  private static final class Everything {
    private final Set<Object> seen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unapproved = new AtomicInteger();

    void saw(World.Look observe) {
      if (isUnapproved(observe.decision())) {
        unapproved.incrementAndGet();
      }
      for (var action : observe.decision().actions()) {
        seen.add(action.getClass());
        if (action instanceof Action.Rotate rotate) {
          seen.add(rotate.why().getClass());
        }
      }
      Membership.of(observe.seen()).forEach(role -> seen.add(role.getClass()));
      var roles = Membership.of(observe.seen());
      var type = Classification.of(observe.seen(), roles).map(IdentityStatus.Typed::type);
      seen.add(
          Expiring.of(observe.seen(), MatchingPolicies.of(observe.seen(), type).enforced())
              .getClass());
      observe.failedWrites().forEach(failedWrite -> seen.add(failedWrite.cause()));
      observe.status().ifPresent(this::saw);
    }

    private void saw(IdentityStatus status) {
      seen.add(status.state());
      seen.add(status.owner().source());
      status.credentials().forEach(c -> seen.addAll(List.of(c.kind(), c.phase())));
      for (var result : status.results()) {
        seen.addAll(List.of(result.type(), result.status(), result.reason(), result.impact()));
      }
    }

    void cameUp() {
      // Only texts change in these worlds and no generator, label or address of the API server:
      // golden folders show what those do.
      var cases =
          Stream.of(Action.class, Action.Why.class, MemberRole.class, Expiring.class)
              .flatMap(Everything::cases)
              .filter(
                  answer ->
                      !Set.of(
                              Action.Why.OnChange.class,
                              Action.RenewKubeconfig.class,
                              Action.UpdateMetadata.class)
                          .contains(answer));
      var words =
          Stream.of(
                  IdentityStatus.State.class,
                  IdentityStatus.Source.class,
                  IdentityStatus.Credential.Kind.class,
                  IdentityStatus.Credential.Phase.class,
                  ConditionResult.ConditionType.class,
                  ConditionResult.ConditionStatus.class,
                  ConditionResult.Impact.class,
                  Reason.class,
                  Cause.class)
              .flatMap(word -> Stream.of(word.getEnumConstants()))
              // No PodDisruptionBudget is in these worlds: a golden folder shows what one does.
              .filter(word -> word != Cause.Held)
              // What the loop makes of failures of the API server and of its own: no decision.
              .filter(word -> word != Cause.Unanswered && word != Reason.EvaluationFailed)
              .filter(
                  word ->
                      !Set.of(Cause.Limited, Reason.RateLimited, Reason.TooLarge).contains(word))
              // A condition that does not apply is left out of the status.
              .filter(word -> word != ConditionResult.Impact.NotApplicable)
              // Nobody ends an identity here, approves one, exempts one from suspension or replaces
              // a value. A certificate that lives too long and a rotation that waits for an account
              // to be unlocked are too rare to be relied on: golden folders show all of that.
              .filter(
                  word ->
                      !Set.of(
                              IdentityStatus.State.Decommissioned,
                              Reason.AccountLocked,
                              Reason.CertificateTooLong,
                              Reason.NeverSuspended,
                              Reason.SuspensionLimit,
                              Reason.Approved,
                              Reason.ScopeChanged,
                              Reason.ValueOverwritten)
                          .contains(word));
      assertThat(seen).containsAll(Stream.concat(cases, words).toList());
    }

    private static Stream<Class<?>> cases(Class<?> question) {
      return Stream.of(question.getPermittedSubclasses())
          .flatMap(answer -> answer.isSealed() ? cases(answer) : Stream.of(answer));
    }
  }
}
