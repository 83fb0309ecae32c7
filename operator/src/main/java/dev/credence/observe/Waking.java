package dev.credence.observe;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashSet;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which identities does a change matter to? They are looked at again.
final class Waking {
  private final Identities identities;
  private volatile Consumer<ResourceID> wake = identity -> {};

  Waking(Identities identities) {
    this.identities = identities;
  }

  /// From now on changes wake identities.
  void by(Consumer<ResourceID> wake) {
    this.wake = wake;
  }

  /// Those that name the object, that select it or did, and that it belongs to by our label or by
  /// its controller. `before` null: it is new; `after` null: it is gone.
  void changed(Kind kind, @Nullable HasMetadata before, @Nullable HasMetadata after) {
    var object = after == null ? before : after;
    if (object == null) {
      return;
    }
    var namespace = object.getMetadata().getNamespace();
    var woken = new HashSet<String>();
    Stream.of(before, after)
        .filter(Objects::nonNull)
        .flatMap(Watch::identityNames)
        .forEach(woken::add);
    identities.naming(namespace, new Subject(kind, object.getMetadata().getName())).stream()
        .map(identity -> identity.getMetadata().getName())
        .forEach(woken::add);
    identities.selecting(namespace).stream()
        .filter(identity -> selects(identity, before) || selects(identity, after))
        .map(identity -> identity.getMetadata().getName())
        .forEach(woken::add);
    // A new token of an account that is suspended is ended too.
    Stream.of(before, after)
        .filter(Objects::nonNull)
        .map(found -> Metadata.annotations(found.getMetadata()).get(Members.ACCOUNT_OF_TOKEN))
        .filter(Objects::nonNull)
        .flatMap(account -> having(namespace, account))
        .forEach(woken::add);
    woken.forEach(name -> wake.accept(new ResourceID(name, namespace)));
  }

  private static boolean selects(MachineIdentity identity, @Nullable HasMetadata object) {
    return object != null
        && Specs.selector(identity)
            .filter(selector -> selector.matches(Metadata.labels(object.getMetadata())))
            .isPresent();
  }

  /// An account came on the list of suspended ones, or went.
  void listed(SuspendedAccounts.Entry entry) {
    var names = having(entry.namespace(), entry.account()).collect(Collectors.toSet());
    if (!entry.listed().identity().isEmpty()) {
      names.add(entry.listed().identity());
    }
    names.forEach(name -> wake.accept(new ResourceID(name, entry.namespace())));
  }

  /// The names of identities that may have this ServiceAccount.
  private Stream<String> having(String namespace, String account) {
    return Stream.concat(
            identities.naming(namespace, Subject.account(account)).stream(),
            identities.selecting(namespace).stream())
        .map(identity -> identity.getMetadata().getName());
  }

  void in(String namespace) {
    identities.in(namespace).forEach(this::wake);
  }

  void all() {
    identities.all().forEach(this::wake);
  }

  /// The others that want what this one wants.
  void rivals(MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    Stream.concat(
            Wants.names(identity)
                .flatMap(subject -> identities.naming(namespace, subject).stream()),
            identities.selecting(namespace).stream())
        .filter(other -> !other.getMetadata().getName().equals(identity.getMetadata().getName()))
        .map(ResourceID::fromResource)
        .distinct()
        .forEach(wake);
  }

  private void wake(MachineIdentity identity) {
    wake.accept(ResourceID.fromResource(identity));
  }
}
