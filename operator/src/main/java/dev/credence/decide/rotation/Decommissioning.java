// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.CertManager.Output;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.identity.Identity.CertificateWanted;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Account;
import dev.credence.facts.identity.Member.Certificate;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Plans what happens to the credentials of a decommissioned identity. Hooks revoke its values
/// where they are checked; then the objects that Credence created are deleted. Other objects stay,
/// without managed labels and annotations, and are listed with what to do about them.
///
/// None of these steps can be undone, so each waits for the one before it: a value that could not
/// be revoked keeps its Secret, and the accounts are deleted last.
public final class Decommissioning {
  private static final String WHY = "the identity is decommissioned";

  private final RotationTarget t;
  private final SecretPlan plans;
  private final RotationCleanup cleanup;

  Decommissioning(RotationTarget t, SecretPlan plans, RotationCleanup cleanup) {
    this.t = t;
    this.plans = plans;
    this.cleanup = cleanup;
  }

  /// The plan of one generated Secret.
  Builder plan(MemberRole role) {
    return switch (role) {
      case MemberRole.Made(StoredSecret secret) ->
          secret
              .issue()
              .map(
                  issue ->
                      cleanup.cleaned(
                          ending(new IssuedSecret(secret, issue)),
                          Optional.of(new IssuedSecret(secret, issue))))
              .orElseGet(() -> ended().doing(leave(secret)));
      case MemberRole.ToRelease(StoredSecret secret) ->
          ended().doing(OwnershipLabels.release(secret.object()));
      case MemberRole _ ->
          ended()
              .with(cleanup.dropping(WHY))
              .doing(
                  RotationCleanup.revoking(t).isPresent()
                      ? List.of()
                      : RotationCleanup.removing(t.jobs(), WHY));
    };
  }

  private Builder ending(IssuedSecret current) {
    return RotationCleanup.revoking(t)
        .map(
            progress ->
                plans
                    .still(
                        current,
                        progress.phase(),
                        "Revoking the staged value, then the current one. "
                            + progress.message().orElse("The revoke hook runs."))
                    .with(progress))
        .orElseGet(() -> endingCurrent(current));
  }

  private Builder endingCurrent(IssuedSecret current) {
    return new Revocation(t, plans)
        .unended(current)
        .map(
            progress ->
                plans
                    .still(
                        current,
                        progress.phase(),
                        "Revoking the value, then deleting the Secret. "
                            + progress.message().orElse("The revoke hook runs."))
                    .with(cleanup.dropping(WHY))
                    .with(progress))
        .orElseGet(
            () ->
                plans
                    .still(current, Phase.Retiring, "Deleting the Secret.")
                    .doing(leave(current.secret())));
  }

  private Builder ended() {
    return plans
        .without(Phase.Revoked, "Revoked, since the identity is decommissioned.")
        .against(t.refusal());
  }

  /// Deletes an object that Credence created, and releases an object that was handed over to its
  /// owner.
  private static Action leave(Member member) {
    var object = member.object();
    return object.created()
        ? new Action.Remove(object.subject(), object.preconditions(), WHY)
        : OwnershipLabels.release(object);
  }

  /// The actions for all members except the generated Secrets.
  public static List<Action> actions(List<MemberRole> roles) {
    var actions = new ArrayList<Action>();
    for (var role : roles) {
      switch (role) {
        case MemberRole.Unlisted(var member) when !(member instanceof Account) ->
            actions.add(leave(member));
        case MemberRole.Made(Certificate certificate) -> actions.add(leave(certificate));
        case MemberRole.Made(Account account) when isLast(roles) -> actions.add(leave(account));
        case MemberRole.Unlisted(Account account) when isLast(roles) -> actions.add(leave(account));
        case MemberRole.Linked(var member) when member.object().marks().anyOurs() ->
            actions.add(OwnershipLabels.off(member.object()));
        case MemberRole _ -> {}
      }
    }
    return actions;
  }

  /// Whether no Secret is left that a hook may need an account for.
  private static boolean isLast(List<MemberRole> roles) {
    return roles.stream()
        .noneMatch(
            role ->
                role instanceof MemberRole.Made(StoredSecret _)
                    || role instanceof MemberRole.Unlisted(StoredSecret _));
  }

  /// The steps that remain for users.
  public static List<String> left(Snapshot s, List<MemberRole> roles) {
    return Stream.of(
            s.identity().certificates().stream().flatMap(wanted -> remaining(s, wanted).stream()),
            s.identity().secrets().stream()
                .filter(wanted -> wanted.material().isPresent() && !wanted.isToken())
                .filter(wanted -> wanted.hooks().revoke().isEmpty())
                .map(Decommissioning::unended),
            roles.stream()
                .flatMap(
                    role ->
                        role instanceof MemberRole.Linked(var member)
                            ? Stream.of(advice(member))
                            : Stream.of()),
            s.suspensionFacts().bindings().stream().flatMap(Decommissioning::advice))
        .flatMap(sentences -> sentences)
        .toList();
  }

  /// Only those who trust its CA can revoke it, and it may be mounted still.
  private static Optional<String> remaining(Snapshot s, CertificateWanted wanted) {
    return wanted
        .issue()
        .map(Issuance::secretName)
        .filter(
            secret ->
                Optional.ofNullable(s.certManager().outputs().get(secret))
                    .flatMap(Output::createdFor)
                    .filter(wanted.name()::equals)
                    .isPresent())
        .map(
            secret ->
                ObjectRef.secret(secret)
                    + " stays, with a certificate that is valid until it expires. Delete it when nothing uses it.");
  }

  /// Only a user can revoke it.
  private static String unended(SecretWanted wanted) {
    return "Secret "
        + wanted.name()
        + " has no `revoke` hook. Revoke its value"
        + wanted
            .account()
            .map(account -> " for " + account.name() + " at " + account.system())
            .orElse(" in the target system")
        + ".";
  }

  private static String advice(Member member) {
    return switch (member) {
      case Account account ->
          account.subject()
              + " stays, and cannot write or get new tokens while this MachineIdentity exists. Delete the ServiceAccount, then the MachineIdentity.";
      case StoredSecret secret ->
          secret.subject()
              + " stays. Revoke its value in the system that issued it, then delete the Secret.";
      case Certificate certificate ->
          certificate.subject()
              + " stays, and cert-manager continues to renew it. Delete it and its Secret.";
    };
  }

  private static Stream<String> advice(Bindings bindings) {
    return Stream.concat(
        bindings.names().stream()
            .map(name -> name + " still refers to its ServiceAccounts. Delete it."),
        bindings.problem().stream()
            .map(
                problem ->
                    Sentences.sentence(
                        "the operator cannot tell which bindings still refer to its ServiceAccounts: "
                            + problem)));
  }
}
