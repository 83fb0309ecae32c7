package dev.credence.facts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A MachineIdentity as it was written. `leaving`: it is being deleted. `knownVersions`: the last
/// version of each generated Secret in its status, so that a Secret that somebody deleted is
/// counted on.
public record Identity(
    String namespace,
    String name,
    String uid,
    long generation,
    Instant createdAt,
    boolean leaving,
    Map<String, String> labels,
    Optional<Request> rotate,
    Owner owner,
    Optional<String> type,
    Optional<Instant> expirationTime,
    List<AccountWanted> accounts,
    List<SecretWanted> secrets,
    List<String> certificates,
    Map<String, Long> knownVersions) {

  public Identity {
    labels = Map.copyOf(labels);
    accounts = List.copyOf(accounts);
    secrets = List.copyOf(secrets);
    certificates = List.copyOf(certificates);
    knownVersions = Map.copyOf(knownVersions);
  }

  public record Owner(Optional<String> contact, Optional<String> team, Optional<String> backup) {}

  /// `provision` empty: it must exist. Else: it is made, with this for
  /// `automountServiceAccountToken`.
  public record AccountWanted(String name, Optional<Boolean> provision) {}

  /// `recipe` empty: linked only.
  public record SecretWanted(
      String name,
      Optional<AccountElsewhere> account,
      String type,
      Optional<Recipe> recipe,
      RotationRule rotation) {}

  /// The account in some other system that a Secret opens.
  public record AccountElsewhere(String kind, String system, String name) {}
}
