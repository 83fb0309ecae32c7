// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.identity.Member;
import dev.credence.facts.object.ObjectRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The relation of an object to the identity.
public sealed interface MemberRole {
  ObjectRef subject();

  /// It exists, and the identity has it; it is not ours to write but for label and annotations.
  record Linked(Member member) implements Taken {}

  /// We made it for this identity.
  record Made(Member member) implements Taken {}

  /// Credence created it for this identity, which no longer lists it. It stays until a user is sure
  /// that nothing uses it.
  record Unlisted(Member member) implements Taken {}

  /// Its owner hands it over to this identity, which is to generate it.
  record ToAdopt(Member member) implements Taken {}

  /// Its owner handed it over to this identity and takes it back.
  record ToRelease(Member member) implements Taken {}

  /// It carries our marks and is no member any more.
  record Former(Member member) implements Taken {}

  /// It does not exist, and it is for us to make.
  record ToMake(ObjectRef subject) implements MemberRole {}

  /// It does not exist, and it is for others to make.
  record Missing(ObjectRef subject) implements MemberRole {}

  /// It is being deleted; what comes after it is decided when it is gone.
  record Terminating(ObjectRef subject) implements MemberRole {}

  /// It is to be generated, and an object that is not managed by Credence has the name. `manager`:
  /// what manages that object, where its owner hands it over all the same.
  record NotOwned(ObjectRef subject, Optional<String> manager) implements MemberRole {}

  /// It does not exist, and it is for us to make, which would harm what others have. `why` says
  /// what is in the way.
  record WouldOverwrite(ObjectRef subject, String why) implements MemberRole {}

  /// Another identity has it.
  record ClaimedBy(ObjectRef subject, String identity) implements MemberRole {}

  /// A ServiceAccount that is suspended for another identity, which may have been deleted
  /// meanwhile. No claim takes it out of that suspension.
  record ClaimedWhileSuspended(ObjectRef subject, String identity) implements MemberRole {}

  /// A certificate, and the cluster knows none.
  record NoCertManager(ObjectRef subject) implements MemberRole {}

  /// The ServiceAccounts that are the identity's, by name.
  static Set<String> accounts(List<MemberRole> roles) {
    return roles.stream()
        .filter(
            role ->
                role instanceof Linked(Member.Account _)
                    || role instanceof Made(Member.Account _)
                    || role instanceof Unlisted(Member.Account _))
        .map(role -> role.subject().name())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The objects of the identity.
  static Set<ObjectRef> own(List<MemberRole> roles) {
    return subjects(roles, MemberRole::isOwn);
  }

  /// The same, and the objects that this reconcile creates.
  static Set<ObjectRef> presentOrComing(List<MemberRole> roles) {
    return subjects(
        roles, role -> role.isOwn() || role instanceof ToMake || role instanceof ToAdopt);
  }

  private boolean isOwn() {
    return this instanceof Linked || this instanceof Made || this instanceof Unlisted;
  }

  private static Set<ObjectRef> subjects(List<MemberRole> roles, Predicate<MemberRole> which) {
    return roles.stream()
        .filter(which)
        .map(MemberRole::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// A seat with an object on it.
  sealed interface Taken extends MemberRole {
    Member member();

    @Override
    default ObjectRef subject() {
      return member().subject();
    }
  }
}
