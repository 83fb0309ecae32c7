// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.credential.Issuer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What a policy asks of certificates. What is empty is not asked for. `minRSA` and `minECDSA` in
/// bits.
public record Certificates(
    Optional<Duration> maxDuration,
    Optional<Duration> minRenewBefore,
    List<Allowed> issuers,
    Set<String> algorithms,
    OptionalInt minRSA,
    OptionalInt minECDSA) {
  public static final Certificates NONE =
      new Certificates(
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Set.of(),
          OptionalInt.empty(),
          OptionalInt.empty());

  public Certificates {
    issuers = List.copyOf(issuers);
    algorithms = Set.copyOf(algorithms);
  }

  /// `name` empty: every issuer of the kind.
  public record Allowed(String group, String kind, Optional<String> name) {
    public boolean matches(Issuer.Ref issuer) {
      return group.equals(issuer.group())
          && kind.equals(issuer.kind())
          && name.filter(only -> !only.equals(issuer.name())).isEmpty();
    }

    @Override
    public String toString() {
      return name.map(only -> new Issuer.Ref(group, kind, only).toString())
          .orElseGet(() -> "any " + kind + (group.equals(Issuer.GROUP) ? "" : "." + group));
    }
  }
}
