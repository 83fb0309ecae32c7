package dev.credence.world;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.Action;
import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Action.Receipt;
import dev.credence.facts.Guard;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Subject;
import dev.credence.world.FieldOwners.Field;
import dev.credence.world.FieldOwners.Owner;
import dev.credence.world.Server.Id;
import dev.credence.world.World.Value;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Carries actions out as the operator does, and complains about any that touches what is not ours.
///
/// A Secret's value is a number here, and so is the one before it: what was the value in use can be
/// asked without a byte of it.
final class Hands {
  private static final Field IDENTITY = new Field(true, Api.IDENTITY);
  private static final Field OWNER = new Field(false, Api.OWNER);
  private static final Field TEAM = new Field(false, Api.TEAM);

  private final Server server;
  private final Map<String, Value> values = new HashMap<>();
  private long made;

  Hands(Server server) {
    this.server = server;
  }

  Hands copy(Server of) {
    var copy = new Hands(of);
    copy.values.putAll(values);
    copy.made = made;
    return copy;
  }

  Optional<Value> value(HasMetadata secret) {
    return Optional.ofNullable(values.get(secret.getMetadata().getUid()));
  }

  /// A Secret that was there before us, with one value, or two where it says so.
  void find(HasMetadata secret) {
    var hasPrevious = Server.annotations(secret).containsKey(Api.PREVIOUS_RETIRES_AT);
    var previous = hasPrevious ? Optional.of(++made) : Optional.<Long>empty();
    values.put(secret.getMetadata().getUid(), new Value(++made, previous));
  }

  /// Empty where it is done.
  Optional<Cause> perform(Action action, MachineIdentity identity, Instant now) {
    var id = id(identity, action.subject());
    var found = server.find(id);
    return switch (action) {
      case Action.Issue issue -> created(found, secret(issue, identity), now);
      case Action.Provision provision -> created(found, account(provision, identity), now);
      case Action.Rotate(_, var guard, _, var receipt, _) ->
          updated(found, guard, identity, now, secret -> rotated(secret, receipt));
      case Action.Retire(_, var guard) -> updated(found, guard, identity, now, this::retired);
      case Action.Adjust(_, var guard, var automount) ->
          updated(found, guard, identity, now, account -> adjusted(account, automount));
      case Action.Relabel(_, var guard, var labelling) ->
          updated(found, guard, identity, now, object -> relabelled(object, labelling));
      case Action.Mark(_, var guard, var labelling) -> marked(found, guard, now, labelling);
      case Action.Unmark(_, var guard) ->
          marked(
              found,
              guard,
              now,
              new Labelling(Optional.empty(), Optional.empty(), Optional.empty()));
    };
  }

  static Id id(HasMetadata identity, Subject subject) {
    return new Id(subject.kind().name(), identity.getMetadata().getNamespace(), subject.name());
  }

  private Optional<Cause> created(Optional<HasMetadata> found, HasMetadata wanted, Instant now) {
    if (found.isPresent()) {
      return Optional.of(Cause.Raced);
    }
    server.write(Api.MANAGER, wanted, now);
    if (wanted instanceof Secret) {
      find(server.find(Id.of(wanted)).orElseThrow());
    }
    return Optional.empty();
  }

  /// Made by us for an identity that was deleted without it.
  private static boolean isOrphan(HasMetadata object) {
    return Server.controller(object).isEmpty()
        && !FieldOwners.of(object.getMetadata()).of(Owner.updating(Api.MANAGER)).isEmpty();
  }

  private interface Change {
    HasMetadata of(HasMetadata object);
  }

  private Optional<Cause> updated(
      Optional<HasMetadata> found,
      Guard guard,
      MachineIdentity identity,
      Instant now,
      Change change) {
    var judged =
        found
            .filter(object -> object.getMetadata().getUid().equals(guard.uid()))
            .filter(
                object ->
                    object.getMetadata().getResourceVersion().equals(guard.resourceVersion()));
    if (judged.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    if (!Server.controller(judged.get()).equals(identity.getMetadata().getUid())
        && !isOrphan(judged.get())) {
      throw new AssertionError("a foreign object was written: " + Id.of(judged.get()));
    }
    server.write(Api.MANAGER, change.of(judged.get()), now);
    return Optional.empty();
  }

  /// Server-side apply: bound to the uid alone, and without force.
  private Optional<Cause> marked(
      Optional<HasMetadata> found, Guard guard, Instant now, Labelling labelling) {
    var judged = found.filter(object -> object.getMetadata().getUid().equals(guard.uid()));
    if (judged.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    var fields = new HashMap<Field, String>();
    labelling.identity().ifPresent(name -> fields.put(IDENTITY, name));
    labelling.owner().ifPresent(contact -> fields.put(OWNER, contact));
    labelling.team().ifPresent(team -> fields.put(TEAM, team));
    return server.apply(Api.MANAGER, judged.get(), fields, now)
        ? Optional.empty()
        : Optional.of(Cause.Raced);
  }

  private HasMetadata secret(Action.Issue issue, MachineIdentity identity) {
    var meta = own(issue.subject(), issue.labelling(), identity);
    return new SecretBuilder()
        .withMetadata(meta.addToAnnotations(annotations(issue.receipt())).build())
        .build();
  }

  private HasMetadata account(Action.Provision provision, MachineIdentity identity) {
    return new ServiceAccountBuilder()
        .withMetadata(own(provision.subject(), provision.labelling(), identity).build())
        .withAutomountServiceAccountToken(provision.automount())
        .build();
  }

  private static ObjectMetaBuilder own(
      Subject subject, Labelling labelling, MachineIdentity identity) {
    var meta =
        new ObjectMetaBuilder()
            .withName(subject.name())
            .withNamespace(identity.getMetadata().getNamespace())
            .addToLabels(Api.MANAGED_BY, Api.MANAGER)
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(Api.GROUP + "/" + Api.VERSION)
                    .withKind("MachineIdentity")
                    .withName(identity.getMetadata().getName())
                    .withUid(identity.getMetadata().getUid())
                    .withController(true)
                    .build());
    labelling.identity().ifPresent(name -> meta.addToLabels(Api.IDENTITY, name));
    labelling.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    labelling.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
    return meta;
  }

  private HasMetadata rotated(HasMetadata secret, Receipt receipt) {
    var before = values.get(secret.getMetadata().getUid());
    values.put(
        secret.getMetadata().getUid(),
        new Value(++made, receipt.previousRetiresAt().map(_ -> before.current())));
    return annotated(secret, annotations(receipt));
  }

  private HasMetadata retired(HasMetadata secret) {
    values.computeIfPresent(
        secret.getMetadata().getUid(), (_, value) -> new Value(value.current(), Optional.empty()));
    return annotated(secret, Map.of());
  }

  private static HasMetadata annotated(HasMetadata secret, Map<String, String> annotations) {
    var meta =
        new ObjectMetaBuilder(secret.getMetadata())
            .removeFromAnnotations(Api.PREVIOUS_RETIRES_AT)
            .addToAnnotations(annotations)
            .build();
    return Server.with(secret, meta);
  }

  private static Map<String, String> annotations(Receipt receipt) {
    var annotations = new HashMap<String, String>();
    annotations.put(Api.SECRET_VERSION, String.valueOf(receipt.version()));
    annotations.put(Api.ISSUED_AT, receipt.issuedAt().toString());
    annotations.put(Api.RECIPE, receipt.recipe());
    receipt
        .previousRetiresAt()
        .ifPresent(time -> annotations.put(Api.PREVIOUS_RETIRES_AT, time.toString()));
    receipt
        .forIdentityRequest()
        .ifPresent(value -> annotations.put(Api.ROTATED_FOR_IDENTITY, value));
    receipt.forSecretRequest().ifPresent(value -> annotations.put(Api.ROTATED_FOR_SECRET, value));
    return annotations;
  }

  private static HasMetadata adjusted(HasMetadata account, boolean automount) {
    return new ServiceAccountBuilder((ServiceAccount) account)
        .withAutomountServiceAccountToken(automount)
        .build();
  }

  private static HasMetadata relabelled(HasMetadata object, Labelling labelling) {
    var meta = new ObjectMetaBuilder(object.getMetadata());
    set(meta, labelling);
    return Server.with(object, meta.build());
  }

  private static void set(ObjectMetaBuilder meta, Labelling labelling) {
    meta.removeFromLabels(Api.IDENTITY).removeFromAnnotations(Api.OWNER);
    meta.removeFromAnnotations(Api.TEAM);
    labelling.identity().ifPresent(name -> meta.addToLabels(Api.IDENTITY, name));
    labelling.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    labelling.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
  }
}
