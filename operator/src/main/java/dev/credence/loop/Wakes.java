package dev.credence.loop;

import dev.credence.api.MachineIdentity;
import dev.credence.observe.Watches;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/// Hands what [Watches] sees to the reconciler, and tells when an identity is gone.
final class Wakes extends AbstractEventSource<Secret, MachineIdentity>
    implements ResourceEventAware<MachineIdentity> {
  private final Watches watches;
  private final Consumer<MachineIdentity> gone;

  Wakes(Watches watches, Consumer<MachineIdentity> gone) {
    super(Secret.class, "members");
    this.watches = watches;
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
  public void onResourceDeleted(MachineIdentity identity) {
    gone.accept(identity);
  }

  @Override
  public Set<Secret> getSecondaryResources(MachineIdentity identity) {
    return Set.of();
  }
}
