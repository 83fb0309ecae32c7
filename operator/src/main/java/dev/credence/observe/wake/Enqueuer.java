// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.wake;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Subject.Account;
import dev.credence.facts.rbac.Subject.Group;
import dev.credence.facts.rbac.Subject.User;
import dev.credence.observe.cache.Kinds;
import dev.credence.observe.rbac.RbacReader;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the identities that a change affects, and enqueues them.
public final class Enqueuer {
  private static final String ACCOUNTS_OF = "system:serviceaccounts:";

  private final Identities identities;
  private final AtomicLong changes = new AtomicLong();
  private volatile Consumer<ResourceID> enqueue = identity -> {};
  private volatile Consumer<ResourceID> urge = identity -> {};

  public Enqueuer(Identities identities) {
    this.identities = identities;
  }

  /// From now on changes wake identities.
  public void by(Consumer<ResourceID> enqueue) {
    this.enqueue = enqueue;
  }

  /// From now on identities for which a change asks for a suspension or a revocation are told
  /// before they are woken.
  public void urgingBy(Consumer<ResourceID> urge) {
    this.urge = urge;
  }

  /// Those that name the object, that select it or did, and that it belongs to by our label or by
  /// its controller. `before` null: it is new; `after` null: it is gone.
  public void changed(Kind kind, @Nullable HasMetadata before, @Nullable HasMetadata after) {
    var object = after == null ? before : after;
    if (object == null) {
      return;
    }
    changes.incrementAndGet();
    var namespace = object.getMetadata().getNamespace();
    var enqueued = new HashSet<String>();
    Stream.of(before, after)
        .filter(Objects::nonNull)
        .flatMap(Kinds::identityNames)
        .forEach(enqueued::add);
    var subject = new dev.credence.facts.object.ObjectRef(kind, object.getMetadata().getName());
    Stream.of(
            identities.naming(namespace, subject),
            identities.dependingOn(namespace, subject),
            identities.remembering(namespace, subject))
        .flatMap(Collection::stream)
        .map(identity -> identity.getMetadata().getName())
        .forEach(enqueued::add);
    identities.selecting(namespace).stream()
        .filter(identity -> selects(identity, before) || selects(identity, after))
        .map(identity -> identity.getMetadata().getName())
        .forEach(enqueued::add);
    // A new token of an account that is suspended is ended too.
    Stream.of(before, after)
        .filter(Objects::nonNull)
        .map(
            found ->
                Metadata.annotations(found.getMetadata()).get(ForeignAnnotations.ACCOUNT_OF_TOKEN))
        .filter(Objects::nonNull)
        .flatMap(account -> owning(namespace, account))
        .forEach(enqueued::add);
    if (after != null && isUrgent(before, after)) {
      enqueued.forEach(name -> urge.accept(new ResourceID(name, namespace)));
    }
    enqueued.forEach(name -> enqueue.accept(new ResourceID(name, namespace)));
  }

  /// A value was revoked, or there is a token that may have to be ended.
  private static boolean isUrgent(@Nullable HasMetadata before, HasMetadata after) {
    var now = Metadata.annotations(after.getMetadata());
    var then =
        before == null ? Map.<String, String>of() : Metadata.annotations(before.getMetadata());
    return Stream.of(Api.REVOKE, ForeignAnnotations.ACCOUNT_OF_TOKEN)
        .anyMatch(key -> now.containsKey(key) && !now.get(key).equals(then.get(key)));
  }

  private static boolean selects(MachineIdentity identity, @Nullable HasMetadata object) {
    return object != null
        && FaultBarrier.or(
            true,
            identity,
            () ->
                IdentityReader.selector(identity)
                    .filter(selector -> IdentityReader.selects(selector, object))
                    .isPresent());
  }

  /// Those that depend on the object, though they do not name it.
  public void dependingOn(String namespace, dev.credence.facts.object.ObjectRef subject) {
    identities
        .dependingOn(namespace, subject)
        .forEach(identity -> enqueue.accept(ResourceID.fromResource(identity)));
  }

  public void identity(String namespace, String name) {
    if (!name.isEmpty()) {
      enqueue.accept(new ResourceID(name, namespace));
    }
  }

  /// An account came on the list of suspended ones, or went.
  public void listed(SuspendedAccounts.Entry entry) {
    var names = owning(entry.namespace(), entry.account()).collect(Collectors.toSet());
    if (!entry.listed().identity().isEmpty()) {
      names.add(entry.listed().identity());
    }
    names.forEach(name -> enqueue.accept(new ResourceID(name, entry.namespace())));
  }

  /// The grants of these subjects of bindings changed. `account`: finds a ServiceAccount, since its
  /// label or owner may name the identity.
  public void given(
      Stream<Subject> subjects, BiFunction<String, String, Optional<HasMetadata>> account) {
    subjects
        .distinct()
        .flatMap(subject -> meant(subject, account))
        .distinct()
        .forEach(found -> enqueue.accept(found));
  }

  private Stream<ResourceID> meant(
      Subject subject, BiFunction<String, String, Optional<HasMetadata>> account) {
    return switch (subject) {
      case Account(var namespace, var name) -> owning(namespace, name, account);
      case User(var name) ->
          RbacReader.accountOf(name).stream()
              .flatMap(meant -> owning(meant.namespace(), meant.name(), account));
      case Group(var name) ->
          switch (name) {
            case "system:serviceaccounts", "system:authenticated" ->
                identities.all().map(ResourceID::fromResource);
            case String group when group.startsWith(ACCOUNTS_OF) ->
                identities.in(group.substring(ACCOUNTS_OF.length())).stream()
                    .map(ResourceID::fromResource);
            default -> Stream.of();
          };
    };
  }

  private Stream<ResourceID> owning(
      String namespace, String name, BiFunction<String, String, Optional<HasMetadata>> account) {
    return Stream.concat(
            owning(namespace, name),
            account.apply(namespace, name).stream().flatMap(Kinds::identityNames))
        .map(identity -> new ResourceID(identity, namespace));
  }

  /// The names of identities that may have this ServiceAccount.
  private Stream<String> owning(String namespace, String account) {
    return Stream.concat(
            identities
                .naming(namespace, dev.credence.facts.object.ObjectRef.account(account))
                .stream(),
            identities.selecting(namespace).stream())
        .map(identity -> identity.getMetadata().getName());
  }

  public void one(MachineIdentity identity) {
    enqueue(identity);
  }

  public void in(String namespace) {
    changes.incrementAndGet();
    identities.in(namespace).forEach(this::enqueue);
  }

  /// Grows with whatever is seen to change.
  public long changes() {
    return changes.get();
  }

  public void all() {
    changes.incrementAndGet();
    identities.all().forEach(this::enqueue);
  }

  /// The others that want what this one wants.
  public void rivals(MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    Stream.concat(
            Stream.concat(MemberReferences.names(identity), MemberReferences.dependsOn(identity))
                .flatMap(
                    subject ->
                        Stream.concat(
                            identities.naming(namespace, subject).stream(),
                            identities.dependingOn(namespace, subject).stream())),
            identities.selecting(namespace).stream())
        .filter(other -> !other.getMetadata().getName().equals(identity.getMetadata().getName()))
        .map(ResourceID::fromResource)
        .distinct()
        .forEach(enqueue);
  }

  private void enqueue(MachineIdentity identity) {
    enqueue.accept(ResourceID.fromResource(identity));
  }
}
