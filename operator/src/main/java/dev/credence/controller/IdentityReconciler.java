// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.Act;
import dev.credence.act.EventRecorder;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.Conditions;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.client.Pages;
import dev.credence.controller.status.StatusHistory;
import dev.credence.controller.status.StatusMapper;
import dev.credence.controller.status.StatusWriter;
import dev.credence.controller.status.UndeclaredFields;
import dev.credence.decide.Decide;
import dev.credence.decide.Unevaluated;
import dev.credence.decide.Urgency;
import dev.credence.decide.policy.PolicyLeft;
import dev.credence.facts.Snapshot;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Tier;
import dev.credence.metrics.Counters;
import dev.credence.metrics.IdentityGauges;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.Snapshots;
import dev.credence.observe.cache.TooLarge;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import dev.credence.raw.FaultBarrier;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reconciles one identity: snapshot, decide, perform, status.
@ControllerConfiguration(
    name = "identities",
    generationAwareEventProcessing = false,
    // An unneeded timer would stay in memory until it is due.
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = Constants.NO_MAX_RECONCILIATION_INTERVAL),
    fieldManager = Api.MANAGER,
    informer =
        @Informer(
            onUpdateFilter = IdentityReconciler.MattersToUs.class,
            informerListLimit = Pages.OF_A_WATCH))
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 15_000)
public final class IdentityReconciler implements Reconciler<MachineIdentity> {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityReconciler.class);

  /// An identity whose next action is later is reconciled at this interval, since a timer does not
  /// follow the wall-clock time.
  private static final Duration LONGEST_TIMER = Duration.ofMinutes(15);

  private static final Set<Reason> LEFT_ALONE =
      Set.of(Reason.NotManaged, Reason.ClaimedByOther, Reason.ClaimedWhileSuspended);

  private static final Duration SHORTEST_TIMER = Duration.ofMillis(50);
  /// The answers of the API server to a status that the schema does not allow.
  private static final Set<Integer> REJECTED = Set.of(400, 422);

  private static final int FRAMES = 12;
  private static final Duration UNSAID = Duration.ofSeconds(20);
  private static final Duration AFTER_A_FAULT = Duration.ofMinutes(1);

  /// So often in a row the API server may fail at one action before the identity says so.
  private static final int FAILURES_UNSAID = 5;

  private static final String POLICY_LEFT = "PolicyLeft";
  private static final String DELETED_WHILE_SUSPENDED = "DeletedWhileSuspended";
  private static final int SOME = 5;

  private static final Decision GONE =
      new Decision(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  private final ClusterCaches caches;
  private final Snapshots snapshots;
  private final Tier tier;
  private final Act act;
  private final EventRecorder recorder;
  private final WriteBackoff backoff = new WriteBackoff();
  private final SuspensionBudget budget;
  private final StatusWriter<MachineIdentity> statuses;
  private final IdentityGauges gauges;
  private final Counters counters;
  private final Clock clock;
  private final Consumer<MachineIdentity> deleted;
  private final Urgent urgent = new Urgent();

  /// By UID: since when it waits for keys.
  private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

  private final Rates rates = new Rates();
  private volatile Consumer<ResourceID> promoted = identity -> {};
  private volatile UndeclaredFields undeclared = new UndeclaredFields();

  /// `metadata`: a client that is answered with metadata alone.
  public IdentityReconciler(
      ClusterCaches caches,
      KubernetesClient metadata,
      Tier tier,
      Act act,
      EventRecorder recorder,
      IdentityGauges gauges,
      Counters counters,
      Clock clock,
      Consumer<MachineIdentity> deleted) {
    this.caches = caches;
    this.statuses = new StatusWriter<>(metadata, MachineIdentity::new);
    this.snapshots = new Snapshots(caches);
    this.budget = new SuspensionBudget(caches::identities);
    this.tier = tier;
    this.act = act;
    this.recorder = recorder;
    this.gauges = gauges;
    this.counters = counters;
    this.clock = clock;
    this.deleted = deleted;
  }

  /// Ignores the operator's own writes of the status; spec, labels and annotations enqueue the
  /// identity.
  public static final class MattersToUs implements OnUpdateFilter<MachineIdentity> {
    @Override
    public boolean accept(MachineIdentity after, MachineIdentity before) {
      var now = after.getMetadata();
      var then = before.getMetadata();
      return !Objects.equals(now.getGeneration(), then.getGeneration())
          || !Objects.equals(now.getAnnotations(), then.getAnnotations())
          || !Objects.equals(now.getLabels(), then.getLabels())
          || !Objects.equals(now.getDeletionTimestamp(), then.getDeletionTimestamp())
          || !Objects.equals(now.getUid(), then.getUid());
    }
  }

  @Override
  public List<EventSource<?, MachineIdentity>> prepareEventSources(
      EventSourceContext<MachineIdentity> context) {
    caches.index((IndexerResourceCache<MachineIdentity>) context.getPrimaryCache());
    caches.urgeBy(
        identity -> {
          // A label may name any identity, also one that is not there.
          if (caches.identity(identity).isPresent()) {
            urgent.add(identity);
            promoted.accept(identity);
          }
        });
    return List.of(new MemberEventSource(caches, statuses::seen, this::isGone, this::changed));
  }

  /// `undeclared`: the fields that the installed CRDs do not declare.
  public void leaveOut(UndeclaredFields undeclared) {
    this.undeclared = undeclared;
  }

  /// `promoted`: called with an identity that turned urgent and may be waiting already.
  public void promoteBy(Consumer<ResourceID> promoted) {
    this.promoted = promoted;
  }

  private void changed(MachineIdentity identity) {
    if (urgent.is(identity)) {
      promoted.accept(ResourceID.fromResource(identity));
    }
  }

  /// Whether it has a suspension or a revocation to be carried out.
  public boolean isUrgent(ResourceID id) {
    return caches.identity(id).filter(urgent::is).isPresent();
  }

  /// A slow key of this Secret is there, or another one may be generated now.
  public void keyIsReady(String namespace, ObjectRef secret) {
    caches
        .naming(namespace, secret)
        .forEach(
            identity -> {
              backoff.released(identity.getMetadata().getUid());
              caches.enqueue(identity);
            });
  }

  private void isGone(MachineIdentity identity) {
    backoff.forget(identity.getMetadata().getUid());
    statuses.forget(identity);
    urgent.forget(identity);
    waiting.remove(identity.getMetadata().getUid());
    if (gauges.isGone(name(identity))) {
      FaultBarrier.kept(identity, () -> reportDeletion(identity));
    }
    deleted.accept(identity);
  }

  /// A deletion ends what a policy counts, and frees nothing that it suspended.
  private void reportDeletion(MachineIdentity identity) {
    if (caches
        .namespace(identity.getMetadata().getNamespace())
        .filter(found -> found.getDeletionTimestamp() == null)
        .isEmpty()) {
      return;
    }
    var uid = identity.getMetadata().getUid();
    PolicyLeft.byDeletion(caches.policies(), StatusHistory.policies(identity.getStatus()))
        .forEach(
            message -> {
              counters.leftPolicy(true);
              recorder.failed(identity, POLICY_LEFT, message);
            });
    var suspended =
        caches.listed(identity.getMetadata().getNamespace()).entrySet().stream()
            .filter(entry -> entry.getValue().isFor(uid))
            .filter(entry -> entry.getValue().outlivesItsIdentity())
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (!suspended.isEmpty()) {
      recorder.failed(
          identity,
          DELETED_WHILE_SUSPENDED,
          "The MachineIdentity was deleted while it was suspended. ServiceAccounts that stay suspended: "
              + suspended.size()
              + " ("
              + String.join(", ", suspended.subList(0, Math.min(SOME, suspended.size())))
              + "). A cluster administrator releases one with `credence release --account "
              + identity.getMetadata().getNamespace()
              + "/"
              + suspended.getFirst()
              + "`.");
    }
  }

  /// Has what was refused tried at once, and not when its turn comes: a right was given that was
  /// missing.
  public void tryAgain() {
    backoff.forget();
    caches.enqueueAll();
  }

  @Override
  public UpdateControl<MachineIdentity> reconcile(
      MachineIdentity cached, Context<MachineIdentity> context) {
    var resource = TooLarge.is(cached) ? cached : newest(cached, context);
    if (caches.namespace(resource.getMetadata().getNamespace()).isEmpty()) {
      // Its own watch is a little behind, and wakes us when it has caught up.
      return UpdateControl.noUpdate();
    }
    var started = System.nanoTime();
    if (urgent.is(resource)) {
      ErrorBarrier.at(name(resource), () -> first(resource));
      if (Lanes.isUrgentLane()) {
        // The rest, and the status, is other work.
        counters.reconciled(Duration.ofNanos(System.nanoTime() - started));
        return UpdateControl.<MachineIdentity>noUpdate().rescheduleAfter(SHORTEST_TIMER);
      }
    }
    var decision = ErrorBarrier.at(name(resource), () -> evaluated(resource));
    counters.reconciled(Duration.ofNanos(System.nanoTime() - started));
    if (context.getPrimaryCache().get(ResourceID.fromResource(resource)).isEmpty()) {
      isGone(resource);
    }
    return again(decision);
  }

  private MachineIdentity newest(MachineIdentity cached, Context<MachineIdentity> context) {
    return statuses.newest(
        cached,
        () -> context.getPrimaryCache().get(ResourceID.fromResource(cached)).orElse(cached));
  }

  /// Turns every unexpected exception into a condition of this identity. A failure to reach the API
  /// server is no fault of the identity, and is retried.
  private Decision evaluated(MachineIdentity resource) {
    try {
      return reconcile(resource);
    } catch (KubernetesClientException answer) {
      // Only our status is not written through [Act]: one that is rejected would stay as it was.
      if (!REJECTED.contains(answer.getCode())) {
        throw answer;
      }
      return unevaluated(resource, answer);
    } catch (RuntimeException | StackOverflowError fault) {
      return unevaluated(resource, fault);
    }
  }

  private Decision unevaluated(MachineIdentity resource, Throwable fault) {
    return unevaluated(
        resource,
        Reason.EvaluationFailed,
        "The operator failed to evaluate this identity and does not change it: "
            + FaultBarrier.line(fault)
            + ". Correct the object or field that the message names. If it is correct, report an error of the operator, with its log.",
        Optional.of(fault));
  }

  private Decision tooLarge(MachineIdentity resource) {
    return unevaluated(
        resource,
        Reason.TooLarge,
        "The MachineIdentities of namespace "
            + resource.getMetadata().getNamespace()
            + " exceed 4 MiB of text together, so the operator does not evaluate this one. Its credentials stay and are not renewed. It can still be suspended. Shorten `value`, `template` and `cycle` of its keys, or delete identities of the namespace. Then change this one.",
        Optional.empty());
  }

  private Decision unevaluated(
      MachineIdentity resource, Reason reason, String message, Optional<Throwable> fault) {
    var now = clock.instant();
    var identityStatus = Unevaluated.status(gauges.status(name(resource)), reason, message);
    gauges.stands(name(resource), identityStatus);
    var status = StatusMapper.unevaluated(identityStatus, resource, now);
    if (!status.equals(resource.getStatus())) {
      LOG.atWarn()
          .setCause(fault.orElse(null))
          .addKeyValue("namespace", resource.getMetadata().getNamespace())
          .addKeyValue("identity", resource.getMetadata().getName())
          .log("The identity could not be evaluated");
      var fresh = new MachineIdentity();
      fresh.setStatus(status);
      statuses.write(fresh, resource);
      recorder.failed(resource, reason.name(), message);
    }
    return new Decision(
        List.of(), Optional.empty(), Optional.of(now.plus(AFTER_A_FAULT)), Optional.empty());
  }

  /// Carries out what ends something, and nothing else: it waits for no list and no slow key. What
  /// cannot be evaluated is shown by the reconcile that follows.
  private boolean first(MachineIdentity resource) {
    urgent.begin(resource);
    var now = clock.instant();
    var uid = resource.getMetadata().getUid();
    var generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    try {
      var snapshot =
          snapshots.urgent(resource, now, backoff.of(uid, generation), budget.recent(now));
      var actions = Urgency.of(Decide.next(snapshot, tier), snapshot);
      // Of one that is too large it is not kept how its values are made.
      var refusals =
          perform(
              TooLarge.is(resource) ? actions.stream().filter(Urgency::ends).toList() : actions,
              resource);
      if (!refusals.isEmpty()) {
        backoff.remember(uid, generation, refusals, now);
      }
    } catch (KubernetesClientException unanswered) {
      urgent.add(ResourceID.fromResource(resource));
      throw unanswered;
    } catch (RuntimeException | StackOverflowError fault) {
      LOG.atWarn()
          .addKeyValue("namespace", resource.getMetadata().getNamespace())
          .addKeyValue("identity", resource.getMetadata().getName())
          .log("A suspension or revocation could not be evaluated: {}", FaultBarrier.line(fault));
    }
    urgent.done(resource);
    return true;
  }

  private Decision reconcile(MachineIdentity resource) {
    if (TooLarge.is(resource)) {
      return tooLarge(resource);
    }
    var settled = settle(decided(resource, clock.instant()), this::freshUsage, this::claimBudget);
    if (act.isGone(settled.decision().actions(), resource)) {
      return GONE;
    }
    var refusals = perform(settled.decision().actions(), resource);
    return concluded(settled, refusals);
  }

  /// A snapshot of an identity, and the decision on it.
  private record Settled(MachineIdentity resource, Snapshot snapshot, Decision decision) {
    String uid() {
      return resource.getMetadata().getUid();
    }

    long generation() {
      return Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    }

    Instant now() {
      return snapshot.now();
    }
  }

  private Settled decided(MachineIdentity resource, Instant now) {
    return decided(resource, snapshot(resource, now));
  }

  private Settled decided(MachineIdentity resource, Snapshot snapshot) {
    return new Settled(resource, snapshot, Decide.next(snapshot, tier));
  }

  private Snapshot snapshot(MachineIdentity resource, Instant now) {
    var uid = resource.getMetadata().getUid();
    var generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    return snapshots.of(resource, now, backoff.of(uid, generation), budget.recent(now));
  }

  /// Decides again with each thing that was learnt; `updates` say what that is, or nothing.
  @SafeVarargs
  private Settled settle(Settled first, Function<Settled, Optional<Snapshot>>... updates) {
    var settled = first;
    for (var update : updates) {
      var updated = update.apply(settled);
      if (updated.isPresent()) {
        settled = decided(settled.resource(), updated.get());
      }
    }
    return settled;
  }

  /// The usage may have been listed minutes ago, which is too old for a suspension.
  private Optional<Snapshot> freshUsage(Settled settled) {
    if (settled.decision().counted().isEmpty()) {
      return Optional.empty();
    }
    caches.usesChanged(settled.resource().getMetadata().getNamespace(), settled.now());
    return Optional.of(snapshot(settled.resource(), settled.now()));
  }

  /// A suspension by the policy is counted before it is carried out. Another identity may have been
  /// suspended since the reconcile began.
  private Optional<Snapshot> claimBudget(Settled settled) {
    return settled
        .decision()
        .counted()
        .filter(
            counted ->
                !budget.claim(settled.uid(), counted.policy(), counted.most(), settled.now()))
        .map(_ -> settled.snapshot().with(budget.recent(settled.now())));
  }

  private Decision concluded(Settled settled, List<WriteRefused> refusals) {
    var resource = settled.resource();
    var uid = settled.uid();
    var now = settled.now();
    if (isInterrupted(resource)) {
      backoff.remember(uid, settled.generation(), refusals, now);
      return GONE.again(now);
    }
    var admissions = settled.snapshot().suspensionFacts();
    // The accounts may have been listed before, by the lane of what is urgent.
    if (settled.decision().actions().stream().anyMatch(Action.DenyWrites.class::isInstance)
        || !admissions.listedFor(uid).isEmpty()) {
      caches.awaitEnforcement();
    }
    var held = backoff.remember(uid, settled.generation(), refusals, now);
    if (refusals.isEmpty()
        && (isOvertaken(settled.decision().actions())
            // The status is to say what the API server was seen to do.
            || !caches.admissions().equals(admissions.admissions()))) {
      return settled.decision().again(now);
    }
    var known =
        settle(
            settled,
            before ->
                refusals.isEmpty() ? Optional.empty() : Optional.of(before.snapshot().with(held)));
    if (known.decision().status().isPresent() && !isSoonDone(uid, refusals, held, now)) {
      show(known.decision().status().get(), settled.snapshot(), resource);
    }
    return known.decision();
  }

  /// A status that would change again within seconds, once the keys that it waits for are
  /// generated, is not written; a status that lasts is. `held`: writes that are still put off, also
  /// by an earlier reconcile.
  private boolean isSoonDone(
      String uid, List<WriteRefused> refusals, List<FailedWrite> held, Instant now) {
    var isSoon =
        refusals.isEmpty()
            ? waiting.containsKey(uid)
                && !held.isEmpty()
                && held.stream().allMatch(failedWrite -> failedWrite.cause() == Cause.Held)
            : refusals.stream().allMatch(WriteRefused::isSoon);
    if (!isSoon) {
      waiting.remove(uid);
      return false;
    }
    return now.isBefore(waiting.computeIfAbsent(uid, _ -> now).plus(UNSAID));
  }

  /// A value that took long to generate has a later issue time than was decided. The next reconcile
  /// reads it, so that the status is right when it is written, and is written once.
  private boolean isOvertaken(List<Action> actions) {
    var now = clock.instant();
    return actions.stream()
        .flatMap(action -> action.replaces().stream())
        .anyMatch(versionInfo -> now.isAfter(versionInfo.issuedAt()));
  }

  /// An action that fails stops neither the others nor the status. Where the API server fails at
  /// one again and again, that is shown; the first few times the whole look is tried again.
  private List<WriteRefused> perform(List<Action> actions, MachineIdentity resource) {
    var attempt = new Attempt(resource, act.performing(actions, resource));
    for (var action : actions) {
      if (attempt.isBlocked(action)) {
        continue;
      }
      if (isInterrupted(resource)) {
        break;
      }
      attempt.perform(action);
    }
    return attempt.refusals();
  }

  /// Carries out the actions of one decision, and keeps which of them were refused.
  private final class Attempt {
    private final MachineIdentity resource;
    private final String uid;
    private final Consumer<Action> performing;
    private final List<WriteRefused> refusals = new ArrayList<>();
    private final List<ObjectRef> undone = new ArrayList<>();
    private Optional<RuntimeException> unanswered = Optional.empty();

    Attempt(MachineIdentity resource, Consumer<Action> performing) {
      this.resource = resource;
      this.uid = resource.getMetadata().getUid();
      this.performing = performing;
    }

    /// An action on the same object, or on one that belongs to it, was not carried out.
    boolean isBlocked(Action action) {
      return undone.stream().anyMatch(failed -> belongTogether(failed, action.subject()));
    }

    void perform(Action action) {
      var missing = action.needs().flatMap(needed -> firstOf(needed, refusals));
      if (missing.isPresent()) {
        refusals.add(missing.get().stopping(action.subject()));
        log(action, resource, missing);
        return;
      }
      try {
        paced(action, resource);
        performing.accept(action);
        backoff.answered(uid, action.subject());
      } catch (RuntimeException | StackOverflowError fault) {
        var refusal = WriteRefused.of(action.subject(), fault);
        if (refusal.isEmpty()) {
          throw fault;
        }
        failed(action, fault, refusal.get());
        return;
      }
      // A failure to report an action is no failure of the action.
      FaultBarrier.kept(resource, () -> done(action, resource));
    }

    private void failed(Action action, Throwable fault, WriteRefused found) {
      if (!(fault instanceof WriteRefused)) {
        undone.add(action.subject());
      }
      if (found.why() != Cause.Unanswered) {
        backoff.answered(uid, action.subject());
        refused(action, fault, found);
      } else if (backoff.failed(uid, action.subject()) < FAILURES_UNSAID) {
        unanswered = unanswered.or(() -> Optional.of((RuntimeException) fault));
      } else {
        refused(action, fault, found.lasting());
      }
    }

    private void refused(Action action, Throwable fault, WriteRefused refusal) {
      if (!(fault instanceof WriteRefused) && !(fault instanceof KubernetesClientException)) {
        LOG.atWarn()
            .addKeyValue("subject", action.subject())
            .log("An action failed: {}", trace(fault));
      }
      var first = firstOf(refusal.subject(), refusals).orElse(refusal);
      if (first == refusal) {
        refusals.add(refusal);
      }
      if (!first.subject().equals(action.subject())) {
        refusals.add(first.stopping(action.subject()));
      }
      log(action, resource, Optional.of(first));
    }

    /// Throws the first failure that is not reported yet: then the whole reconcile is retried.
    List<WriteRefused> refusals() {
      unanswered.ifPresent(
          failed -> {
            var generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
            backoff.remember(uid, generation, refusals, clock.instant());
            throw failed;
          });
      return refusals;
    }
  }

  /// The remaining actions wait while a suspension or a revocation was requested meanwhile.
  private boolean isInterrupted(MachineIdentity resource) {
    return !urgent.is(resource)
        && caches.identity(ResourceID.fromResource(resource)).filter(urgent::is).isPresent();
  }

  private void paced(Action action, MachineIdentity resource) {
    var namespace = resource.getMetadata().getNamespace();
    var now = clock.instant();
    if (Urgency.isUrgent(action)) {
      rates.spend(namespace, now);
    } else if (!rates.take(namespace, now)) {
      throw WriteRefused.limited(action.subject(), namespace, rates.goesOn(namespace, now));
    }
  }

  /// Objects of a Secret's rotation have names that begin with its name: no step of a rotation
  /// follows one that failed for a reason that no decision was based on.
  private static boolean belongTogether(ObjectRef one, ObjectRef other) {
    return one.name().startsWith(other.name()) || other.name().startsWith(one.name());
  }

  private void done(Action action, MachineIdentity resource) {
    counters.done(action, clock.instant());
    log(action, resource, Optional.empty());
    recorder.done(action, resource);
  }

  /// Where it failed, without its message, which may quote a value.
  private static String trace(Throwable fault) {
    return Stream.iterate(fault, Objects::nonNull, Throwable::getCause)
        .map(
            link ->
                link.getClass().getName()
                    + Stream.of(link.getStackTrace())
                        .limit(FRAMES)
                        .map(frame -> " at " + frame)
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("; caused by "));
  }

  /// An anchor that was refused is missed by the token after it: the first of the two says why.
  private static Optional<WriteRefused> firstOf(ObjectRef subject, List<WriteRefused> refusals) {
    return refusals.stream().filter(refusal -> refusal.subject().equals(subject)).findFirst();
  }

  private void log(Action action, MachineIdentity resource, Optional<WriteRefused> refusal) {
    var raced = refusal.filter(no -> no.why() != Cause.Refused).isPresent();
    refusal.filter(no -> !raced).ifPresent(no -> counters.failed(action));
    (raced ? LOG.atDebug() : refusal.isPresent() ? LOG.atWarn() : LOG.atInfo())
        .addKeyValue("namespace", resource.getMetadata().getNamespace())
        .addKeyValue("identity", resource.getMetadata().getName())
        .addKeyValue("action", action.meaning().name())
        .addKeyValue("subject", action.subject())
        .log(refusal.map(WriteRefused::getMessage).orElse("Action done"));
  }

  private void show(IdentityStatus identityStatus, Snapshot snapshot, MachineIdentity resource) {
    gauges.stands(name(resource), identityStatus);
    var before = resource.getStatus();
    var status =
        undeclared.leftOut(
            MachineIdentity.class.getSimpleName(),
            StatusMapper.of(identityStatus, resource, snapshot.now()),
            MachineIdentityStatus.class);
    if (status.equals(before)) {
      return;
    }
    var fresh = new MachineIdentity();
    fresh.setStatus(status);
    statuses.write(fresh, resource);
    recorder.changes(resource, before, status);
    reportLeaving(identityStatus, snapshot, resource, before);
    countRefusals(identityStatus, before);
    countSuspension(status, before);
  }

  private void reportLeaving(
      IdentityStatus status,
      Snapshot snapshot,
      MachineIdentity resource,
      @Nullable MachineIdentityStatus before) {
    PolicyLeft.byChange(snapshot, status.policies(), StatusHistory.policies(before))
        .forEach(
            message -> {
              counters.leftPolicy(false);
              recorder.failed(resource, POLICY_LEFT, message);
            });
  }

  private void countSuspension(
      MachineIdentityStatus status, @Nullable MachineIdentityStatus before) {
    if (status.suspension() != null && (before == null || before.suspension() == null)) {
      counters.suspended(status.suspension().reason());
    }
  }

  /// Counts Secrets that are not managed by Credence when they become so.
  private void countRefusals(IdentityStatus status, @Nullable MachineIdentityStatus before) {
    var linked = status.result(ConditionType.MembersLinked);
    if (linked.isEmpty()) {
      return;
    }
    var now = linked.get().reason();
    var known = Conditions.of(before == null ? null : before.conditions()).byType();
    var reason = known.get(ConditionType.MembersLinked.name());
    if (LEFT_ALONE.contains(now) && (reason == null || !reason.reason().equals(now.name()))) {
      counters.refused(now.name());
    }
  }

  private UpdateControl<MachineIdentity> again(Decision decision) {
    var control = UpdateControl.<MachineIdentity>noUpdate();
    decision
        .reconcileAt()
        .map(time -> Duration.between(clock.instant(), time))
        .map(wait -> wait.compareTo(LONGEST_TIMER) < 0 ? wait : LONGEST_TIMER)
        .ifPresent(
            wait ->
                control.rescheduleAfter(
                    wait.compareTo(SHORTEST_TIMER) > 0 ? wait : SHORTEST_TIMER));
    return control;
  }

  private static IdentityGauges.Name name(MachineIdentity resource) {
    return new IdentityGauges.Name(
        resource.getMetadata().getNamespace(), resource.getMetadata().getName());
  }
}
