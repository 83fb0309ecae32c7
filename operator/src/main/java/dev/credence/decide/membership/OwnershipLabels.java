// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Member;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.OwnershipMarks;
import dev.credence.facts.object.OwnershipMarks.Mark;
import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.IdentityStatus.OwnerFound;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// Plans the label and annotations of a member: the identity's name and its owner. The value of
/// another field manager is reported and never fought over.
public record OwnershipLabels(Optional<Action> action, List<String> foreign) {
  private static final int LONGEST_VALUE = 101;

  private static final Labelling NOTHING =
      new Labelling(Optional.empty(), Optional.empty(), Optional.empty());

  public OwnershipLabels {
    foreign = List.copyOf(foreign);
  }

  public static Labelling wanted(Snapshot s, OwnerFound owner) {
    return new Labelling(Optional.of(s.identity().name()), owner.contact(), owner.team());
  }

  public static OwnershipLabels of(Snapshot s, OwnerFound owner, Member member) {
    var wanted = wanted(s, owner);
    return new OwnershipLabels(
        action(member.object(), wanted), foreign(member, member.object().marks(), wanted));
  }

  private static Optional<Action> action(ObjectFacts object, Labelling wanted) {
    var found = object.marks();
    if (isSettled(found.identity(), wanted.identity())
        && isSettled(found.owner(), wanted.owner())
        && isSettled(found.team(), wanted.team())) {
      return Optional.empty();
    }
    return Optional.of(
        object.created()
            ? new Action.Relabel(
                object.subject(),
                object.preconditions(),
                each(OwnershipLabels::orForeign, wanted, found),
                each(OwnershipLabels::unlessForeign, wanted, found))
            : new Action.Mark(
                object.subject(),
                object.preconditions(),
                each(OwnershipLabels::unlessForeign, wanted, found)));
  }

  /// The action that releases an object to its owner.
  public static Action release(ObjectFacts object) {
    return new Action.Release(
        object.subject(),
        object.preconditions(),
        each(OwnershipLabels::orForeign, NOTHING, object.marks()));
  }

  /// Removes what Credence wrote; what other users wrote stays.
  public static Action off(ObjectFacts object) {
    return object.created()
        ? new Action.Relabel(
            object.subject(),
            object.preconditions(),
            each(OwnershipLabels::orForeign, NOTHING, object.marks()),
            NOTHING)
        : new Action.Unmark(object.subject(), object.preconditions());
  }

  /// As it should be, or not for us to write.
  private static boolean isSettled(Optional<Mark> found, Optional<String> wanted) {
    return isForeign(found) || found.map(Mark::value).equals(wanted);
  }

  private static Labelling each(
      BiFunction<Optional<String>, Optional<Mark>, Optional<String>> choice,
      Labelling wanted,
      OwnershipMarks found) {
    return new Labelling(
        choice.apply(wanted.identity(), found.identity()),
        choice.apply(wanted.owner(), found.owner()),
        choice.apply(wanted.team(), found.team()));
  }

  private static Optional<String> orForeign(Optional<String> wanted, Optional<Mark> found) {
    return isForeign(found) ? found.map(Mark::value) : wanted;
  }

  private static Optional<String> unlessForeign(Optional<String> wanted, Optional<Mark> found) {
    return isForeign(found) ? Optional.empty() : wanted;
  }

  private static boolean isForeign(Optional<Mark> found) {
    return found.filter(mark -> !mark.ours()).isPresent();
  }

  private static List<String> foreign(Member member, OwnershipMarks found, Labelling wanted) {
    return Stream.of(
            note(member, "label credence.dev/identity", found.identity(), wanted.identity()),
            note(member, "annotation credence.dev/owner", found.owner(), wanted.owner()),
            note(member, "annotation credence.dev/team", found.team(), wanted.team()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> note(
      Member member, String what, Optional<Mark> found, Optional<String> wanted) {
    return found
        .filter(mark -> !mark.ours() && wanted.isPresent() && !wanted.get().equals(mark.value()))
        .map(
            mark ->
                "%s: The %s was set to '%s' by another writer. The operator does not overwrite it."
                    .formatted(member.subject(), what, shortened(mark.value())));
  }

  private static String shortened(String value) {
    return Truncation.truncate(InvisibleCharacters.replaced(value, "?"), LONGEST_VALUE);
  }
}
