// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.usage.Evicted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A write to the cluster. Each leaves a trace there, so that the next reconcile finds it done;
/// each is safe to repeat; the order of a list of them is the order in which a crash may cut it
/// off.
public sealed interface Action {
  ObjectRef subject();

  /// The meaning of the action for Events, metrics and tiers.
  default ActionMeaning meaning() {
    return ActionMeaning.of(this);
  }

  /// Create a generated Secret with its first value. Nothing happens where an object of the name
  /// exists.
  record Issue(
      ObjectRef subject,
      String type,
      SecretContent material,
      Labelling labelling,
      VersionInfo versionInfo,
      boolean retained)
      implements Action {}

  /// Put a new value in place; the old one stays readable as `<key>.previous` where the receipt
  /// says so.
  record Rotate(
      ObjectRef subject,
      Preconditions preconditions,
      SecretContent material,
      VersionInfo versionInfo,
      Why why)
      implements Action {}

  /// Generates the next value of the Secret `of` and puts it where only the hooks read it.
  /// `current`: the Secret as it is now, where there is one.
  record Stage(
      ObjectRef subject,
      ObjectRef of,
      Optional<Preconditions> current,
      String type,
      GeneratedContent generatorSpec,
      Labelling labelling,
      VersionInfo versionInfo)
      implements Action {}

  /// Start a Job from a CronJob. `about`: where the value is that it applies, proves or ends;
  /// `asked`: a name of the requests of the day; `lost`: Jobs of earlier attempts that are not seen
  /// any more and whose end was not; `record`: what the start is added to at once.
  record RunHook(
      ObjectRef subject,
      ObjectRef of,
      Step step,
      Hook hook,
      long version,
      int attempt,
      Value about,
      String asked,
      List<ObjectRef> lost,
      Optional<Note> record)
      implements Action {
    public RunHook {
      lost = List.copyOf(lost);
    }

    /// One whose earlier attempts all came to an end that was seen.
    public RunHook(
        ObjectRef subject,
        ObjectRef of,
        Step step,
        Hook hook,
        long version,
        int attempt,
        Value about,
        String asked) {
      this(subject, of, step, hook, version, attempt, about, asked, List.of(), Optional.empty());
    }
  }

  /// Admit the pod of this Job to write the keys that another system issues, once. `subject`: the
  /// pending Secret; keys that an earlier attempt wrote there are deleted.
  record AdmitHook(
      ObjectRef subject,
      Preconditions preconditions,
      ObjectRef of,
      ObjectRef job,
      String jobUid,
      List<String> keys)
      implements Action {
    public AdmitHook {
      keys = List.copyOf(keys);
    }
  }

  /// Write down how far the hooks of a value are, on the Secret that holds it.
  record Note(ObjectRef subject, Preconditions preconditions, List<HookRun> runs)
      implements Action {
    public Note {
      runs = List.copyOf(runs);
    }
  }

  /// The value under its keys with this suffix in a Secret with this UID.
  record Value(String secret, String uid, String suffix) {}

  /// Put the proven value in place. `current` empty: the Secret is created with it.
  record Promote(
      ObjectRef subject,
      Optional<Preconditions> current,
      ObjectRef pending,
      Preconditions proven,
      String type,
      GeneratedContent generatorSpec,
      Labelling labelling,
      VersionInfo versionInfo,
      boolean retained,
      Why why)
      implements Action {}

  /// Updates fixed texts and templates to the generator spec, and generates keys that were added to
  /// it. Existing secret values and the version do not change.
  record Reword(
      ObjectRef subject,
      Preconditions preconditions,
      GeneratedContent generatorSpec,
      long version,
      List<KeySpec> added)
      implements Action {
    public Reword {
      added = List.copyOf(added);
    }
  }

  /// Rewrites the kubeconfig of a token with the current address of the API server.
  record RenewKubeconfig(ObjectRef subject, Preconditions preconditions, TokenRecipe token)
      implements Action {}

  /// Sets the labels and annotations of a generated Secret that its spec states, and removes those
  /// that Credence wrote and the spec no longer states.
  record UpdateMetadata(
      ObjectRef subject,
      Preconditions preconditions,
      SecretMetadata metadata,
      Set<String> removedLabels,
      Set<String> removedAnnotations)
      implements Action {
    public UpdateMetadata {
      removedLabels = Set.copyOf(removedLabels);
      removedAnnotations = Set.copyOf(removedAnnotations);
    }
  }

  /// Records that the previous value is being revoked where it is checked, before its hook is
  /// started: from here on a rollback to it is impossible.
  record BeginRevoke(ObjectRef subject, Preconditions preconditions) implements Action {}

  /// Take the previous value away. `leftBefore`: pods from before this time still use it.
  record Retire(ObjectRef subject, Preconditions preconditions, Optional<Instant> leftBefore)
      implements Action {
    public Retire(ObjectRef subject, Preconditions preconditions) {
      this(subject, preconditions, Optional.empty());
    }
  }

  /// Write down that no consumer uses a value any more that is not valid.
  record CaughtUp(ObjectRef subject, Preconditions preconditions) implements Action {}

  /// Make the previous value the current one, as a new version, and the current one the previous.
  record Rollback(ObjectRef subject, Preconditions preconditions, VersionInfo versionInfo)
      implements Action {}

  /// Write down that requests were answered, where nothing else is written. `what` is a sentence
  /// for who asked.
  record Acknowledge(
      ObjectRef subject,
      Preconditions preconditions,
      Handled handled,
      Optional<Aborted> aborted,
      String what)
      implements Action {}

  /// Create the empty Secret that a token is bound to. `account`: the UID of the ServiceAccount.
  record Anchor(
      ObjectRef subject, ObjectRef of, long version, Optional<String> account, Labelling labelling)
      implements Action {}

  /// Deletes an object that Credence created and that is no longer needed: a pending Secret, an
  /// anchor, a Job, a Certificate that the identity does not list any more, and all of them on
  /// decommissioning.
  record Remove(ObjectRef subject, Preconditions preconditions, String why) implements Action {}

  /// Sets the issue time of a value again that is in the future, after a clock was wrong. The value
  /// stays.
  record ResetIssuedAt(
      ObjectRef subject,
      Preconditions preconditions,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt)
      implements Action {}

  /// Adopts a Secret that its owner hands over to the identity. Its value stays. `versionInfo` is
  /// empty where the Secret itself says which version it holds. `given`: no identity has had it
  /// before, so that it is released to its owner and never deleted.
  record Adopt(
      ObjectRef subject,
      Preconditions preconditions,
      Optional<VersionInfo> versionInfo,
      boolean given)
      implements Action {
    /// One that an earlier identity has had.
    public Adopt(
        ObjectRef subject, Preconditions preconditions, Optional<VersionInfo> versionInfo) {
      this(subject, preconditions, versionInfo, false);
    }

    public static Adopt of(ObjectFacts object, Optional<VersionInfo> versionInfo) {
      return new Adopt(
          object.subject(), object.preconditions(), versionInfo, object.hold().heldBy().isEmpty());
    }
  }

  /// Releases an object to its owner, who removed the consent. Its value stays. `left`: what other
  /// users wrote of label and annotations, as it was found.
  record Release(ObjectRef subject, Preconditions preconditions, Labelling left)
      implements Action {}

  /// Bring what we made to go with its identity, or (`retained`) to stay without it.
  record SetOwner(ObjectRef subject, Preconditions preconditions, boolean retained)
      implements Action {}

  /// Put an account on the list of suspended ones, by which the API server denies what it writes.
  record DenyWrites(ObjectRef subject, Listed entry) implements Action {}

  /// Take an account off the list of suspended ones.
  record AllowWrites(ObjectRef subject) implements Action {}

  /// Have the API server refuse the token in a Secret, for this identity (by its UID) and for as
  /// long as that is so.
  record Invalidate(
      ObjectRef subject,
      Preconditions preconditions,
      Instant since,
      TokenInvalidation ended,
      String why)
      implements Action {}

  /// Have the API server accept the token again.
  record Revalidate(ObjectRef subject, Preconditions preconditions) implements Action {}

  /// Restarts the pods of a workload, by an annotation on its template; those of an Argo Rollout,
  /// which has `restartAt`, by that time in its spec.
  record Restart(
      ObjectRef subject, Preconditions preconditions, String value, Optional<Instant> restartAt)
      implements Action {
    public Restart(ObjectRef subject, Preconditions preconditions, String value) {
      this(subject, preconditions, value, Optional.empty());
    }
  }

  /// Evict a pod, so that another one starts in its place. `noted` comes before it, where it is the
  /// first of its controller for this value.
  record Evict(ObjectRef subject, Preconditions preconditions, Optional<Noted> noted)
      implements Action {}

  /// The record of the evictions for the value of a Secret.
  record Noted(ObjectRef secret, Preconditions preconditions, List<Evicted> evicted) {
    public Noted {
      evicted = List.copyOf(evicted);
    }
  }

  /// Ask cert-manager for the certificate that follows this revision, as of now. `revoked`: the
  /// current one is revoked, which does not wait for the pause after a rotation.
  record Renew(
      ObjectRef subject, Preconditions preconditions, int revision, Instant now, boolean revoked)
      implements Action {}

  /// Create a Certificate, so that cert-manager issues it. Nothing happens where an object of the
  /// name exists.
  record CreateCertificate(
      ObjectRef subject, Issuance issuance, Labelling labelling, boolean retained)
      implements Action {}

  /// Bring these fields of a Certificate that we made to what the identity says. `ours`: the fields
  /// that we have written then.
  record UpdateCertificate(
      ObjectRef subject,
      Preconditions preconditions,
      Issuance issuance,
      List<Issuance.Field> fields,
      Set<Issuance.Field> ours)
      implements Action {
    public UpdateCertificate {
      fields = List.copyOf(fields);
      ours = Set.copyOf(ours);
    }
  }

  /// Create a ServiceAccount. Nothing happens where an object of the name exists.
  record CreateServiceAccount(
      ObjectRef subject, boolean automount, Labelling labelling, boolean retained)
      implements Action {}

  /// Bring `automountServiceAccountToken` of a provisioned account back to what the identity says.
  record UpdateServiceAccount(ObjectRef subject, Preconditions preconditions, boolean automount)
      implements Action {}

  /// Put our label and annotations on a linked member, without force; those that are left out and
  /// were ours go.
  record Mark(ObjectRef subject, Preconditions preconditions, Labelling labelling)
      implements Action {}

  /// Updates label and annotations of a created object, also where the identity that it was created
  /// for was deleted; those that are left out are removed. What other users wrote is among them as
  /// it was found, and not in `written`.
  record Relabel(
      ObjectRef subject, Preconditions preconditions, Labelling labelling, Labelling written)
      implements Action {

    /// All of it is ours.
    public Relabel(ObjectRef subject, Preconditions preconditions, Labelling labelling) {
      this(subject, preconditions, labelling, labelling);
    }
  }

  /// Take our label and annotations off an object that is no longer a member.
  record Unmark(ObjectRef subject, Preconditions preconditions) implements Action {}

  /// Our label and annotations for a member; what is empty is not written.
  record Labelling(Optional<String> identity, Optional<String> owner, Optional<String> team) {}

  /// Of what replaces a value that is in use; none of the others.
  default Optional<VersionInfo> replaces() {
    return switch (this) {
      case Rotate rotate -> Optional.of(rotate.versionInfo());
      case Promote promote -> Optional.of(promote.versionInfo());
      default -> Optional.empty();
    };
  }

  /// The object that has to exist before, where an action of the same decision creates it.
  default Optional<ObjectRef> needs() {
    return switch (this) {
      case Issue(var subject, _, TokenRecipe _, _, var versionInfo, _) ->
          Optional.of(ObjectRef.anchorOf(subject.name(), versionInfo.version()));
      case Rotate(var subject, _, TokenRecipe _, var versionInfo, _) ->
          Optional.of(ObjectRef.anchorOf(subject.name(), versionInfo.version()));
      default -> Optional.empty();
    };
  }

  /// Whether it makes what people see: a Secret, an account or a Certificate.
  default boolean creates() {
    return switch (this) {
      case Issue _, CreateCertificate _, CreateServiceAccount _ -> true;
      case Promote promote -> promote.current().isEmpty();
      default -> false;
    };
  }

  /// The annotations of a generated Secret about its value. `previousRetiresAt`: the end of the
  /// overlap with the previous value, which stays in the Secret where `keepsPrevious`. `account`:
  /// of a token. `leftBefore`: pods from before this time may use a value that is no longer valid.
  record VersionInfo(
      long version,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt,
      boolean keepsPrevious,
      String generatorSpec,
      Optional<String> account,
      Handled handled,
      Optional<Instant> leftBefore) {

    public VersionInfo(
        long version,
        Instant issuedAt,
        Optional<Instant> previousRetiresAt,
        boolean keepsPrevious,
        String generatorSpec,
        Optional<String> account,
        Handled handled) {
      this(
          version,
          issuedAt,
          previousRetiresAt,
          keepsPrevious,
          generatorSpec,
          account,
          handled,
          Optional.empty());
    }

    public VersionInfo leaving(Optional<Instant> before) {
      return new VersionInfo(
          version,
          issuedAt,
          previousRetiresAt,
          keepsPrevious,
          generatorSpec,
          account,
          handled,
          before);
    }

    /// Whether the value before it is gone at once.
    public boolean leavesAll() {
      return leftBefore.filter(issuedAt::equals).isPresent();
    }

    /// The same for a write that comes later than was decided, after a key took long to make: who
    /// started before it has the old value. In whole seconds, as the API server tells when a pod
    /// was created.
    public VersionInfo writtenAt(Instant time) {
      if (!time.isAfter(issuedAt)) {
        return this;
      }
      var second = time.truncatedTo(ChronoUnit.SECONDS);
      var issued = second.equals(time) ? second : second.plusSeconds(1);
      var later = Duration.between(issuedAt, issued);
      return new VersionInfo(
          version,
          issued,
          previousRetiresAt.map(until -> until.plus(later)),
          keepsPrevious,
          generatorSpec,
          account,
          handled,
          leavesAll() ? Optional.of(issued) : leftBefore);
    }
  }

  /// Why a value is replaced.
  sealed interface Why {
    /// its time came at `due`
    record OnSchedule(Instant due) implements Why {}

    /// its own end comes before the next window opens
    record BeforeItsEnd(Instant due, Instant end) implements Why {}

    /// requested by annotation
    record OnRequest() implements Why {}

    /// it was revoked
    record Revoked(String reason) implements Why {}

    /// `generate` or `token` was changed
    record OnChange() implements Why {}

    /// it does not open anything any more
    record Dead(String how) implements Why {}
  }
}
