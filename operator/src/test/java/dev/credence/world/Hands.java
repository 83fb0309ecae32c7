// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.act.CertificateWrites;
import dev.credence.api.Api;
import dev.credence.api.CertificateMember;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec.State;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.usage.Evicted;
import dev.credence.observe.certmanager.IssueRecord;
import dev.credence.observe.certmanager.Issued;
import dev.credence.observe.read.HookJobReader;
import dev.credence.observe.read.HookRecords;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.raw.MarkRecord;
import dev.credence.raw.MetadataRecord;
import dev.credence.world.FieldOwners.Field;
import dev.credence.world.FieldOwners.Owner;
import dev.credence.world.Server.Id;
import dev.credence.world.World.Value;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

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
      case Action.Issue issue ->
          created(found, granted(secret(issue, identity), issue.material(), now), now);
      case Action.Stage stage -> created(found, staged(stage, identity), now);
      case Action.Anchor anchor -> created(found, anchor(anchor, identity), now);
      case Action.RunHook run ->
          run.lost().stream().anyMatch(lost -> stillRuns(id(identity, lost)))
                  || found.filter(job -> !isKnown((Job) job)).isPresent()
              ? Optional.of(Cause.Refused)
              : started(run, found, identity, now);
      case Action.AdmitHook(_, var preconditions, _, var job, var jobUid, _) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret ->
                  with(
                      withoutData(secret),
                      Map.of(Api.ISSUER_POD, "pod-of-" + jobUid, Api.ISSUER_JOB, job.name())));
      case Action.Promote promote -> turned(promote, found, identity, now);
      case Action.CreateServiceAccount provision ->
          created(found, account(provision, identity), now);
      case Action.Rotate(_, var preconditions, var material, var versionInfo, _) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> granted(rotated(secret, versionInfo, ++made), material, now));
      case Action.Rollback(_, var preconditions, var versionInfo) ->
          found.flatMap(this::value).flatMap(Value::previous).isEmpty() && found.isPresent()
              ? Optional.of(Cause.Refused)
              : updated(
                  found, preconditions, identity, now, secret -> swapped(secret, versionInfo));
      case Action.Retire(_, var preconditions, var left) ->
          updated(found, preconditions, identity, now, secret -> retired(secret, left));
      case Action.CaughtUp(_, var preconditions) ->
          updated(found, preconditions, identity, now, Hands::caughtUp);
      case Action.Acknowledge(_, var preconditions, var handled, var aborted, _) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> with(secret, annotations(handled, aborted)));
      case Action.Note(_, var preconditions, var runs) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret ->
                  with(secret, Map.of(Api.HOOK_RUNS, HookRecords.text(preconditions.uid(), runs))));
      case Action.BeginRevoke(_, var preconditions) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> with(secret, Map.of(Api.PREVIOUS_IS, "ending")));
      case Action.Remove(_, var preconditions, _) -> removed(found, preconditions, identity);
      case Action.Adopt adopt -> adopted(adopt, found, identity, now);
      case Action.Reword(_, var preconditions, var generatorSpec, _, _) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> with(secret, Map.of(Api.RECIPE, generatorSpec.digest())));
      case Action.RenewKubeconfig(_, var preconditions, var token) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> with(secret, Map.of(Api.RECIPE, token.digest())));
      case Action.UpdateMetadata update ->
          updated(
              found, update.preconditions(), identity, now, secret -> described(secret, update));
      case Action.ResetIssuedAt(_, var preconditions, var issuedAt, var until) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              secret -> {
                var annotations = new HashMap<>(Map.of(Api.ISSUED_AT, issuedAt.toString()));
                until.ifPresent(at -> annotations.put(Api.PREVIOUS_RETIRES_AT, at.toString()));
                return with(secret, annotations);
              });
      case Action.Release(_, var preconditions, var left) ->
          evaluated(found, preconditions)
              .map(object -> written(released(object, left), now))
              .orElse(Optional.of(Cause.Raced));
      case Action.SetOwner(_, var preconditions, var retained) ->
          updated(found, preconditions, identity, now, object -> tied(object, identity, retained));
      case Action.Restart(_, var preconditions, var value, var at) ->
          evaluated(found, preconditions)
              .map(object -> written(restarted(object, value, at, now), now))
              .orElse(Optional.of(Cause.Raced));
      case Action.Evict(_, var preconditions, var noted) ->
          noted
              .flatMap(note -> noted(note, identity, now))
              .or(
                  () ->
                      found
                          .filter(pod -> pod.getMetadata().getUid().equals(preconditions.uid()))
                          .map(pod -> deleted(pod))
                          .orElse(Optional.empty()));
      case Action.Renew(_, var preconditions, var revision, _, _) ->
          evaluated(found, preconditions)
              .map(Certificate.class::cast)
              .filter(certificate -> revision == Issued.revision(certificate.getStatus()))
              .map(certificate -> written(issuing(certificate), now))
              .orElse(Optional.of(Cause.Raced));
      case Action.CreateCertificate order -> created(found, certificate(order, identity), now);
      case Action.UpdateCertificate(_, var preconditions, var issuance, var fields, var ours) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              certificate -> amended((Certificate) certificate, issuance, fields, ours));
      case Action.DenyWrites(var subject, var entry) ->
          listed(identity, subject, Optional.of(SuspendedAccounts.text(entry)), now);
      case Action.AllowWrites(var subject) -> listed(identity, subject, Optional.empty(), now);
      case Action.Invalidate(_, var preconditions, var since, var ended, _) ->
          evaluated(found, preconditions)
              .map(secret -> written(invalid(secret, since, ended.text()), now))
              .orElse(Optional.of(Cause.Raced));
      case Action.Revalidate(_, var preconditions) ->
          evaluated(found, preconditions)
              .map(secret -> written(valid(secret), now))
              .orElse(Optional.of(Cause.Raced));
      case Action.UpdateServiceAccount(_, var preconditions, var automount) ->
          updated(found, preconditions, identity, now, account -> adjusted(account, automount));
      case Action.Relabel(_, var preconditions, var labelling, var written) ->
          updated(
              found,
              preconditions,
              identity,
              now,
              object -> relabelled(object, labelling, written));
      case Action.Mark(_, var preconditions, var labelling) ->
          marked(found, preconditions, now, labelling);
      case Action.Unmark(_, var preconditions) ->
          marked(
              found,
              preconditions,
              now,
              new Labelling(Optional.empty(), Optional.empty(), Optional.empty()));
    };
  }

  private Optional<Cause> started(
      Action.RunHook run, Optional<HasMetadata> found, MachineIdentity identity, Instant now) {
    var refused = created(found, job(run, identity), now);
    if (refused.isEmpty() && run.record().isPresent()) {
      var known = run.record().get();
      var runs = new ArrayList<>(known.runs());
      server
          .find(id(identity, run.subject()))
          .flatMap(job -> HookJobReader.of((Job) job, identity.getMetadata().getUid()))
          .map(HookJob::run)
          .ifPresent(runs::add);
      evaluated(server.find(id(identity, known.subject())), known.preconditions())
          .map(
              secret ->
                  with(
                      secret,
                      Map.of(Api.HOOK_RUNS, HookRecords.text(known.preconditions().uid(), runs))))
          .ifPresent(secret -> written(secret, now));
    }
    return refused;
  }

  /// A Job of an earlier attempt that the watch does not show.
  private boolean stillRuns(Id job) {
    return server
        .find(job)
        .map(Job.class::cast)
        .filter(found -> found.getStatus() == null || found.getStatus().getConditions().isEmpty())
        .isPresent();
  }

  private static boolean isKnown(Job job) {
    return HookJobReader.isKnown(job, Server.controller(job));
  }

  private Optional<Cause> noted(Action.Noted note, MachineIdentity identity, Instant now) {
    return updated(
        server.find(id(identity, note.secret())),
        note.preconditions(),
        identity,
        now,
        secret -> with(secret, Map.of(Api.EVICTED, Evicted.text(note.evicted()))));
  }

  static Id id(HasMetadata identity, ObjectRef subject) {
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

  private static boolean isHeld(HasMetadata object, MachineIdentity identity) {
    return identity.getMetadata().getUid().equals(Server.annotations(object).get(Api.HELD_BY));
  }

  private interface Change {
    HasMetadata of(HasMetadata object);
  }

  private static Optional<HasMetadata> evaluated(
      Optional<HasMetadata> found, Preconditions preconditions) {
    return found
        .filter(object -> object.getMetadata().getUid().equals(preconditions.uid()))
        .filter(
            object ->
                object.getMetadata().getResourceVersion().equals(preconditions.resourceVersion()));
  }

  private Optional<Cause> written(HasMetadata object, Instant now) {
    server.write(Api.MANAGER, object, now);
    return Optional.empty();
  }

  private Optional<Cause> deleted(HasMetadata object) {
    server.delete(Id.of(object));
    return Optional.empty();
  }

  /// Nothing is deleted but what was made beside a Secret, a Certificate that is not listed any
  /// more, and at its end what was made for it.
  private Optional<Cause> removed(
      Optional<HasMetadata> found, Preconditions preconditions, MachineIdentity identity) {
    var evaluated = evaluated(found, preconditions);
    if (evaluated.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    var annotations = Server.annotations(evaluated.get());
    var isOurs =
        Server.controller(evaluated.get()).equals(identity.getMetadata().getUid())
            || isHeld(evaluated.get(), identity)
            || isOfAListedAccount(evaluated.get(), identity);
    if (!isOurs
        || !isAtItsEnd(identity)
            && !isUnlisted(evaluated.get(), identity)
            && Stream.of(Api.PENDING_FOR, Api.ANCHOR_FOR, Api.HOOK_FOR)
                .noneMatch(annotations::containsKey)) {
      throw new AssertionError("deleted: " + Id.of(evaluated.get()));
    }
    return deleted(evaluated.get());
  }

  /// An anchor of another identity's token, whose account is suspended for this one.
  private boolean isOfAListedAccount(HasMetadata anchor, MachineIdentity identity) {
    return Server.annotations(anchor).containsKey(Api.ANCHOR_FOR)
        && server.objects().values().stream()
            .flatMap(
                object -> object instanceof SuspensionList list ? Stream.of(list) : Stream.of())
            .flatMap(
                list ->
                    SuspendedAccounts.in(List.of(list), identity.getMetadata().getNamespace())
                        .values()
                        .stream())
            .anyMatch(listed -> listed.isFor(identity.getMetadata().getUid()));
  }

  private static boolean isUnlisted(HasMetadata object, MachineIdentity identity) {
    return object instanceof Certificate
        && Objects.requireNonNullElse(
                identity.getSpec().certificates(), List.<CertificateMember>of())
            .stream()
            .noneMatch(member -> member.name().equals(object.getMetadata().getName()));
  }

  /// Its policy may end it by itself; whether it should is for the golden files to say.
  private static boolean isAtItsEnd(MachineIdentity identity) {
    return identity.getSpec().state() == State.Decommissioned
        || identity.getSpec().expirationTime() != null;
  }

  private Optional<Cause> adopted(
      Action.Adopt adopt, Optional<HasMetadata> found, MachineIdentity identity, Instant now) {
    var evaluated = evaluated(found, adopt.preconditions());
    if (evaluated.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    var name = identity.getMetadata().getName();
    if (!name.equals(Server.annotations(evaluated.get()).get(Api.ADOPT))) {
      throw new AssertionError("taken over unasked: " + Id.of(evaluated.get()));
    }
    var annotations = new HashMap<String, String>();
    annotations.put(Api.HELD_BY, identity.getMetadata().getUid());
    if (adopt.given()) {
      annotations.put(Api.GIVEN, identity.getMetadata().getUid());
      if (evaluated.get() instanceof Certificate) {
        annotations.put(Api.FIELDS, "");
      }
    }
    adopt.versionInfo().ifPresent(versionInfo -> annotations.putAll(annotations(versionInfo)));
    return written(with(evaluated.get(), annotations), now);
  }

  private Optional<Cause> listed(
      MachineIdentity identity, ObjectRef subject, Optional<String> text, Instant now) {
    var key = SuspendedAccounts.key(identity.getMetadata().getNamespace(), subject.name());
    var found = server.find(World.LIST).map(SuspensionList.class::cast);
    var accounts =
        new TreeMap<>(
            found.map(list -> list.getSpec().accounts()).orElseGet(() -> Map.<String, String>of()));
    text.ifPresentOrElse(entry -> accounts.put(key, entry), () -> accounts.remove(key));
    var list = new SuspensionList();
    list.setMetadata(
        found
            .map(SuspensionList::getMetadata)
            .orElseGet(
                () ->
                    new ObjectMetaBuilder()
                        .withName(World.LIST.name())
                        .withNamespace(World.LIST.namespace())
                        .build()));
    list.setSpec(new SuspensionListSpec("1", accounts, null));
    if (text.isEmpty() && server.find(World.OLD_LIST).isPresent()) {
      var old = new ConfigMapBuilder((ConfigMap) server.find(World.OLD_LIST).get());
      written(old.removeFromData(key).build(), now);
    }
    return written(list, now);
  }

  private static HasMetadata invalid(HasMetadata secret, Instant since, String uid) {
    return Server.with(
        secret,
        new ObjectMetaBuilder(secret.getMetadata())
            .addToLabels(Api.INVALID_SINCE, since.toString().substring(0, 10))
            .addToAnnotations(Api.SUSPENDED, uid)
            .build());
  }

  private static HasMetadata valid(HasMetadata secret) {
    return Server.with(
        secret,
        new ObjectMetaBuilder(secret.getMetadata())
            .removeFromLabels(Api.INVALID_SINCE)
            .removeFromAnnotations(Api.SUSPENDED)
            .build());
  }

  private static HasMetadata released(HasMetadata object, Labelling left) {
    var meta = new ObjectMetaBuilder(object.getMetadata());
    Server.annotations(object).keySet().stream()
        .filter(
            key -> key.startsWith(Api.GROUP) && !Set.of(Api.EXPIRES_AT, Api.ADOPT).contains(key))
        .forEach(meta::removeFromAnnotations);
    left.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    left.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
    if (left.identity().isEmpty()) {
      meta.removeFromLabels(Api.IDENTITY);
    }
    return Server.with(object, meta.build());
  }

  private static HasMetadata tied(HasMetadata object, MachineIdentity identity, boolean retained) {
    var meta = new ObjectMetaBuilder(object.getMetadata());
    if (retained) {
      hold(meta.withOwnerReferences(), identity);
    } else {
      meta.removeFromAnnotations(Api.ADOPT)
          .removeFromAnnotations(Api.HELD_BY)
          .removeFromAnnotations(Api.GIVEN)
          .withOwnerReferences(owner(identity));
    }
    return Server.with(object, meta.build());
  }

  private static HasMetadata restarted(
      HasMetadata object, String value, Optional<Instant> at, Instant now) {
    if (at.isPresent()) {
      var restartAt = Map.of("spec", Map.of("restartAt", at.get().toString()));
      return Yaml.patched(object, Yaml.node(restartAt));
    }
    var deployment =
        new DeploymentBuilder((Deployment) object)
            .editSpec()
            .editOrNewTemplate()
            .editOrNewMetadata()
            .addToAnnotations(Api.RESTARTED_FOR, value)
            .endMetadata()
            .endTemplate()
            .endSpec();
    return deployment
        .editMetadata()
        .withManagedFields(Restarted.by(Api.MANAGER, now))
        .endMetadata()
        .build();
  }

  private Optional<Cause> updated(
      Optional<HasMetadata> found,
      Preconditions preconditions,
      MachineIdentity identity,
      Instant now,
      Change change) {
    var evaluated = evaluated(found, preconditions);
    if (evaluated.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    if (!Server.controller(evaluated.get()).equals(identity.getMetadata().getUid())
        && !isHeld(evaluated.get(), identity)
        && !isOrphan(evaluated.get())) {
      throw new AssertionError("a foreign object was written: " + Id.of(evaluated.get()));
    }
    server.write(Api.MANAGER, change.of(evaluated.get()), now);
    return Optional.empty();
  }

  /// Server-side apply: bound to the uid alone, and without force.
  private Optional<Cause> marked(
      Optional<HasMetadata> found, Preconditions preconditions, Instant now, Labelling labelling) {
    var evaluated =
        found.filter(object -> object.getMetadata().getUid().equals(preconditions.uid()));
    if (evaluated.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    var fields = new HashMap<Field, String>();
    labelling.identity().ifPresent(name -> fields.put(IDENTITY, name));
    labelling.owner().ifPresent(contact -> fields.put(OWNER, contact));
    labelling.team().ifPresent(team -> fields.put(TEAM, team));
    return server.apply(Api.MANAGER, evaluated.get(), fields, now)
        ? Optional.empty()
        : Optional.of(Cause.Raced);
  }

  private static HasMetadata secret(Action.Issue issue, MachineIdentity identity) {
    return secret(
        own(issue.subject(), issue.labelling(), identity, issue.retained()), issue.versionInfo());
  }

  private static HasMetadata secret(ObjectMetaBuilder meta, VersionInfo versionInfo) {
    return new SecretBuilder()
        .withMetadata(meta.addToAnnotations(annotations(versionInfo)).build())
        .build();
  }

  /// A token lives as long as it was asked to.
  private static HasMetadata granted(HasMetadata secret, SecretContent material, Instant now) {
    return material instanceof TokenRecipe token
        ? with(secret, Map.of(Api.EXPIRES_AT, now.plus(token.lifetime()).toString()))
        : secret;
  }

  private static HasMetadata staged(Action.Stage stage, MachineIdentity identity) {
    var issued = stage.generatorSpec().issued();
    return secret(
        own(stage.subject(), stage.labelling(), identity, false)
            .addToAnnotations(Api.PENDING_FOR, stage.of().name())
            .addToAnnotations(
                issued.isEmpty() ? Map.of() : Map.of(Api.ISSUED_KEYS, String.join(",", issued))),
        stage.versionInfo());
  }

  /// Without the keys that a hook wrote.
  private static HasMetadata withoutData(HasMetadata secret) {
    return Server.with(
        secret,
        new ObjectMetaBuilder(secret.getMetadata())
            .removeMatchingFromManagedFields(
                entry -> entry.buildFieldsV1().getAdditionalProperties().containsKey("f:data"))
            .build());
  }

  private static HasMetadata anchor(Action.Anchor anchor, MachineIdentity identity) {
    return new SecretBuilder()
        .withMetadata(
            own(anchor.subject(), anchor.labelling(), identity, false)
                .addToAnnotations(Api.ANCHOR_FOR, anchor.of().name())
                .addToAnnotations(Api.SECRET_VERSION, String.valueOf(anchor.version()))
                .addToAnnotations(accountOf(anchor))
                .build())
        .build();
  }

  private static Map<String, String> accountOf(Action.Anchor anchor) {
    return anchor.account().map(uid -> Map.of(Api.ACCOUNT_UID, uid)).orElseGet(Map::of);
  }

  private static HasMetadata job(Action.RunHook run, MachineIdentity identity) {
    var labelling =
        new Labelling(
            Optional.of(identity.getMetadata().getName()), Optional.empty(), Optional.empty());
    return new JobBuilder()
        .withMetadata(
            own(run.subject(), labelling, identity, false)
                .addToAnnotations(Api.HOOK_FOR, run.of().name())
                .addToAnnotations(Api.STEP, run.step().name())
                .addToAnnotations(Api.SECRET_VERSION, String.valueOf(run.version()))
                .addToAnnotations(Api.ATTEMPT, String.valueOf(run.attempt()))
                .addToAnnotations(Api.VALUE_UID, run.about().uid())
                .addToAnnotations(Api.ASKED, run.asked())
                .addToAnnotations(
                    Api.GENERATION, String.valueOf(identity.getMetadata().getGeneration()))
                .build())
        .build();
  }

  /// The value that was staged, and no other, is put in place.
  private Optional<Cause> turned(
      Action.Promote promote, Optional<HasMetadata> found, MachineIdentity identity, Instant now) {
    var proven = evaluated(server.find(id(identity, promote.pending())), promote.proven());
    if (proven.isEmpty()) {
      return Optional.of(Cause.Raced);
    }
    var written = MemberReader.of(proven.get(), false, (name, uid) -> true);
    if (written instanceof StoredSecret secret
        && secret
            .issuedKeys()
            .filter(keys -> !keys.written().containsAll(keys.names()))
            .isPresent()) {
      throw new IllegalStateException("promoted without what another system issues: " + promote);
    }
    var value = values.get(proven.get().getMetadata().getUid()).current();
    if (promote.current().isPresent()) {
      return updated(
          found,
          promote.current().get(),
          identity,
          now,
          secret -> rotated(secret, promote.versionInfo(), value));
    }
    var meta = own(promote.subject(), promote.labelling(), identity, promote.retained());
    var refused = created(found, secret(meta, promote.versionInfo()), now);
    server
        .find(id(identity, promote.subject()))
        .filter(_ -> refused.isEmpty())
        .ifPresent(
            secret ->
                values.put(secret.getMetadata().getUid(), new Value(value, Optional.empty())));
    return refused;
  }

  private static HasMetadata certificate(Action.CreateCertificate order, MachineIdentity identity) {
    var meta =
        own(order.subject(), order.labelling(), identity, order.retained())
            .addToAnnotations(
                Api.FIELDS, IssueRecord.text(order.issuance(), List.of(Issuance.Field.values())))
            .build();
    return Stated.byUs(
        new CertificateBuilder().withMetadata(meta).withSpec(spec(order.issuance())).build(),
        List.of(Issuance.Field.values()));
  }

  private static Certificate issuing(Certificate certificate) {
    return new CertificateBuilder(certificate)
        .editOrNewStatus()
        .removeMatchingFromConditions(condition -> Issued.ISSUING.equals(condition.getType()))
        .addNewCondition()
        .withType(Issued.ISSUING)
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  private static HasMetadata amended(
      Certificate certificate,
      Issuance issuance,
      List<Issuance.Field> fields,
      Set<Issuance.Field> ours) {
    var before =
        certificate.getSpec() == null
            ? Map.<String, Object>of()
            : Yaml.<Map<String, Object>>as(certificate.getSpec(), Map.class);
    var after = new HashMap<>(before);
    var wanted = CertificateWrites.spec(issuance);
    for (var field : fields) {
      set(after, wanted, field.path());
    }
    return Stated.byUs(
        new CertificateBuilder(certificate)
            .editMetadata()
            .addToAnnotations(Api.FIELDS, IssueRecord.text(issuance, ours))
            .endMetadata()
            .withSpec(Yaml.as(after, CertificateSpec.class))
            .build(),
        fields);
  }

  @SuppressWarnings("unchecked") // what is inside an object of JSON is one
  private static void set(Map<String, Object> into, Map<String, Object> from, List<String> path) {
    var key = path.getFirst();
    if (path.size() > 1) {
      var inside = new HashMap<>((Map<String, Object>) into.getOrDefault(key, Map.of()));
      set(inside, (Map<String, Object>) from.getOrDefault(key, Map.of()), path.subList(1, 2));
      into.put(key, inside);
    } else if (from.containsKey(key)) {
      into.put(key, from.get(key));
    } else {
      into.remove(key);
    }
  }

  private static CertificateSpec spec(Issuance issuance) {
    return Yaml.as(CertificateWrites.spec(issuance), CertificateSpec.class);
  }

  private HasMetadata account(Action.CreateServiceAccount provision, MachineIdentity identity) {
    return new ServiceAccountBuilder()
        .withMetadata(
            own(provision.subject(), provision.labelling(), identity, provision.retained()).build())
        .withAutomountServiceAccountToken(provision.automount())
        .build();
  }

  private static ObjectMetaBuilder own(
      ObjectRef subject, Labelling labelling, MachineIdentity identity, boolean retained) {
    var meta =
        new ObjectMetaBuilder()
            .withName(subject.name())
            .withNamespace(identity.getMetadata().getNamespace())
            .addToLabels(Api.MANAGED_BY, Api.MANAGER)
            .addToAnnotations(
                Api.WRITTEN,
                MarkRecord.text(labelling.identity(), labelling.owner(), labelling.team()));
    if (retained) {
      hold(meta, identity);
    } else {
      meta.withOwnerReferences(owner(identity));
    }
    labelling.identity().ifPresent(name -> meta.addToLabels(Api.IDENTITY, name));
    labelling.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    labelling.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
    return meta;
  }

  private static void hold(ObjectMetaBuilder meta, MachineIdentity identity) {
    meta.addToAnnotations(Api.ADOPT, identity.getMetadata().getName())
        .addToAnnotations(Api.HELD_BY, identity.getMetadata().getUid());
  }

  private static OwnerReference owner(MachineIdentity identity) {
    return new OwnerReferenceBuilder()
        .withApiVersion(Api.GROUP + "/" + Api.VERSION)
        .withKind("MachineIdentity")
        .withName(identity.getMetadata().getName())
        .withUid(identity.getMetadata().getUid())
        .withController(true)
        .build();
  }

  private HasMetadata rotated(HasMetadata secret, VersionInfo versionInfo, long value) {
    var before = values.get(secret.getMetadata().getUid());
    values.put(
        secret.getMetadata().getUid(),
        new Value(value, Optional.of(before.current()).filter(_ -> versionInfo.keepsPrevious())));
    return annotated(secret, annotations(versionInfo));
  }

  private HasMetadata swapped(HasMetadata secret, VersionInfo versionInfo) {
    values.computeIfPresent(
        secret.getMetadata().getUid(),
        (_, value) ->
            new Value(
                value.previous().orElseThrow(() -> new AssertionError("nothing to go back to")),
                Optional.of(value.current())));
    return annotated(secret, annotations(versionInfo));
  }

  private static HasMetadata caughtUp(HasMetadata secret) {
    return Server.with(
        secret,
        new ObjectMetaBuilder(secret.getMetadata())
            .removeFromAnnotations(Api.LEFT_BEHIND)
            .removeFromAnnotations(Api.EVICTED)
            .build());
  }

  private HasMetadata retired(HasMetadata secret, Optional<Instant> left) {
    values.computeIfPresent(
        secret.getMetadata().getUid(), (_, value) -> new Value(value.current(), Optional.empty()));
    var annotations = new HashMap<String, String>();
    left.ifPresent(before -> annotations.put(Api.LEFT_BEHIND, before.toString()));
    return annotated(secret, annotations);
  }

  private static HasMetadata annotated(HasMetadata secret, Map<String, String> annotations) {
    var meta =
        new ObjectMetaBuilder(secret.getMetadata())
            .removeFromAnnotations(Api.PREVIOUS_RETIRES_AT)
            .removeFromAnnotations(Api.PREVIOUS_IS)
            .removeFromAnnotations(Api.HOOK_RUNS)
            .removeFromAnnotations(Api.EVICTED)
            .removeFromAnnotations(Api.LEFT_BEHIND)
            .addToAnnotations(annotations)
            .build();
    return Server.with(secret, meta);
  }

  private static HasMetadata with(HasMetadata object, Map<String, String> annotations) {
    return Server.with(
        object, new ObjectMetaBuilder(object.getMetadata()).addToAnnotations(annotations).build());
  }

  private static Map<String, String> annotations(VersionInfo versionInfo) {
    var annotations = annotations(versionInfo.handled(), Optional.empty());
    annotations.put(Api.SECRET_VERSION, String.valueOf(versionInfo.version()));
    annotations.put(Api.ISSUED_AT, versionInfo.issuedAt().toString());
    annotations.put(Api.RECIPE, versionInfo.generatorSpec());
    versionInfo
        .previousRetiresAt()
        .ifPresent(
            time -> {
              annotations.put(Api.PREVIOUS_RETIRES_AT, time.toString());
              annotations.put(Api.PREVIOUS_IS, versionInfo.keepsPrevious() ? "kept" : "gone");
            });
    versionInfo.account().ifPresent(uid -> annotations.put(Api.ACCOUNT_UID, uid));
    versionInfo.leftBefore().ifPresent(at -> annotations.put(Api.LEFT_BEHIND, at.toString()));
    return annotations;
  }

  private static Map<String, String> annotations(Handled handled, Optional<Aborted> aborted) {
    var annotations = new HashMap<String, String>();
    handled.identityRotate().ifPresent(v -> annotations.put(Api.ROTATED_FOR_IDENTITY, v));
    handled.identityRevoke().ifPresent(v -> annotations.put(Api.REVOKED_FOR_IDENTITY, v));
    handled.rotate().ifPresent(v -> annotations.put(Api.ROTATED_FOR_SECRET, v));
    handled.rollback().ifPresent(v -> annotations.put(Api.ROLLED_BACK_FOR, v));
    handled.abort().ifPresent(v -> annotations.put(Api.ABORTED_FOR, v));
    handled.revoke().ifPresent(v -> annotations.put(Api.REVOKED_FOR_SECRET, v));
    var rotations = handled.rotations();
    rotations.identityNow().ifPresent(v -> annotations.put(Api.ROTATED_NOW_FOR_IDENTITY, v));
    rotations.identitySpec().ifPresent(v -> annotations.put(Api.ROTATION_REQUEST_OF_IDENTITY, v));
    rotations.now().ifPresent(v -> annotations.put(Api.ROTATED_NOW_FOR_SECRET, v));
    rotations.spec().ifPresent(v -> annotations.put(Api.ROTATION_REQUEST_OF_SECRET, v));
    aborted.ifPresent(
        stopped -> {
          annotations.put(Api.ABORTED_AT, stopped.at().toString());
          annotations.put(Api.ABORTED_RECIPE, stopped.generatorSpec());
        });
    return annotations;
  }

  private static HasMetadata adjusted(HasMetadata account, boolean automount) {
    return new ServiceAccountBuilder((ServiceAccount) account)
        .withAutomountServiceAccountToken(automount)
        .build();
  }

  private static HasMetadata described(HasMetadata secret, Action.UpdateMetadata update) {
    var meta = new ObjectMetaBuilder(secret.getMetadata());
    update.removedLabels().forEach(meta::removeFromLabels);
    update.removedAnnotations().forEach(meta::removeFromAnnotations);
    meta.addToLabels(update.metadata().labels());
    meta.addToAnnotations(update.metadata().annotations());
    meta.removeFromAnnotations(Api.METADATA);
    var record = MetadataRecord.text(update.metadata());
    if (!record.isEmpty()) {
      meta.addToAnnotations(Api.METADATA, record);
    }
    return Server.with(secret, meta.build());
  }

  private static HasMetadata relabelled(
      HasMetadata object, Labelling labelling, Labelling written) {
    var meta = new ObjectMetaBuilder(object.getMetadata());
    set(meta, labelling);
    var record = MarkRecord.text(written.identity(), written.owner(), written.team());
    meta.removeFromAnnotations(Api.WRITTEN);
    if (!record.isEmpty()) {
      meta.addToAnnotations(Api.WRITTEN, record);
    }
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
