// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.api.MachineIdentity;
import dev.credence.observe.ClusterCaches;
import dev.credence.raw.FaultBarrier;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// Hands what [ClusterCaches] sees to the reconciler, and tells what happens to identities: an
/// identity that comes, changes or goes matters to those that want the same members.
final class MemberEventSource extends AbstractEventSource<Secret, MachineIdentity>
    implements ResourceEventAware<MachineIdentity> {
  private final ClusterCaches caches;
  private final Consumer<MachineIdentity> seen;
  private final Consumer<MachineIdentity> deleted;
  private final Consumer<MachineIdentity> changed;

  MemberEventSource(
      ClusterCaches caches, Consumer<MachineIdentity> seen, Consumer<MachineIdentity> deleted) {
    this(caches, seen, deleted, identity -> {});
  }

  /// `changed`: called with an identity that is new or has changed, before it is reconciled.
  MemberEventSource(
      ClusterCaches caches,
      Consumer<MachineIdentity> seen,
      Consumer<MachineIdentity> deleted,
      Consumer<MachineIdentity> changed) {
    super(Secret.class, "members");
    this.changed = changed;
    this.caches = caches;
    this.seen = seen;
    this.deleted = deleted;
  }

  @Override
  public void start() {
    super.start();
    caches.enqueueBy(
        identity -> {
          if (isRunning()) {
            getEventHandler().handleEvent(new Event(identity));
          }
        });
  }

  @Override
  public void onResourceCreated(MachineIdentity identity) {
    FaultBarrier.kept(identity, () -> enqueueRivals(identity));
  }

  @Override
  public void onResourceUpdated(MachineIdentity now, MachineIdentity before) {
    FaultBarrier.kept(now, () -> updated(now, before));
  }

  private void updated(MachineIdentity now, MachineIdentity before) {
    seen.accept(now);
    changed.accept(now);
    var from = before.getMetadata();
    var to = now.getMetadata();
    if (!Objects.equals(from.getGeneration(), to.getGeneration())
        || !Objects.equals(from.getDeletionTimestamp(), to.getDeletionTimestamp())) {
      enqueueRivals(before);
      enqueueRivals(now);
    }
  }

  @Override
  public void onResourceDeleted(MachineIdentity identity) {
    FaultBarrier.kept(identity, () -> deleted.accept(identity));
    FaultBarrier.kept(identity, () -> enqueueRivals(identity));
  }

  /// At the start every identity is reconciled anyway.
  private void enqueueRivals(MachineIdentity identity) {
    if (isRunning()) {
      caches.enqueueRivals(identity);
    }
  }

  @Override
  public Set<Secret> getSecondaryResources(MachineIdentity identity) {
    return Set.of();
  }
}
