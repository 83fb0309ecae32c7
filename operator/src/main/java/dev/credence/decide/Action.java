package dev.credence.decide;

import dev.credence.facts.Guard;
import dev.credence.facts.Recipe;
import dev.credence.facts.Subject;
import java.time.Instant;
import java.util.Optional;

/// Something to do to the cluster. Each leaves its trace there, so that the next look finds it
/// done; each is safe to repeat; the order of a list of them is the order in which a crash may cut
/// it off.
public sealed interface Action {
  Subject subject();

  /// Create a generated Secret with its first value. Nothing happens where an object of the name
  /// exists.
  record Issue(Subject subject, String type, Recipe recipe, Labelling labelling, Receipt receipt)
      implements Action {}

  /// Put a new value in place; the old one stays readable as `<key>.previous` until
  /// `receipt.previousRetiresAt`.
  record Rotate(Subject subject, Guard guard, Recipe recipe, Receipt receipt, Why why)
      implements Action {}

  /// Take the previous value away.
  record Retire(Subject subject, Guard guard) implements Action {}

  /// Create a ServiceAccount. Nothing happens where an object of the name exists.
  record Provision(Subject subject, boolean automount, Labelling labelling) implements Action {}

  /// Bring `automountServiceAccountToken` of a provisioned account back to what the identity says.
  record Adjust(Subject subject, Guard guard, boolean automount) implements Action {}

  /// Put our label and annotations on a linked member, without force; those that are left out and
  /// were ours go.
  record Mark(Subject subject, Guard guard, Labelling labelling) implements Action {}

  /// Bring label and annotations of an object that we made up to date, also where the identity that
  /// it was made for is gone; those that are left out go. What somebody else wrote is among them
  /// as it was found.
  record Relabel(Subject subject, Guard guard, Labelling labelling) implements Action {}

  /// Take our label and annotations off an object that is no longer a member.
  record Unmark(Subject subject, Guard guard) implements Action {}

  /// Our label and annotations for a member; what is empty is not written.
  record Labelling(Optional<String> identity, Optional<String> owner, Optional<String> team) {}

  /// What a generated Secret says about its value.
  record Receipt(
      long version,
      Instant issuedAt,
      Optional<Instant> previousRetiresAt,
      String recipe,
      Optional<String> forIdentityRequest,
      Optional<String> forSecretRequest) {}

  /// Why a value is replaced.
  sealed interface Why {
    /// its time came at `due`
    record OnSchedule(Instant due) implements Why {}

    /// somebody asked by annotation
    record OnRequest() implements Why {}

    /// `generate` was changed
    record OnChange() implements Why {}
  }
}
