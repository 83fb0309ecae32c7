// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The facts about cert-manager and the Certificates of one identity. `installed`: whether its
/// resources are known to the cluster.
///
/// `issuers`: those that the Certificates name; one that is not in it is not known. `outputs`: what
/// is at the names of the Secrets that the identity's Certificates are to write.
public record CertManager(
    boolean installed, Map<Issuer.Ref, Issuer> issuers, Map<String, Output> outputs) {
  public static final CertManager ABSENT = new CertManager(false, Map.of(), Map.of());

  public CertManager {
    issuers = Map.copyOf(issuers);
    outputs = Map.copyOf(outputs);
  }

  /// `exists`: there is such a Secret; `createdFor`: the Certificate that cert-manager made it for;
  /// `writers`: the Certificates that write it, whether they have yet or not; `claimedBy`: another
  /// identity that is to make it, or was there first to have it written.
  public record Output(
      boolean exists,
      Optional<String> createdFor,
      List<String> writers,
      Optional<String> claimedBy) {
    public Output {
      writers = List.copyOf(writers);
    }
  }
}
