package dev.credence.controller;

import dev.credence.api.MachineIdentity;
import dev.credence.observe.Watches;
import dev.credence.raw.Faulty;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// Hands what [Watches] sees to the reconciler, and tells what happens to identities: an identity
/// that comes, changes or goes matters to those that want the same members.
final class Wakes extends AbstractEventSource<Secret, MachineIdentity>
    implements ResourceEventAware<MachineIdentity> {
  private final Watches watches;
  private final Consumer<MachineIdentity> seen;
  private final Consumer<MachineIdentity> gone;
  private final Consumer<MachineIdentity> changed;

  Wakes(Watches watches, Consumer<MachineIdentity> seen, Consumer<MachineIdentity> gone) {
    this(watches, seen, gone, identity -> {});
  }

  /// `changed`: called with an identity that is new or has changed, before it is reconciled.
  Wakes(
      Watches watches,
      Consumer<MachineIdentity> seen,
      Consumer<MachineIdentity> gone,
      Consumer<MachineIdentity> changed) {
    super(Secret.class, "members");
    this.changed = changed;
    this.watches = watches;
    this.seen = seen;
    this.gone = gone;
  }

  @Override
  public void start() {
    super.start();
    watches.wakeBy(
        identity -> {
          if (isRunning()) {
            getEventHandler().handleEvent(new Event(identity));
          }
        });
  }

  @Override
  public void onResourceCreated(MachineIdentity identity) {
    Faulty.kept(identity, () -> wakeRivals(identity));
  }

  @Override
  public void onResourceUpdated(MachineIdentity now, MachineIdentity before) {
    Faulty.kept(now, () -> updated(now, before));
  }

  private void updated(MachineIdentity now, MachineIdentity before) {
    seen.accept(now);
    changed.accept(now);
    var from = before.getMetadata();
    var to = now.getMetadata();
    if (!Objects.equals(from.getGeneration(), to.getGeneration())
        || !Objects.equals(from.getDeletionTimestamp(), to.getDeletionTimestamp())) {
      wakeRivals(before);
      wakeRivals(now);
    }
  }

  @Override
  public void onResourceDeleted(MachineIdentity identity) {
    Faulty.kept(identity, () -> gone.accept(identity));
    Faulty.kept(identity, () -> wakeRivals(identity));
  }

  /// At the start every identity is looked at anyway.
  private void wakeRivals(MachineIdentity identity) {
    if (isRunning()) {
      watches.wakeRivals(identity);
    }
  }

  @Override
  public Set<Secret> getSecondaryResources(MachineIdentity identity) {
    return Set.of();
  }
}
