package dev.credence.decide;

import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.facts.Marks;
import dev.credence.facts.Marks.Mark;
import dev.credence.facts.Member;
import dev.credence.facts.Snapshot;
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
    var found = member.thing().marks();
    var ours =
        new Labelling(
            unlessForeign(found.identity(), wanted.identity()),
            unlessForeign(found.owner(), wanted.owner()),
            unlessForeign(found.team(), wanted.team()));
    return new Marking(
        isUpToDate(found, ours) ? Optional.empty() : Optional.of(action(s, member, ours)),
        foreign(member, found, wanted));
  }

  /// What we write: nothing where somebody else wrote already, the same or another value.
  private static Optional<String> unlessForeign(Optional<Mark> found, Optional<String> wanted) {
    return found.filter(mark -> !mark.ours()).isPresent() ? Optional.empty() : wanted;
  }

  private static boolean isUpToDate(Marks found, Labelling ours) {
    return ourValue(found.identity()).equals(ours.identity())
        && ourValue(found.owner()).equals(ours.owner())
        && ourValue(found.team()).equals(ours.team());
  }

  private static Optional<String> ourValue(Optional<Mark> found) {
    return found.filter(Mark::ours).map(Mark::value);
  }

  private static Action action(Snapshot s, Member member, Labelling ours) {
    var thing = member.thing();
    var isOurObject =
        thing.controller().filter(owner -> owner.uid().equals(s.identity().uid())).isPresent();
    return isOurObject
        ? new Action.Relabel(thing.subject(), thing.guard(), ours)
        : new Action.Mark(thing.subject(), thing.guard(), ours);
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
