// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.Membership;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Member;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Counts;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Is every member there and linked? `created` is what is made in this very look: it is there when
/// the status is written.
public record MembersLinked(
    Snapshot s, Optional<IssuanceHold> halt, List<MemberRole> roles, Set<ObjectRef> created) {

  private record Fault(Reason reason, Impact impact, String sentence) {
    private static final List<Reason> WORST_FIRST =
        List.of(
            Reason.NotManaged,
            Reason.ClaimedWhileSuspended,
            Reason.ClaimedByOther,
            Reason.CertManagerAbsent,
            Reason.MemberMissing);

    int rank() {
      return WORST_FIRST.indexOf(reason);
    }
  }

  /// `foreignMarks`: labels and annotations of members that other users wrote. They are reported,
  /// and are no problem.
  public ConditionResult result(List<String> foreignMarks) {
    var notes =
        Stream.of(foreignMarks.stream(), refused(), unlisted(), stillSuspended())
            .flatMap(text -> text)
            .toList();
    var faults =
        roles.stream()
            .flatMap(role -> fault(role).stream())
            .sorted(Comparator.comparing(Fault::rank))
            .toList();
    var sentences = new ArrayList<String>();
    faults.forEach(fault -> sentences.add(fault.sentence()));
    sentences.addAll(notes);
    if (roles.isEmpty() && notes.isEmpty()) {
      return ConditionResult.notApplicable(ConditionType.MembersLinked, ConditionStatus.True);
    }
    if (faults.isEmpty()) {
      return ConditionResult.fine(
          ConditionType.MembersLinked,
          ConditionStatus.True,
          Reason.Linked,
          notes.isEmpty() ? allLinked() : Sentences.joined(notes));
    }
    var worst = faults.getFirst().reason();
    var impact =
        faults.stream()
            .filter(fault -> fault.reason() == worst)
            .map(Fault::impact)
            .max(Comparator.naturalOrder())
            .orElse(Impact.None);
    return new ConditionResult(
        ConditionType.MembersLinked,
        ConditionStatus.False,
        worst,
        Sentences.joined(sentences),
        impact);
  }

  private String allLinked() {
    return roles.stream().anyMatch(this::isThere)
        ? "All members exist and are linked."
        : "No members.";
  }

  private Optional<Fault> fault(MemberRole role) {
    return switch (role) {
      case MemberRole.ToAdopt(var member) when halt.filter(h -> !h.isOutOfService()).isPresent() ->
          Optional.of(
              new Fault(
                  Reason.MemberMissing,
                  Impact.None,
                  member.subject() + " is not adopted: " + halt.get().why()));
      case MemberRole.Linked _,
          MemberRole.Made _,
          MemberRole.ToAdopt _,
          MemberRole.ToRelease _,
          MemberRole.Unlisted _,
          MemberRole.Former _ ->
          Optional.empty();
      case MemberRole.ToMake(var subject) ->
          created.contains(subject) ? Optional.empty() : Optional.of(notCreated(subject));
      case MemberRole.Missing(var subject) ->
          waiting(Reason.MemberMissing, subject + " does not exist");
      case MemberRole.Terminating(var subject) ->
          waiting(Reason.MemberMissing, subject + " is being deleted");
      case MemberRole.NoCertManager(var subject) ->
          waiting(
              Reason.CertManagerAbsent,
              subject + " cannot be read: the CRDs of cert-manager are not installed");
      case MemberRole.NotOwned(var subject, var manager) ->
          broken(Reason.NotManaged, subject + notManaged(subject, manager));
      case MemberRole.WouldOverwrite(_, var why) -> broken(Reason.NotManaged, why);
      case MemberRole.ClaimedBy(var subject, var identity) ->
          broken(
              Reason.ClaimedByOther,
              subject
                  + " belongs to MachineIdentity "
                  + identity
                  + ". List it in one identity only.");
      case MemberRole.ClaimedWhileSuspended claimed ->
          broken(Reason.ClaimedWhileSuspended, Membership.suspended(s, claimed));
    };
  }

  private String notManaged(ObjectRef subject, Optional<String> manager) {
    return manager
        .map(
            other ->
                " is managed by "
                    + other
                    + ". The operator does not adopt it, although it is handed over to this MachineIdentity. Remove it there first, or choose another name.")
        .orElse(
            " exists and is not managed by this MachineIdentity. Choose another name, "
                + (subject.kind() == Kind.ServiceAccount
                    ? "or delete the ServiceAccount if nothing uses it."
                    : "delete the "
                        + subject.kind()
                        + " if nothing uses it, or annotate it with credence.dev/adopt="
                        + s.identity().name()
                        + "."));
  }

  private static Optional<Fault> waiting(Reason reason, String sentence) {
    return Optional.of(new Fault(reason, Impact.Waiting, sentence));
  }

  private static Optional<Fault> broken(Reason reason, String sentence) {
    return Optional.of(new Fault(reason, Impact.Broken, sentence));
  }

  private Fault notCreated(ObjectRef subject) {
    if (halt.isPresent()) {
      return new Fault(
          Reason.MemberMissing, Impact.None, subject + " is not created: " + halt.get().why());
    }
    if (subject.kind() != Kind.ServiceAccount) {
      // CredentialsFresh says why, and how much it counts.
      return new Fault(Reason.MemberMissing, Impact.None, subject + " is not created yet");
    }
    return s.refusal(subject)
        .map(refused -> new Fault(Reason.MemberMissing, Impact.Broken, refused.message()))
        .orElseGet(
            () -> new Fault(Reason.MemberMissing, Impact.Waiting, subject + " is not created yet"));
  }

  /// Marks and adjustments that the API server does not let us write. Of our Secrets and
  /// Certificates CredentialsFresh speaks.
  private Stream<String> refused() {
    return roles.stream()
        .filter(role -> role instanceof MemberRole.Taken && !isOurCredential(role))
        .flatMap(role -> s.refusal(role.subject()).stream())
        .map(FailedWrite::message);
  }

  private static boolean isOurCredential(MemberRole role) {
    return switch (role) {
      case MemberRole.Made(Member.Account _), MemberRole.Unlisted(Member.Account _) -> false;
      case MemberRole.Made _, MemberRole.Unlisted _ -> true;
      case MemberRole _ -> false;
    };
  }

  private Stream<String> unlisted() {
    return roles.stream()
        .filter(role -> role instanceof MemberRole.Unlisted(Member.Account _))
        .map(
            role ->
                role.subject()
                    + " is no longer in `spec.serviceAccounts`. The operator keeps it. Delete it when nothing runs as it, or list it again.");
  }

  /// A former member of a suspended identity stays suspended with it.
  private Stream<String> stillSuspended() {
    return halt.filter(IssuanceHold::isOutOfService).isPresent()
        ? s.suspensionFacts().listedFor(s.identity().uid()).keySet().stream()
            .map(ObjectRef::account)
            .filter(
                account ->
                    roles.stream()
                        .filter(role -> !(role instanceof MemberRole.Former))
                        .noneMatch(role -> role.subject().equals(account)))
            .sorted()
            .map(
                account ->
                    account
                        + " is no longer a member and stays suspended. Resume this MachineIdentity to resume the ServiceAccount.")
        : Stream.of();
  }

  public Counts counts() {
    return new Counts(
        members(Kind.ServiceAccount),
        members(Kind.Secret),
        members(Kind.Certificate),
        count(this::isMissing),
        count(
            role ->
                role instanceof MemberRole.NotOwned || role instanceof MemberRole.WouldOverwrite),
        count(
            role ->
                role instanceof MemberRole.ClaimedBy
                    || role instanceof MemberRole.ClaimedWhileSuspended));
  }

  private int members(Kind kind) {
    return count(role -> role.subject().kind() == kind && isThere(role));
  }

  private int count(Predicate<MemberRole> those) {
    return (int) roles.stream().filter(those).count();
  }

  private boolean isThere(MemberRole role) {
    return switch (role) {
      case MemberRole.Linked _, MemberRole.Made _, MemberRole.ToAdopt _, MemberRole.Unlisted _ ->
          true;
      case MemberRole.ToMake(var subject) -> created.contains(subject);
      case MemberRole.Missing _,
          MemberRole.Terminating _,
          MemberRole.NotOwned _,
          MemberRole.WouldOverwrite _,
          MemberRole.ClaimedBy _,
          MemberRole.ClaimedWhileSuspended _,
          MemberRole.NoCertManager _,
          MemberRole.ToRelease _,
          MemberRole.Former _ ->
          false;
    };
  }

  private boolean isMissing(MemberRole role) {
    return role instanceof MemberRole.Missing
        || role instanceof MemberRole.NoCertManager
        || role instanceof MemberRole.ToMake && !isThere(role);
  }
}
