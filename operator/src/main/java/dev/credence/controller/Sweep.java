// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.Act;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Tier;
import dev.credence.metrics.Counters;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.observe.suspension.SuspendedAccounts.Entry;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Resyncs periodically, in wall-clock time: timers do not survive a suspended machine or a changed
/// clock, and events can be missed.
///
/// It enqueues every identity, and removes the managed labels and annotations from members whose
/// identity was deleted. The second also happens as soon as an identity is deleted; it needs no
/// finalizer, so an identity can be deleted while the operator is down. An operator whose [Tier]
/// does not cover that leaves them.
public final class Sweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// An account that stays suspended without its identity, and does not exist, is forgotten this
  /// long after it was suspended.
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);

  private final ClusterCaches caches;
  private final Act act;
  private final Tier tier;
  private final Counters counters;
  private final Clock clock;
  private final Duration every;
  /// The version of the ConfigMap of before that was to be deleted.
  private volatile @Nullable String removing;

  private volatile @Nullable Instant last;
  private volatile boolean leads;
  private volatile BooleanSupplier complete = () -> false;
  private final Periodic worker =
      new Periodic("sweep", "The periodic resync failed, retrying", this::tick);

  public Sweep(
      ClusterCaches caches, Act act, Tier tier, Counters counters, Clock clock, Duration every) {
    this.caches = caches;
    this.act = act;
    this.tier = tier;
    this.counters = counters;
    this.clock = clock;
    this.every = every;
  }

  /// To be called when this process becomes the leader. `complete`: whether the caches hold what
  /// the API server holds. While they do not, nothing is cleaned up: an identity that is missing
  /// from the cache may exist.
  public void start(BooleanSupplier complete) {
    this.complete = complete;
    worker.start();
    leads = true;
  }

  /// Whether the thread still works and does not fail each time; always true in a replica that does
  /// not lead.
  public boolean isAlive() {
    return !leads || worker.sinceSuccess().compareTo(every.plus(PATIENCE)) < 0;
  }

  private void tick() {
    if (Interval.isDue(last, every, clock.instant()) && complete.getAsBoolean()) {
      sweep();
      last = clock.instant();
      counters.swept(clock.instant());
    }
  }

  private void sweep() {
    caches.resync();
    for (var kind : Kind.OF_MEMBERS) {
      if (mayUnmark(kind)) {
        caches
            .marked(kind)
            .filter(object -> FaultBarrier.or(false, object, () -> isOrphan(kind, object)))
            .forEach(object -> unmark(kind, object));
      }
    }
    if (tier.covers(Tier.Enforce)) {
      resume();
      taken(this::takeOver);
    }
  }

  /// An identity is gone: its members lose our marks.
  public void isGone(MachineIdentity identity) {
    if (leads) {
      worker.execute(() -> FaultBarrier.kept(identity, () -> release(identity)));
    }
  }

  private void release(MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    var name = identity.getMetadata().getName();
    var uid = identity.getMetadata().getUid();
    for (var kind : Kind.OF_MEMBERS) {
      if (mayUnmark(kind)) {
        caches.ofIdentity(kind, namespace, name).stream()
            .filter(object -> FaultBarrier.or(false, object, () -> isOrphan(kind, object)))
            .forEach(object -> unmark(kind, object));
      }
    }
    if (!tier.covers(Tier.Enforce)) {
      return;
    }
    caches
        .listed(namespace)
        .forEach(
            (account, listed) -> {
              if (listed.isFor(uid) && !listed.outlivesItsIdentity()) {
                thaw(namespace, account);
              }
            });
    caches.endedFor(namespace, uid).stream()
        .filter(secret -> !staysEnded(secret))
        .forEach(this::revalidate);
    countOrphans();
  }

  private boolean mayUnmark(Kind kind) {
    return tier.covers(kind == Kind.ServiceAccount ? Tier.Enforce : Tier.Rotate);
  }

  /// Nothing stays suspended for an identity that was deleted, but what a policy suspended and what
  /// is compromised: to delete the identity, and to create it again, is no way out of that.
  private void resume() {
    caches
        .listed()
        .filter(entry -> !entry.listed().uid().isEmpty() && !caches.isThere(entry))
        .filter(entry -> !entry.listed().outlivesItsIdentity() || isForgotten(entry))
        .toList()
        .forEach(entry -> thaw(entry.namespace(), entry.account()));
    countOrphans();
    var alive =
        caches
            .identities()
            .map(identity -> identity.getMetadata().getUid())
            .collect(Collectors.toSet());
    caches
        .ended()
        .filter(secret -> !alive.contains(ended(secret).uid()) && !staysEnded(secret))
        .toList()
        .forEach(this::revalidate);
  }

  /// Takes entries that an earlier operator listed in a ConfigMap over into the list, and deletes
  /// the ConfigMap once the API server enforces that: until then the earlier policies use it.
  private void takeOver() {
    var old = caches.oldList();
    if (old.isEmpty()) {
      return;
    }
    var known = caches.listed().map(Entry::key).collect(Collectors.toSet());
    var missing =
        SuspendedAccounts.entries(old.get()).stream()
            .filter(entry -> !known.contains(entry.key()))
            .filter(entry -> entry.listed().uid().isEmpty() || caches.isThere(entry))
            .toList();
    if (!missing.isEmpty()) {
      act.takeOver(missing);
      caches.awaitEnforcement();
    }
    var version = old.get().getMetadata().getResourceVersion();
    if (caches.unconfirmed().isEmpty()
        && SuspendedAccounts.isOurs(old.get())
        && !version.equals(removing)) {
      // Tried once: an earlier chart does not grant the verb, and each resync would try again.
      removing = version;
      act.removeOldList(old.get());
      LOG.info("The entries of ConfigMap {} were moved to SuspensionLists", SuspendedAccounts.OLD);
    }
  }

  private static TokenInvalidation ended(HasMetadata secret) {
    return TokenInvalidation.of(
        Metadata.annotations(secret.getMetadata()).getOrDefault(Api.SUSPENDED, ""));
  }

  /// Whether the account of this token stays suspended without the identity that it was suspended
  /// for.
  private boolean staysEnded(HasMetadata secret) {
    var ended = ended(secret);
    return !ended.unused()
        && caches.listed(secret.getMetadata().getNamespace()).entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getValue().outlivesItsIdentity()
                        && entry.getValue().isFor(ended.uid())
                        && MemberReader.isTokenOf(entry.getKey(), secret));
  }

  /// No such account is there, nor its namespace or for a long time.
  private boolean isForgotten(Entry entry) {
    return caches.find(entry.namespace(), ObjectRef.account(entry.account())).isEmpty()
        && (caches.namespace(entry.namespace()).isEmpty()
            || entry.listed().since().plus(FORGOTTEN_AFTER).isBefore(clock.instant()));
  }

  private void countOrphans() {
    counters.suspendedWithoutIdentity(
        caches
            .listed()
            .filter(entry -> entry.listed().outlivesItsIdentity() && !caches.isThere(entry))
            .count());
  }

  private void thaw(String namespace, String account) {
    var subject = ObjectRef.suspension(account);
    tried(namespace, subject, () -> act.thaw(namespace, subject));
  }

  private void revalidate(HasMetadata secret) {
    var meta = secret.getMetadata();
    var subject = ObjectRef.secret(meta.getName());
    tried(
        meta.getNamespace(),
        subject,
        () -> act.revalidate(meta.getNamespace(), subject, Metadata.preconditions(meta)));
  }

  /// A label that another user wrote does not tell whose member the object is: then the annotations
  /// are those of any identity that names or selects it.
  private boolean isOrphan(Kind kind, HasMetadata object) {
    var meta = object.getMetadata();
    var identity = Metadata.labels(meta).get(Api.IDENTITY);
    return identity != null
        && meta.getDeletionTimestamp() == null
        && MemberReader.carriesOurMarks(object)
        && !caches.identityExists(meta.getNamespace(), identity)
        && (MemberReader.carriesOurLabel(object)
            || !caches.mayBeMember(meta.getNamespace(), new ObjectRef(kind, meta.getName())));
  }

  private void unmark(Kind kind, HasMetadata object) {
    var meta = object.getMetadata();
    var subject = new ObjectRef(kind, meta.getName());
    tried(
        meta.getNamespace(),
        subject,
        () -> act.unmark(meta.getNamespace(), subject, Metadata.preconditions(meta)));
  }

  private static void taken(Runnable over) {
    try {
      over.run();
    } catch (RuntimeException failed) {
      LOG.warn(
          "The entries of ConfigMap {} could not be moved to SuspensionLists, retrying at the next periodic resync: {}",
          SuspendedAccounts.OLD,
          failed.getMessage());
    }
  }

  private static void tried(String namespace, ObjectRef subject, Runnable cleaning) {
    try {
      cleaning.run();
    } catch (RuntimeException failed) {
      LOG.atWarn()
          .addKeyValue("namespace", namespace)
          .addKeyValue("subject", subject)
          .log(
              "The managed labels and annotations of a deleted identity could not be removed, retrying at the next periodic resync");
    }
  }

  @Override
  public void close() {
    leads = false;
    worker.close();
  }
}
