package dev.credence.decide.conditions;

import dev.credence.decide.membership.Membership;
import dev.credence.decide.membership.Seat;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Member;
import dev.credence.facts.object.Setback;
import dev.credence.facts.object.Subject;
import dev.credence.facts.object.Subject.Kind;
import dev.credence.plan.Halt;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import dev.credence.plan.Standing.Counts;
import dev.credence.plan.Verdict;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import dev.credence.plan.Verdict.Weight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Is every member there and linked? `made` is what is made in this very look: it is there when the
/// status is written.
public record Completeness(Snapshot s, Optional<Halt> halt, List<Seat> seats, Set<Subject> made) {

  private record Fault(Reason reason, Weight weight, String sentence) {
    private static final List<Reason> WORST_FIRST =
        List.of(
            Reason.TargetNotOwned,
            Reason.ClaimedWhileSuspended,
            Reason.ClaimedByOther,
            Reason.CertManagerAbsent,
            Reason.MemberMissing);

    int rank() {
      return WORST_FIRST.indexOf(reason);
    }
  }

  /// `foreignMarks`: what members carry that somebody else wrote. That is said, and nothing is
  /// wrong with it.
  public Verdict verdict(List<String> foreignMarks) {
    var notes =
        Stream.of(foreignMarks.stream(), refused(), unlisted(), stillSuspended())
            .flatMap(text -> text)
            .toList();
    var faults =
        seats.stream()
            .flatMap(seat -> fault(seat).stream())
            .sorted(Comparator.comparing(Fault::rank))
            .toList();
    var sentences = new ArrayList<String>();
    faults.forEach(fault -> sentences.add(fault.sentence()));
    sentences.addAll(notes);
    if (faults.isEmpty()) {
      return Verdict.fine(
          Aspect.MembersLinked,
          Truth.True,
          Reason.AllLinked,
          notes.isEmpty() ? allLinked() : Sentences.joined(notes));
    }
    var worst = faults.getFirst().reason();
    var weight =
        faults.stream()
            .filter(fault -> fault.reason() == worst)
            .map(Fault::weight)
            .max(Comparator.naturalOrder())
            .orElse(Weight.None);
    return new Verdict(
        Aspect.MembersLinked, Truth.False, worst, Sentences.joined(sentences), weight);
  }

  private String allLinked() {
    return seats.stream().anyMatch(this::isThere)
        ? "every member is there and linked"
        : "no members";
  }

  private Optional<Fault> fault(Seat seat) {
    return switch (seat) {
      case Seat.ToAdopt(var member) when halt.filter(h -> !h.isOutOfService()).isPresent() ->
          Optional.of(
              new Fault(
                  Reason.MemberMissing,
                  Weight.None,
                  member.subject() + " is not taken over: " + halt.get().why()));
      case Seat.Linked _,
          Seat.Made _,
          Seat.ToAdopt _,
          Seat.ToRelease _,
          Seat.Leftover _,
          Seat.Left _ ->
          Optional.empty();
      case Seat.ToMake(var subject) ->
          made.contains(subject) ? Optional.empty() : Optional.of(notMade(subject));
      case Seat.Missing(var subject) -> waiting(Reason.MemberMissing, subject + " does not exist");
      case Seat.Going(var subject) -> waiting(Reason.MemberMissing, subject + " is being deleted");
      case Seat.NoCertManager(var subject) ->
          waiting(
              Reason.CertManagerAbsent,
              subject + " cannot be looked up: cert-manager's resources are not installed");
      case Seat.NotOwned(var subject, var keeper) ->
          broken(Reason.TargetNotOwned, subject + leftAlone(subject, keeper));
      case Seat.Harmful(_, var why) -> broken(Reason.TargetNotOwned, why);
      case Seat.ClaimedBy(var subject, var identity) ->
          broken(
              Reason.ClaimedByOther,
              subject
                  + " belongs to MachineIdentity "
                  + identity
                  + ": list it in one identity only");
      case Seat.ClaimedWhileSuspended claimed ->
          broken(Reason.ClaimedWhileSuspended, Membership.suspended(s, claimed));
    };
  }

  private static String leftAlone(Subject subject, Optional<String> keeper) {
    return keeper
        .map(
            other ->
                " is looked after by "
                    + other
                    + ", so it is left alone though it is given to this identity: take it off there first, or choose another name")
        .orElse(
            " exists and was not made by Credence for this identity, so it is left alone: choose another name, or delete it if nothing uses it"
                + (subject.kind() != Kind.ServiceAccount
                    ? ", or give it to this identity by the annotation credence.dev/adopt"
                    : ""));
  }

  private static Optional<Fault> waiting(Reason reason, String sentence) {
    return Optional.of(new Fault(reason, Weight.Waiting, sentence));
  }

  private static Optional<Fault> broken(Reason reason, String sentence) {
    return Optional.of(new Fault(reason, Weight.Broken, sentence));
  }

  private Fault notMade(Subject subject) {
    if (halt.isPresent()) {
      return new Fault(
          Reason.MemberMissing, Weight.None, subject + " is not made: " + halt.get().why());
    }
    if (subject.kind() != Kind.ServiceAccount) {
      // CredentialsFresh says why, and how much it counts.
      return new Fault(Reason.MemberMissing, Weight.None, subject + " is not made yet");
    }
    return s.refusal(subject)
        .map(refused -> new Fault(Reason.MemberMissing, Weight.Broken, refused.message()))
        .orElseGet(
            () -> new Fault(Reason.MemberMissing, Weight.Waiting, subject + " is not made yet"));
  }

  /// Marks and adjustments that the API server does not let us write. Of our Secrets and
  /// Certificates CredentialsFresh speaks.
  private Stream<String> refused() {
    return seats.stream()
        .filter(seat -> seat instanceof Seat.Taken && !isOurCredential(seat))
        .flatMap(seat -> s.refusal(seat.subject()).stream())
        .map(Setback::message);
  }

  private static boolean isOurCredential(Seat seat) {
    return switch (seat) {
      case Seat.Made(Member.Account _), Seat.Leftover(Member.Account _) -> false;
      case Seat.Made _, Seat.Leftover _ -> true;
      case Seat _ -> false;
    };
  }

  private Stream<String> unlisted() {
    return seats.stream()
        .filter(seat -> seat instanceof Seat.Leftover(Member.Account _))
        .map(
            seat ->
                seat.subject()
                    + " is no longer in `spec.serviceAccounts`: kept; delete it when nothing runs as it, or list it again");
  }

  /// What left a suspended identity stays suspended with it.
  private Stream<String> stillSuspended() {
    return halt.filter(Halt::isOutOfService).isPresent()
        ? s.safeguards().listedFor(s.identity().uid()).keySet().stream()
            .map(Subject::account)
            .filter(
                account ->
                    seats.stream()
                        .filter(seat -> !(seat instanceof Seat.Left))
                        .noneMatch(seat -> seat.subject().equals(account)))
            .sorted()
            .map(
                account ->
                    account
                        + " stays suspended with this identity, which no longer has it: resume the identity to free it")
        : Stream.of();
  }

  public Counts counts() {
    return new Counts(
        members(Kind.ServiceAccount),
        members(Kind.Secret),
        members(Kind.Certificate),
        count(this::isMissing),
        count(seat -> seat instanceof Seat.NotOwned || seat instanceof Seat.Harmful),
        count(
            seat -> seat instanceof Seat.ClaimedBy || seat instanceof Seat.ClaimedWhileSuspended));
  }

  private int members(Kind kind) {
    return count(seat -> seat.subject().kind() == kind && isThere(seat));
  }

  private int count(Predicate<Seat> those) {
    return (int) seats.stream().filter(those).count();
  }

  private boolean isThere(Seat seat) {
    return switch (seat) {
      case Seat.Linked _, Seat.Made _, Seat.ToAdopt _, Seat.Leftover _ -> true;
      case Seat.ToMake(var subject) -> made.contains(subject);
      case Seat.Missing _,
          Seat.Going _,
          Seat.NotOwned _,
          Seat.Harmful _,
          Seat.ClaimedBy _,
          Seat.ClaimedWhileSuspended _,
          Seat.NoCertManager _,
          Seat.ToRelease _,
          Seat.Left _ ->
          false;
    };
  }

  private boolean isMissing(Seat seat) {
    return seat instanceof Seat.Missing
        || seat instanceof Seat.NoCertManager
        || seat instanceof Seat.ToMake && !isThere(seat);
  }
}
