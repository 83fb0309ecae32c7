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
                      issuer(asked, rule).map(text -> new Violation(Reason.IssuerNotAllowed, text)),
                      key(asked.key(), rule).map(text -> new Violation(Reason.KeyTooWeak, text)),
                      lifetime(asked, rule)
                          .map(text -> new Violation(Reason.CertificateTooLong, text)),
                      renewal(asked, rule).map(text -> new Violation(Reason.RenewalTooLate, text)))
                  .flatMap(Optional::stream)
                  .map(
                      found ->
                          new Blocker(
                              found.reason(),
                              subject + " " + found.what() + " (policy " + chosen.policy() + ").",
                              Impact.Violation))
                  .toList();
            })
        .orElse(List.of());
  }

  /// `what` is the rest of a sentence about the Certificate.
  private record Violation(Reason reason, String what) {}

  private static Optional<String> issuer(Issuance asked, Certificates rule) {
    return rule.issuers().isEmpty()
            || rule.issuers().stream().anyMatch(allowed -> allowed.matches(asked.issuer()))
        ? Optional.empty()
        : Optional.of(
            "is signed by "
                + asked.issuer()
                + "; the policy allows "
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
              + "; the policy allows "
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
                "has an "
                    + key.algorithmInUse()
                    + " key of "
                    + size
                    + " bits; the policy requires at least "
                    + least.getAsInt());
  }

  private static Optional<String> lifetime(Issuance asked, Certificates rule) {
    if (rule.maxDuration().isPresent() && asked.isUnreadable("duration")) {
      return Optional.of(
          "has a `duration` that cannot be read; the policy allows at most "
              + Durations.text(rule.maxDuration().get()));
    }
    return rule.maxDuration()
        .filter(longest -> asked.lifetime().compareTo(longest) > 0)
        .map(
            longest ->
                "is valid for "
                    + Durations.text(asked.lifetime())
                    + "; the policy allows at most "
                    + Durations.text(longest));
  }

  private static Optional<String> renewal(Issuance asked, Certificates rule) {
    if (rule.minRenewBefore().isPresent() && asked.isUnreadable("renewBefore")) {
      return Optional.of(
          "has a `renewBefore` that cannot be read; the policy requires renewal at least "
              + Durations.text(rule.minRenewBefore().get())
              + " before the expiration");
    }
    return rule.minRenewBefore()
        .filter(least -> !asked.renews() || asked.renewal().compareTo(least) < 0)
        .map(
            least ->
                (asked.renews()
                        ? "is renewed " + Durations.text(asked.renewal()) + " before its expiration"
                        : "is not renewed (`renewal.policy: Disabled`)")
                    + "; the policy requires renewal at least "
                    + Durations.text(least)
                    + " before the expiration");
  }

  private CertificateRules() {}
}
