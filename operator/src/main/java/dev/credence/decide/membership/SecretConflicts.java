// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.CertManager.Output;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.identity.Identity.CertificateWanted;
import dev.credence.facts.object.ObjectRef;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether cert-manager would write the Secret of a Certificate over what others have.
public final class SecretConflicts {

  /// The request for the certificate that the identity has issued under this name.
  public static Optional<Issuance> issue(Snapshot s, ObjectRef subject) {
    return subject.kind() == ObjectRef.Kind.Certificate
        ? s.identity().certificates().stream()
            .filter(wanted -> wanted.name().equals(subject.name()))
            .findFirst()
            .flatMap(CertificateWanted::issue)
        : Optional.empty();
  }

  /// Why a Certificate that is not there yet may not be made: cert-manager would write over what
  /// others have.
  public static Optional<String> inTheWay(Snapshot s, ObjectRef subject) {
    return issue(s, subject).flatMap(issue -> inTheWay(s, subject, issue));
  }

  public static Optional<String> inTheWay(Snapshot s, ObjectRef subject, Issuance issue) {
    return Optional.ofNullable(s.certManager().outputs().get(issue.secretName()))
        .flatMap(
            output ->
                generated(s, issue)
                    .or(() -> occupied(subject, issue, output))
                    .or(() -> alsoWritten(s, subject, issue, output))
                    .or(() -> claimed(subject, issue, output)));
  }

  /// The schema does not let it through; an identity may be older than that rule.
  private static Optional<String> generated(Snapshot s, Issuance issue) {
    return s.identity().secrets().stream()
            .anyMatch(
                secret -> secret.name().equals(issue.secretName()) && secret.material().isPresent())
        ? Optional.of(
            ObjectRef.secret(issue.secretName())
                + " is made by `spec.secrets` of this identity, so nothing is issued: choose another `secretName`")
        : Optional.empty();
  }

  private static Optional<String> occupied(ObjectRef subject, Issuance issue, Output output) {
    return output.exists() && !output.createdFor().equals(Optional.of(subject.name()))
        ? Optional.of(
            ObjectRef.secret(issue.secretName())
                + " exists and is not of "
                + subject
                + output.createdFor().map(other -> " but of Certificate " + other).orElse("")
                + ": cert-manager would write over it, so nothing is issued: choose another `secretName`, or delete the Secret if nothing uses it")
        : Optional.empty();
  }

  private static Optional<String> claimed(ObjectRef subject, Issuance issue, Output output) {
    return output
        .claimedBy()
        .filter(_ -> !output.createdFor().equals(Optional.of(subject.name())))
        .map(
            identity ->
                ObjectRef.secret(issue.secretName())
                    + " is for MachineIdentity "
                    + identity
                    + " to make, so nothing is issued: choose another `secretName`");
  }

  /// By one that is there, or by one that the identity lists first.
  private static Optional<String> alsoWritten(
      Snapshot s, ObjectRef subject, Issuance issue, Output output) {
    return Stream.concat(
            output.writers().stream(),
            s.identity().certificates().stream()
                .takeWhile(wanted -> !wanted.name().equals(subject.name()))
                .filter(
                    wanted ->
                        wanted
                            .issue()
                            .filter(other -> other.secretName().equals(issue.secretName()))
                            .isPresent())
                .map(CertificateWanted::name))
        .filter(writer -> !writer.equals(subject.name()))
        .findFirst()
        .map(
            other ->
                ObjectRef.secret(issue.secretName())
                    + " is written by Certificate "
                    + other
                    + " too: cert-manager would issue each over the other: choose another `secretName`");
  }

  private SecretConflicts() {}
}
