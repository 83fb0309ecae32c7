// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.Selector;
import dev.credence.facts.policy.RotationRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A MachineIdentity as it was written. `leaving`: it is being deleted. `retain`: objects that were
/// created for it stay without it. `knownVersions`: the last version of each generated Secret in
/// its status, so that the count goes on for a Secret that a user deleted. `known`: by the names of
/// credentials. `labels` have [#DISCOVERED] only until the identity is adopted.
public record Identity(
    String namespace,
    String name,
    String uid,
    long generation,
    Instant createdAt,
    boolean leaving,
    Map<String, String> labels,
    Requests requests,
    LifecycleRequests lifecycleRequests,
    Owner owner,
    Optional<String> type,
    Optional<Instant> expirationTime,
    boolean retain,
    List<AccountWanted> accounts,
    List<SecretWanted> secrets,
    List<CertificateWanted> certificates,
    Optional<Selector> selector,
    Map<String, Long> knownVersions,
    Map<String, Known> known,
    RecordedStatus recorded) {
  /// The label of an identity that we wrote for an account that we found.
  public static final String DISCOVERED = "credence.dev/discovered";

  public Identity {
    labels = Map.copyOf(labels);
    accounts = List.copyOf(accounts);
    secrets = List.copyOf(secrets);
    certificates = List.copyOf(certificates);
    knownVersions = Map.copyOf(knownVersions);
    known = Map.copyOf(known);
  }

  /// Credence wrote it for an account that it found, and no user has adopted it.
  public boolean discovered() {
    return labels.containsKey(DISCOVERED);
  }

  public record Owner(Optional<String> contact, Optional<String> team, Optional<String> backup) {}

  /// `provision` empty: it must exist. Else: it is made, with this for
  /// `automountServiceAccountToken`.
  public record AccountWanted(String name, Optional<Boolean> provision) {}

  /// `material` empty: linked only.
  public record SecretWanted(
      String name,
      Optional<AccountElsewhere> account,
      String type,
      Optional<SecretContent> material,
      RotationRule rotation,
      Hooks hooks,
      SecretMetadata metadata,
      Optional<String> rotationRequest) {

    /// One without metadata and request.
    public SecretWanted(
        String name,
        Optional<AccountElsewhere> account,
        String type,
        Optional<SecretContent> material,
        RotationRule rotation,
        Hooks hooks) {
      this(name, account, type, material, rotation, hooks, SecretMetadata.NONE, Optional.empty());
    }

    /// Whether it is to hold a token of a ServiceAccount.
    public boolean isToken() {
      return material.filter(TokenRecipe.class::isInstance).isPresent();
    }

    /// The same with other hooks.
    public SecretWanted with(Hooks others) {
      return new SecretWanted(
          name, account, type, material, rotation, others, metadata, rotationRequest);
    }
  }

  /// `issue` empty: it must exist. Else: it is made, and asks for this.
  public record CertificateWanted(String name, Optional<Issuance> issue) {}

  /// The facts that the status has about this credential.
  public Optional<Known> known(String credential) {
    return Optional.ofNullable(known.get(credential));
  }

  /// Facts about a credential that only the status remembers: its consumers at the last count, and
  /// what was requested from cert-manager: `renewing` is the revision that is to be followed by
  /// another, `failedAttempts` how often it had failed by then, and the last probe.
  public record Known(
      Optional<Users> consumers,
      Optional<String> rotate,
      Optional<String> revoke,
      Optional<String> rotateNow,
      Optional<String> rotationRequest,
      Optional<Integer> renewing,
      Optional<Integer> failedAttempts,
      Optional<Probed> probe) {}

  /// The last probe of a credential. `failure`: why the last one that ended failed; `passed`: it
  /// succeeded. Neither before the first one ended.
  public record Probed(Instant start, Optional<String> failure, boolean passed) {}

  /// The number of consumers of a Secret, of those that use its current value, and of those that
  /// use a value that is no longer valid.
  public record Users(int total, int current, int leftBehind) {
    public Users(int total, int current) {
      this(total, current, 0);
    }
  }

  /// The account in some other system that a Secret opens.
  public record AccountElsewhere(String type, String system, String name) {}
}
