// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.decide.Decide;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Moving;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Cores with a planted fault each, to test that the exploration finds it.
final class PlantedFaults {

  /// Ends the previous value when its overlap is over, whoever still holds it.
  static Decision waitingForNobody(Snapshot s) {
    var retirements =
        made(s)
            .filter(
                secret ->
                    secret
                        .issue()
                        .flatMap(issue -> issue.previousRetiresAt())
                        .filter(time -> !time.isAfter(s.now()))
                        .isPresent())
            .map(secret -> new Action.Retire(secret.subject(), secret.object().preconditions()));
    return with(Decide.next(s), retirements);
  }

  /// Puts in force what was not verified.
  static Decision verifyingNothing(Snapshot s) {
    return Decide.next(
        wanting(
            s,
            wanted ->
                new SecretWanted(
                    wanted.name(),
                    wanted.account(),
                    wanted.type(),
                    wanted.material(),
                    wanted.rotation(),
                    new Hooks(wanted.hooks().apply(), Optional.empty(), wanted.hooks().revoke()))));
  }

  /// Leaves the pending Secret where it is.
  static Decision leavingThePending(Snapshot s) {
    return without(
        Decide.next(s),
        action ->
            action instanceof Action.Remove(var subject, _, _)
                && subject.name().endsWith("-pending"));
  }

  /// Does not count on.
  static Decision countingWrong(Snapshot s) {
    var decision = Decide.next(s);
    return new Decision(
        decision.actions().stream()
            .map(
                action ->
                    action
                            instanceof
                            Action.Rotate(
                                var subject,
                                var preconditions,
                                var material,
                                var versionInfo,
                                var why)
                        ? new Action.Rotate(
                            subject, preconditions, material, again(versionInfo), why)
                        : action)
            .toList(),
        decision.status(),
        decision.reconcileAt(),
        decision.counted());
  }

  private static VersionInfo again(VersionInfo versionInfo) {
    return new VersionInfo(
        versionInfo.version() - 1,
        versionInfo.issuedAt(),
        versionInfo.previousRetiresAt(),
        versionInfo.keepsPrevious(),
        versionInfo.generatorSpec(),
        versionInfo.account(),
        versionInfo.handled());
  }

  /// Takes what is in the way for its own.
  static Decision clearingTheWay(Snapshot s) {
    var inTheWay =
        s.members().stream()
            .filter(member -> member.object().controller().isEmpty())
            .filter(member -> member.subject().name().endsWith("-pending"))
            .map(
                member ->
                    new Action.Remove(
                        member.subject(), member.object().preconditions(), "it is in the way"));
    return with(Decide.next(s), inTheWay);
  }

  /// Forgets what it answered.
  static Decision answeringForEver(Snapshot s) {
    var answers =
        made(s)
            .filter(secret -> secret.requests().rollback().isPresent())
            .map(
                secret ->
                    new Action.Acknowledge(
                        secret.subject(),
                        secret.object().preconditions(),
                        Handled.NONE,
                        Optional.empty(),
                        "nothing to roll back to"));
    return with(Decide.next(s), answers);
  }

  /// Takes the overlap for over.
  static Decision revokingEarly(Snapshot s) {
    return Decide.next(
        new Snapshot(
            s.now(),
            s.identity(),
            s.namespaceFacts(),
            s.policies(),
            s.members().stream().map(PlantedFaults::withoutOverlap).toList(),
            s.rivals(),
            s.certManager(),
            s.jobs(),
            s.consumers(),
            s.evidence(),
            s.grants(),
            s.suspensionFacts(),
            s.failedWrites()));
  }

  private static Member withoutOverlap(Member member) {
    return member instanceof StoredSecret secret
        ? new StoredSecret(
            secret.object(),
            secret
                .issue()
                .map(
                    issue ->
                        new Issue(
                            issue.version(),
                            issue.issuedAt(),
                            issue.previousRetiresAt().map(_ -> issue.issuedAt()),
                            issue.previous(),
                            issue.generatorSpec(),
                            issue.account(),
                            issue.handled(),
                            issue.aborted(),
                            Moving.NONE,
                            List.of())),
            secret.requests(),
            secret.endDate(),
            secret.legacyToken(),
            secret.part(),
            secret.manager(),
            secret.runs(),
            secret.overwritten())
        : member;
  }

  private static Stream<StoredSecret> made(Snapshot s) {
    return s.identity().secrets().stream()
        .flatMap(wanted -> s.member(ObjectRef.secret(wanted.name())).stream())
        .map(StoredSecret.class::cast);
  }

  private static Decision with(Decision decision, Stream<? extends Action> more) {
    var actions = new ArrayList<>(decision.actions());
    more.forEach(actions::add);
    return new Decision(actions, decision.status(), decision.reconcileAt(), decision.counted());
  }

  private static Decision without(Decision decision, Function<Action, Boolean> which) {
    List<Action> left = decision.actions().stream().filter(action -> !which.apply(action)).toList();
    return new Decision(left, decision.status(), decision.reconcileAt(), decision.counted());
  }

  private static Snapshot wanting(Snapshot s, Function<SecretWanted, SecretWanted> change) {
    var of = s.identity();
    return new Snapshot(
        s.now(),
        new Identity(
            of.namespace(),
            of.name(),
            of.uid(),
            of.generation(),
            of.createdAt(),
            of.leaving(),
            of.labels(),
            of.requests(),
            of.lifecycleRequests(),
            of.owner(),
            of.type(),
            of.expirationTime(),
            of.retain(),
            of.accounts(),
            of.secrets().stream().map(change).toList(),
            of.certificates(),
            of.selector(),
            of.knownVersions(),
            of.known(),
            of.recorded()),
        s.namespaceFacts(),
        s.policies(),
        s.members(),
        s.rivals(),
        s.certManager(),
        s.jobs(),
        s.consumers(),
        s.evidence(),
        s.grants(),
        s.suspensionFacts(),
        s.failedWrites());
  }

  private PlantedFaults() {}
}
