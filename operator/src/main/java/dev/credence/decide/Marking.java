package dev.credence.decide;

import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.facts.Marks;
import dev.credence.facts.Marks.Mark;
import dev.credence.facts.Member;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Thing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which label and annotations should a member carry? The identity's name and its owner. A value
/// that somebody else wrote is reported and never fought over.
record Marking(Optional<Action> action, List<String> foreign) {

  static Labelling wanted(Snapshot s, OwnerFound owner) {
    return new Labelling(Optional.of(s.identity().name()), owner.contact(), owner.team());
  }

  static Marking of(Snapshot s, OwnerFound owner, Member member) {
    var wanted = wanted(s, owner);
    return new Marking(
        action(member.thing(), wanted), foreign(member, member.thing().marks(), wanted));
  }

  private static Optional<Action> action(Thing thing, Labelling wanted) {
    var found = thing.marks();
    if (isSettled(found.identity(), wanted.identity())
        && isSettled(found.owner(), wanted.owner())
        && isSettled(found.team(), wanted.team())) {
      return Optional.empty();
    }
    return Optional.of(
        thing.made()
            ? new Action.Relabel(
                thing.subject(),
                thing.guard(),
                new Labelling(
                    orForeign(wanted.identity(), found.identity()),
                    orForeign(wanted.owner(), found.owner()),
                    orForeign(wanted.team(), found.team())))
            : new Action.Mark(
                thing.subject(),
                thing.guard(),
                new Labelling(
                    unlessForeign(wanted.identity(), found.identity()),
                    unlessForeign(wanted.owner(), found.owner()),
                    unlessForeign(wanted.team(), found.team()))));
  }

  /// What we wrote goes; what somebody else wrote stays.
  static Action off(Thing thing) {
    var found = thing.marks();
    return thing.made()
        ? new Action.Relabel(
            thing.subject(),
            thing.guard(),
            new Labelling(
                orForeign(Optional.empty(), found.identity()),
                orForeign(Optional.empty(), found.owner()),
                orForeign(Optional.empty(), found.team())))
        : new Action.Unmark(thing.subject(), thing.guard());
  }

  /// As it should be, or not for us to write.
  private static boolean isSettled(Optional<Mark> found, Optional<String> wanted) {
    return isForeign(found) || found.map(Mark::value).equals(wanted);
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

  private static List<String> foreign(Member member, Marks found, Labelling wanted) {
    var notes = new ArrayList<String>();
    Stream.of(
            note(member, "label credence.dev/identity", found.identity(), wanted.identity()),
            note(member, "annotation credence.dev/owner", found.owner(), wanted.owner()),
            note(member, "annotation credence.dev/team", found.team(), wanted.team()))
        .flatMap(Optional::stream)
        .forEach(notes::add);
    return notes;
  }

  private static Optional<String> note(
      Member member, String what, Optional<Mark> found, Optional<String> wanted) {
    return found
        .filter(mark -> !mark.ours() && wanted.isPresent() && !wanted.get().equals(mark.value()))
        .map(
            mark ->
                "%s: %s was set to '%s' by somebody else and is left so"
                    .formatted(member.subject(), what, shortened(mark.value())));
  }

  private static String shortened(String value) {
    var longest = 100;
    return value.length() <= longest ? value : value.substring(0, longest) + "…";
  }

  Marking {
    foreign = List.copyOf(foreign);
  }
}
