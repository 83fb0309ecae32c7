package dev.credence.observe.wake;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.facts.object.Subject;
import dev.credence.facts.object.Subject.Kind;
import dev.credence.observe.certmanager.Issuances;
import dev.credence.observe.read.Specs;
import java.util.Optional;
import java.util.stream.Stream;

/// Which objects an identity lists by name: the index by which an object finds the identities it
/// matters to.
public final class Wants {

  public static Stream<Subject> names(MachineIdentity identity) {
    var spec = Optional.ofNullable(identity.getSpec());
    return Stream.of(
            Specs.list(spec.map(MachineIdentitySpec::serviceAccounts))
                .map(member -> Subject.account(member.name())),
            Specs.list(spec.map(MachineIdentitySpec::secrets))
                .map(member -> Subject.secret(member.name())),
            Specs.list(spec.map(MachineIdentitySpec::certificates))
                .map(member -> Subject.certificate(member.name())))
        .flatMap(subjects -> subjects);
  }

  /// What else the identity depends on: the Secrets that its Certificates are to write.
  public static Stream<Subject> heeds(MachineIdentity identity) {
    return Specs.list(
            Optional.ofNullable(identity.getSpec()).map(MachineIdentitySpec::certificates))
        .flatMap(member -> Issuances.of(member.issue()).stream())
        .map(issue -> Subject.secret(issue.secretName()));
  }

  public static boolean makes(MachineIdentity identity, Subject subject) {
    var spec = Optional.ofNullable(identity.getSpec());
    return subject.kind() == Kind.Secret
        ? Specs.list(spec.map(MachineIdentitySpec::secrets))
            .anyMatch(
                member ->
                    subject.name().equals(member.name())
                        && (member.generate() != null || member.token() != null))
        : subject.kind() == Kind.Certificate
            ? Specs.list(spec.map(MachineIdentitySpec::certificates))
                .anyMatch(member -> subject.name().equals(member.name()) && member.issue() != null)
            : subject.kind() == Kind.ServiceAccount
                && Specs.list(spec.map(MachineIdentitySpec::serviceAccounts))
                    .anyMatch(
                        member ->
                            subject.name().equals(member.name()) && member.provision() != null);
  }

  public static boolean selects(MachineIdentity identity) {
    return Specs.selector(identity).isPresent();
  }

  private Wants() {}
}
