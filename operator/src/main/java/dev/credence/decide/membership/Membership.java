// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Claim;
import dev.credence.facts.identity.Claim.Strength;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.OwnershipMarks.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds the objects that belong to the identity: those that it lists, in its order, then those
/// that its selector matches, then former members.
public final class Membership {

  public static List<MemberRole> of(Snapshot s) {
    var wanted = wanted(s);
    var roles = new ArrayList<MemberRole>();
    wanted.forEach((subject, strength) -> roles.add(named(s, subject, strength)));
    s.members().stream()
        .filter(member -> !wanted.containsKey(member.subject()))
        .sorted(Comparator.comparing(Member::subject))
        .flatMap(member -> unnamed(s, member).stream())
        .forEach(roles::add);
    return roles;
  }

  private static Map<ObjectRef, Strength> wanted(Snapshot s) {
    var wanted = new LinkedHashMap<ObjectRef, Strength>();
    for (var account : s.identity().accounts()) {
      wanted.put(ObjectRef.account(account.name()), strength(account.provision()));
    }
    for (var secret : s.identity().secrets()) {
      wanted.put(ObjectRef.secret(secret.name()), strength(secret.material()));
    }
    for (var certificate : s.identity().certificates()) {
      wanted.put(ObjectRef.certificate(certificate.name()), strength(certificate.issue()));
    }
    return wanted;
  }

  private static Strength strength(Optional<?> toMake) {
    return toMake.isPresent() ? Strength.Makes : Strength.Names;
  }

  private static MemberRole named(Snapshot s, ObjectRef subject, Strength strength) {
    if (subject.kind() == Kind.Certificate && !s.certManager().installed()) {
      return new MemberRole.NoCertManager(subject);
    }
    var found = s.member(subject);
    if (found.filter(member -> member.object().leaving()).isPresent()) {
      return new MemberRole.Terminating(subject);
    }
    // Before all else: a suspension belongs to the account, and no claim takes it out of one.
    var suspended = suspendedForOther(s, subject);
    if (suspended.isPresent()) {
      return suspended.get();
    }
    if (found.filter(member -> isOurs(s, member.object())).isPresent()) {
      return strength == Strength.Makes
          ? new MemberRole.Made(found.get())
          : new MemberRole.Linked(found.get());
    }
    var rival = strongerRival(s, subject, strength);
    if (rival.isPresent()) {
      return new MemberRole.ClaimedBy(subject, rival.get());
    }
    if (found.isEmpty()) {
      return strength == Strength.Makes ? toMake(s, subject) : new MemberRole.Missing(subject);
    }
    var maker = otherMaker(s, found.get().object());
    if (maker.isPresent()) {
      // An earlier identity of this name: the garbage collector is on its way.
      return maker.get().equals(s.identity().name())
          ? new MemberRole.Terminating(subject)
          : new MemberRole.ClaimedBy(subject, maker.get());
    }
    return strength == Strength.Makes
        ? foreign(s, found.get())
        : new MemberRole.Linked(found.get());
  }

  /// Whether the account is on the list of suspended ones for another identity, which may have been
  /// deleted meanwhile.
  private static Optional<MemberRole> suspendedForOther(Snapshot s, ObjectRef subject) {
    return subject.kind() == Kind.ServiceAccount
        ? s.suspensionFacts()
            .listedForOther(subject.name(), s.identity().uid())
            .map(entry -> new MemberRole.ClaimedWhileSuspended(subject, entry.identity()))
        : Optional.empty();
  }

  /// The relation of this account to the identity, whether or not the identity lists it.
  public static MemberRole ofAccount(Snapshot s, String account) {
    var subject = ObjectRef.account(account);
    return named(s, subject, wanted(s).getOrDefault(subject, Strength.Names));
  }

  private static MemberRole toMake(Snapshot s, ObjectRef subject) {
    return SecretConflicts.inTheWay(s, subject)
        .or(() -> unlistable(subject))
        .<MemberRole>map(why -> new MemberRole.WouldOverwrite(subject, why))
        .orElseGet(() -> new MemberRole.ToMake(subject));
  }

  /// The schema does not let it through; an identity may be older than that rule.
  private static Optional<String> unlistable(ObjectRef subject) {
    return subject.kind() == Kind.ServiceAccount
            && subject.name().length() > SuspensionFacts.LONGEST_PROVISIONED
        ? Optional.of(
            subject
                + " is not created: its name has more than "
                + SuspensionFacts.LONGEST_PROVISIONED
                + " characters, and a suspension could not deny its writes. Choose a shorter name.")
        : Optional.empty();
  }

  /// Also where the identity was deleted: only a user with that right can tell.
  public static String suspended(Snapshot s, MemberRole.ClaimedWhileSuspended claimed) {
    return claimed.subject()
        + " is suspended for MachineIdentity "
        + claimed.identity()
        + " and cannot belong to another one. Resume that MachineIdentity. If it was deleted, a cluster administrator releases the ServiceAccount with `credence release --account "
        + s.identity().namespace()
        + "/"
        + claimed.subject().name()
        + "`.";
  }

  private static MemberRole foreign(Snapshot s, Member member) {
    var object = member.object();
    var isGiven = object.hold().adopt().filter(s.identity().name()::equals).isPresent();
    var isHeld = object.hold().heldBy().filter(s.identity().uid()::equals).isPresent();
    if (isHeld) {
      return new MemberRole.ToRelease(member);
    }
    if (!isGiven) {
      return new MemberRole.NotOwned(object.subject(), Optional.empty());
    }
    var manager = manager(member);
    return manager.isPresent()
        ? new MemberRole.NotOwned(object.subject(), manager)
        : new MemberRole.ToAdopt(member);
  }

  /// Another manager that would write the object repeatedly.
  private static Optional<String> manager(Member member) {
    return member
        .object()
        .controller()
        .map(owner -> owner.kind() + " " + owner.name())
        .or(() -> member instanceof StoredSecret secret ? secret.manager() : Optional.empty());
  }

  private static Optional<MemberRole> unnamed(Snapshot s, Member member) {
    var object = member.object();
    if (object.leaving() || isPart(member)) {
      return Optional.empty();
    }
    var suspended = suspendedForOther(s, object.subject());
    if (suspended.isPresent()) {
      return object.matches() || isOurs(s, object) ? suspended : Optional.empty();
    }
    if (isOurs(s, object)) {
      return Optional.of(new MemberRole.Unlisted(member));
    }
    if (otherMaker(s, object).isPresent()) {
      return Optional.empty();
    }
    var rivals = s.rivals().getOrDefault(object.subject(), List.of());
    if (object.matches() && rivals.stream().allMatch(Membership::selects)) {
      // Two selectors over one object are worth a word; what another identity names is left to it
      // without one.
      return Optional.of(
          strongerRival(s, object.subject(), Strength.Selects)
              .<MemberRole>map(rival -> new MemberRole.ClaimedBy(object.subject(), rival))
              .orElseGet(() -> new MemberRole.Linked(member)));
    }
    // Where another identity has a claim, the marks are for that one to write: we would take away
    // what it puts there, for ever.
    return carriesOurMark(s, object) && rivals.isEmpty()
        ? Optional.of(new MemberRole.Former(member))
        : Optional.empty();
  }

  /// A Secret that belongs to the rotation of another Secret is handled together with that one.
  private static boolean isPart(Member member) {
    return member instanceof StoredSecret secret && secret.part().isPresent();
  }

  /// The Secrets that were created for the rotation of this Secret.
  public static List<StoredSecret> parts(Snapshot s, String secret) {
    return parts(s, part -> part.secret().equals(secret)).toList();
  }

  /// The same for any Secret.
  public static Stream<StoredSecret> parts(Snapshot s, Predicate<Part> which) {
    return s.members().stream()
        .filter(member -> isOurs(s, member.object()))
        .flatMap(
            member ->
                member instanceof StoredSecret found && found.part().filter(which).isPresent()
                    ? Stream.of(found)
                    : Stream.of());
  }

  private static boolean selects(Claim claim) {
    return claim.strength() == Strength.Selects;
  }

  private static Optional<String> strongerRival(Snapshot s, ObjectRef subject, Strength strength) {
    var ours = new Claim(strength, s.identity().createdAt(), s.identity().name());
    return s.rivals().getOrDefault(subject, List.of()).stream()
        .min(Comparator.naturalOrder())
        .filter(rival -> rival.compareTo(ours) < 0)
        .map(Claim::identity);
  }

  /// Whether we made it for this very identity, or were given it.
  public static boolean isOurs(Snapshot s, ObjectFacts object) {
    return object.controller().isPresent()
        ? object
            .controller()
            .filter(owner -> owner.isIdentity() && owner.uid().equals(s.identity().uid()))
            .isPresent()
        : object.hold().heldBy().filter(s.identity().uid()::equals).isPresent()
            && object.hold().adopt().filter(s.identity().name()::equals).isPresent();
  }

  private static Optional<String> otherMaker(Snapshot s, ObjectFacts object) {
    return object.controller().isPresent()
        ? object
            .controller()
            .filter(owner -> owner.isIdentity() && !owner.uid().equals(s.identity().uid()))
            .map(Controller::name)
        : object
            .hold()
            .adopt()
            .filter(_ -> object.hold().live())
            .filter(name -> !name.equals(s.identity().name()));
  }

  private static boolean carriesOurMark(Snapshot s, ObjectFacts object) {
    return object
            .marks()
            .identity()
            .map(Mark::value)
            .filter(s.identity().name()::equals)
            .isPresent()
        && object.marks().anyOurs();
  }

  private Membership() {}
}
