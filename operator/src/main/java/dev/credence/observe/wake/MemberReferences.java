// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.wake;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.observe.certmanager.CertificateReader;
import dev.credence.observe.read.IdentityReader;
import dev.credence.observe.read.LifecycleReader;
import java.util.Optional;
import java.util.stream.Stream;

/// The objects that an identity lists by name: the index by which a change of an object finds its
/// identities.
public final class MemberReferences {

  public static Stream<ObjectRef> names(MachineIdentity identity) {
    var spec = Optional.ofNullable(identity.getSpec());
    return Stream.of(
            IdentityReader.list(spec.map(MachineIdentitySpec::serviceAccounts))
                .map(member -> ObjectRef.account(member.name())),
            IdentityReader.list(spec.map(MachineIdentitySpec::secrets))
                .map(member -> ObjectRef.secret(member.name())),
            IdentityReader.list(spec.map(MachineIdentitySpec::certificates))
                .map(member -> ObjectRef.certificate(member.name())))
        .flatMap(subjects -> subjects);
  }

  /// Other dependencies of the identity: the Secrets that its Certificates are to write.
  public static Stream<ObjectRef> dependsOn(MachineIdentity identity) {
    return IdentityReader.list(
            Optional.ofNullable(identity.getSpec()).map(MachineIdentitySpec::certificates))
        .flatMap(member -> CertificateReader.of(member.issue()).stream())
        .map(issue -> ObjectRef.secret(issue.secretName()));
  }

  /// The Secrets whose tokens were ended for it.
  static Stream<ObjectRef> remembers(MachineIdentity identity) {
    return Stream.ofNullable(identity.getStatus())
        .flatMap(LifecycleReader::ended)
        .map(token -> ObjectRef.secret(token.secret()));
  }

  public static boolean makes(MachineIdentity identity, ObjectRef subject) {
    var spec = Optional.ofNullable(identity.getSpec());
    return subject.kind() == Kind.Secret
        ? IdentityReader.list(spec.map(MachineIdentitySpec::secrets))
            .anyMatch(
                member ->
                    subject.name().equals(member.name())
                        && (member.generate() != null || member.token() != null))
        : subject.kind() == Kind.Certificate
            ? IdentityReader.list(spec.map(MachineIdentitySpec::certificates))
                .anyMatch(member -> subject.name().equals(member.name()) && member.issue() != null)
            : subject.kind() == Kind.ServiceAccount
                && IdentityReader.list(spec.map(MachineIdentitySpec::serviceAccounts))
                    .anyMatch(
                        member ->
                            subject.name().equals(member.name()) && member.provision() != null);
  }

  public static boolean selects(MachineIdentity identity) {
    return IdentityReader.selector(identity).isPresent();
  }

  private MemberReferences() {}
}
