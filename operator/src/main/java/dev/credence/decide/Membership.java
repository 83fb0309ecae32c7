package dev.credence.decide;

import dev.credence.decide.Standing.Counts;
import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Claim;
import dev.credence.facts.Claim.Strength;
import dev.credence.facts.Marks.Mark;
import dev.credence.facts.Member;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import dev.credence.facts.Thing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which objects belong to the identity? Those it names, in its order, then those its selector
/// matches, then what is left of earlier days.
final class Membership {
  private static final int NAMED_IN_MESSAGE = 5;

  static List<Seat> of(Snapshot s) {
    var wanted = wanted(s);
    var seats = new ArrayList<Seat>();
    wanted.forEach((subject, strength) -> seats.add(named(s, subject, strength)));
    s.members().stream()
        .filter(member -> !wanted.containsKey(member.subject()))
        .sorted(Comparator.comparing(Member::subject))
        .flatMap(member -> unnamed(s, member))
        .forEach(seats::add);
    return seats;
  }

  private static Map<Subject, Strength> wanted(Snapshot s) {
    var wanted = new LinkedHashMap<Subject, Strength>();
    for (var account : s.identity().accounts()) {
      wanted.put(
          Subject.account(account.name()),
          account.provision().isPresent() ? Strength.Makes : Strength.Names);
    }
    for (var secret : s.identity().secrets()) {
      wanted.put(
          Subject.secret(secret.name()),
          secret.recipe().isPresent() ? Strength.Makes : Strength.Names);
    }
    for (var certificate : s.identity().certificates()) {
      wanted.put(Subject.certificate(certificate), Strength.Names);
    }
    return wanted;
  }

  private static Seat named(Snapshot s, Subject subject, Strength strength) {
    if (subject.kind() == Kind.Certificate && !s.certManager()) {
      return new Seat.NoCertManager(subject);
    }
    var found = s.member(subject);
    if (found.isPresent() && found.get().thing().leaving()) {
      return new Seat.Going(subject);
    }
    if (found.filter(member -> isOurs(s, member.thing())).isPresent()) {
      return strength == Strength.Makes ? new Seat.Made(found.get()) : new Seat.Linked(found.get());
    }
    var rival = strongerRival(s, subject, strength);
    if (rival.isPresent()) {
      return new Seat.ClaimedBy(subject, rival.get());
    }
    if (found.isEmpty()) {
      return strength == Strength.Makes ? new Seat.ToMake(subject) : new Seat.Missing(subject);
    }
    var other = otherIdentity(s, found.get().thing());
    if (other.isPresent()) {
      // An earlier identity of this name: the garbage collector is on its way.
      return other.get().equals(s.identity().name())
          ? new Seat.Going(subject)
          : new Seat.ClaimedBy(subject, other.get());
    }
    return strength == Strength.Makes ? new Seat.NotOwned(subject) : new Seat.Linked(found.get());
  }

  private static Stream<Seat> unnamed(Snapshot s, Member member) {
    var thing = member.thing();
    if (thing.leaving()) {
      return Stream.of();
    }
    if (isOurs(s, thing)) {
      return Stream.of(new Seat.Leftover(member));
    }
    if (thing.matches() && otherIdentity(s, thing).isEmpty()) {
      var rivals = s.rivals().getOrDefault(thing.subject(), List.of());
      // What another identity names is left to it without a word; two selectors over one object are
      // worth a word.
      if (rivals.stream().noneMatch(claim -> claim.strength() != Strength.Selects)) {
        return Stream.of(
            strongerRival(s, thing.subject(), Strength.Selects)
                .<Seat>map(rival -> new Seat.ClaimedBy(thing.subject(), rival))
                .orElseGet(() -> new Seat.Linked(member)));
      }
    }
    return carriesOurMark(s, thing) ? Stream.of(new Seat.Left(member)) : Stream.of();
  }

  private static Optional<String> strongerRival(Snapshot s, Subject subject, Strength strength) {
    var ours = new Claim(strength, s.identity().createdAt(), s.identity().name());
    return s.rivals().getOrDefault(subject, List.of()).stream()
        .min(Comparator.naturalOrder())
        .filter(rival -> rival.compareTo(ours) < 0)
        .map(Claim::identity);
  }

  private static boolean isOurs(Snapshot s, Thing thing) {
    return thing
        .controller()
        .filter(owner -> owner.isIdentity() && owner.uid().equals(s.identity().uid()))
        .isPresent();
  }

  private static Optional<String> otherIdentity(Snapshot s, Thing thing) {
    return thing
        .controller()
        .filter(owner -> owner.isIdentity() && !owner.uid().equals(s.identity().uid()))
        .map(owner -> owner.name());
  }

  private static boolean carriesOurMark(Snapshot s, Thing thing) {
    return thing.marks().identity().map(Mark::value).filter(s.identity().name()::equals).isPresent()
        && thing.marks().anyOurs();
  }

  static Counts counts(List<Seat> seats) {
    return new Counts(
        members(seats, Kind.ServiceAccount),
        members(seats, Kind.Secret),
        members(seats, Kind.Certificate),
        count(seats, seat -> seat instanceof Seat.Missing || seat instanceof Seat.NoCertManager),
        count(seats, seat -> seat instanceof Seat.NotOwned),
        count(seats, seat -> seat instanceof Seat.ClaimedBy));
  }

  private static int members(List<Seat> seats, Kind kind) {
    return count(
        seats,
        seat ->
            seat.subject().kind() == kind
                && switch (seat) {
                  // what is made in this very look is there when the status is written
                  case Seat.Linked l -> true;
                  case Seat.Made m -> true;
                  case Seat.ToMake t -> true;
                  case Seat.Leftover l -> true;
                  case Seat.Missing m -> false;
                  case Seat.Going g -> false;
                  case Seat.NotOwned n -> false;
                  case Seat.ClaimedBy c -> false;
                  case Seat.NoCertManager n -> false;
                  case Seat.Left l -> false;
                });
  }

  private static int count(List<Seat> seats, Predicate<Seat> which) {
    return (int) seats.stream().filter(which).count();
  }

  /// `heldAccounts`: provisioned accounts that could not be made, with the reason.
  static Verdict verdict(List<Seat> seats, List<String> heldAccounts, List<String> foreignMarks) {
    var foreign = sentences(seats, Seat.NotOwned.class, Membership::notOwned);
    var claimed = sentences(seats, Seat.ClaimedBy.class, Membership::claimed);
    var noCertManager = sentences(seats, Seat.NoCertManager.class, Membership::noCertManager);
    var missing = new ArrayList<>(sentences(seats, Seat.Missing.class, Membership::missing));
    missing.addAll(heldAccounts);
    missing.addAll(sentences(seats, Seat.Going.class, Membership::going));

    var all = new ArrayList<String>();
    Stream.of(foreign, claimed, noCertManager, missing, foreignMarks).forEach(all::addAll);
    var message = joined(all);
    if (!foreign.isEmpty()) {
      return notLinked(Reason.TargetNotOwned, message, Weight.Broken);
    }
    if (!claimed.isEmpty()) {
      return notLinked(Reason.ClaimedByOther, message, Weight.Broken);
    }
    if (!noCertManager.isEmpty()) {
      return notLinked(Reason.CertManagerAbsent, message, Weight.Waiting);
    }
    if (!missing.isEmpty()) {
      return notLinked(Reason.MemberMissing, message, Weight.Waiting);
    }
    return Verdict.fine(
        Aspect.MembersLinked,
        Truth.True,
        Reason.AllLinked,
        message.isEmpty() ? "every member is there and linked" : message);
  }

  private static Verdict notLinked(Reason reason, String message, Weight weight) {
    return new Verdict(Aspect.MembersLinked, Truth.False, reason, message, weight);
  }

  private static String notOwned(Seat.NotOwned seat) {
    return seat.subject()
        + " exists and was not made by Credence for this identity, so it is left alone: choose another name, or delete it if nothing uses it";
  }

  private static String claimed(Seat.ClaimedBy seat) {
    return seat.subject()
        + " belongs to MachineIdentity "
        + seat.identity()
        + ": list it in one identity only";
  }

  private static String noCertManager(Seat.NoCertManager seat) {
    return seat.subject() + " cannot be looked up: cert-manager's resources are not installed";
  }

  private static String missing(Seat.Missing seat) {
    return seat.subject() + " does not exist";
  }

  private static String going(Seat.Going seat) {
    return seat.subject() + " is being deleted";
  }

  private static <T extends Seat> List<String> sentences(
      List<Seat> seats, Class<T> which, java.util.function.Function<T, String> sentence) {
    return seats.stream().filter(which::isInstance).map(which::cast).map(sentence).toList();
  }

  private static String joined(List<String> sentences) {
    var text =
        String.join("; ", sentences.subList(0, Math.min(NAMED_IN_MESSAGE, sentences.size())));
    return sentences.size() <= NAMED_IN_MESSAGE
        ? text
        : text + "; and " + (sentences.size() - NAMED_IN_MESSAGE) + " more";
  }

  private Membership() {}
}
