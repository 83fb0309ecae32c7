// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.certificate;

import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuance.Key;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Certificates;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Is a certificate what the policy wants? What cert-manager fills in where nothing is said counts
/// as said: 2160h, a third of its life, RSA of 2048 bits.
final class CertificateRules {

  /// The broken rules, one blocker each.
  static List<Blocker> broken(ObjectRef subject, Issuance asked, EffectivePolicy policy) {
    return policy
        .certificates()
        .map(
            chosen -> {
              var rule = chosen.section();
              return Stream.of(
                      issuer(asked, rule).map(text -> blocker(Reason.IssuerNotAllowed, text)),
                      key(asked.key(), rule).map(text -> blocker(Reason.KeyTooWeak, text)),
                      lifetime(asked, rule).map(text -> blocker(Reason.CertificateTooLong, text)),
                      renewal(asked, rule).map(text -> blocker(Reason.RenewalTooLate, text)))
                  .flatMap(Optional::stream)
                  .map(
                      found ->
                          new Blocker(
                              found.reason(),
                              subject + " " + found.message() + " (policy " + chosen.policy() + ")",
                              found.impact()))
                  .toList();
            })
        .orElse(List.of());
  }

  private static Blocker blocker(Reason reason, String text) {
    return new Blocker(reason, text, Impact.Violation);
  }

  private static Optional<String> issuer(Issuance asked, Certificates rule) {
    return rule.issuers().isEmpty()
            || rule.issuers().stream().anyMatch(allowed -> allowed.matches(asked.issuer()))
        ? Optional.empty()
        : Optional.of(
            "is signed by "
                + asked.issuer()
                + ": allowed are "
                + rule.issuers().stream()
                    .map(Certificates.Allowed::toString)
                    .collect(Collectors.joining(", ")));
  }

  private static Optional<String> key(Key key, Certificates rule) {
    var algorithm = key.algorithmInUse();
    if (!rule.algorithms().isEmpty() && !rule.algorithms().contains(algorithm)) {
      return Optional.of(
          "has a key of "
              + algorithm
              + ": allowed are "
              + rule.algorithms().stream().sorted().collect(Collectors.joining(", ")));
    }
    return switch (algorithm) {
      case Key.RSA -> tooShort(key, rule.minRSA());
      case Key.ECDSA -> tooShort(key, rule.minECDSA());
      default -> Optional.empty();
    };
  }

  private static Optional<String> tooShort(Key key, OptionalInt least) {
    return key.sizeInUse()
        .filter(size -> least.isPresent() && size < least.getAsInt())
        .map(
            size ->
                "has a key of "
                    + size
                    + " bits of "
                    + key.algorithmInUse()
                    + ": it must have at least "
                    + least.getAsInt());
  }

  private static Optional<String> lifetime(Issuance asked, Certificates rule) {
    if (rule.maxDuration().isPresent() && asked.isUnreadable("duration")) {
      return Optional.of(
          "has a `duration` that cannot be read: at most "
              + Durations.text(rule.maxDuration().get())
              + " is allowed");
    }
    return rule.maxDuration()
        .filter(longest -> asked.lifetime().compareTo(longest) > 0)
        .map(
            longest ->
                "is valid for "
                    + Durations.text(asked.lifetime())
                    + ": at most "
                    + Durations.text(longest)
                    + " is allowed");
  }

  private static Optional<String> renewal(Issuance asked, Certificates rule) {
    if (rule.minRenewBefore().isPresent() && asked.isUnreadable("renewBefore")) {
      return Optional.of(
          "has a `renewBefore` that cannot be read: it must be renewed "
              + Durations.text(rule.minRenewBefore().get())
              + " before its expiration at the latest");
    }
    return rule.minRenewBefore()
        .filter(least -> !asked.renews() || asked.renewal().compareTo(least) < 0)
        .map(
            least ->
                (asked.renews()
                        ? "is renewed " + Durations.text(asked.renewal()) + " before its end"
                        : "is not renewed (`renewal.policy: Disabled`)")
                    + ": it must be "
                    + Durations.text(least)
                    + " before at the latest");
  }

  private CertificateRules() {}
}
