// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.Action;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.policy.CertificateRule;
import dev.credence.facts.policy.PolicyRules;
import dev.credence.facts.policy.PolicyRules.Discovery;
import dev.credence.facts.policy.PolicyRules.Exemption;
import dev.credence.facts.policy.PolicyRules.Idleness;
import dev.credence.facts.policy.PolicyRules.Legacy;
import dev.credence.facts.policy.PolicyRules.LegacyTokens;
import dev.credence.facts.policy.PolicyRules.Privileges;
import dev.credence.facts.policy.PolicyRules.Reviewing;
import dev.credence.facts.policy.Severity;
import dev.credence.raw.UntrustedText;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// Reads the rules of a CredentialPolicy.
final class PolicyRulesReader {

  static PolicyRules of(Optional<CredentialPolicySpec> spec) {
    return new PolicyRules(
        idleness(spec.map(CredentialPolicySpec::idle)),
        reviewing(spec.map(CredentialPolicySpec::review)),
        privileges(spec.map(CredentialPolicySpec::privileges)),
        legacyTokens(
            spec.map(CredentialPolicySpec::tokens).map(CredentialPolicySpec.Tokens::legacy)),
        certificates(spec.map(CredentialPolicySpec::certificates)),
        spec.map(CredentialPolicySpec::discovery)
            .map(CredentialPolicySpec.Discovery::mode)
            .map(written -> Discovery.valueOf(written.name()))
            .orElse(Discovery.Disabled));
  }

  private static Idleness idleness(Optional<CredentialPolicySpec.Idle> rule) {
    return new Idleness(
        rule.flatMap(written -> UntrustedText.duration(written.unusedFor())),
        rule.filter(written -> written.onIdle() == Action.Suspend).isPresent());
  }

  private static Reviewing reviewing(Optional<CredentialPolicySpec.Review> rule) {
    return new Reviewing(
        rule.flatMap(written -> UntrustedText.duration(written.interval())),
        rule.filter(written -> written.onOverdue() == Action.Suspend).isPresent());
  }

  /// A severity of a newer version, which comes as null, is taken for the default.
  private static Privileges privileges(Optional<CredentialPolicySpec.Privileges> rule) {
    return new Privileges(
        rule.map(
            written ->
                written.minSeverity() == null
                    ? Severity.Medium
                    : Severity.valueOf(written.minSeverity().name())),
        IdentityReader.list(rule.map(CredentialPolicySpec.Privileges::exceptions))
            .filter(written -> written.rule() != null)
            .map(
                written ->
                    new Exemption(
                        written.rule(),
                        UntrustedText.present(written.reason()).orElse(""),
                        Optional.ofNullable(written.expirationTime())))
            .toList());
  }

  private static LegacyTokens legacyTokens(Optional<CredentialPolicySpec.LegacyTokens> rule) {
    return new LegacyTokens(
        rule.map(CredentialPolicySpec.LegacyTokens::onUnused)
            .map(written -> Legacy.valueOf(written.name()))
            .orElse(Legacy.Report),
        rule.flatMap(written -> UntrustedText.duration(written.unusedFor()))
            .orElse(PolicyRules.LEGACY_UNUSED_FOR));
  }

  private static CertificateRule certificates(Optional<CredentialPolicySpec.Certificates> rule) {
    var keys = rule.map(CredentialPolicySpec.Certificates::keys);
    return new CertificateRule(
        rule.flatMap(written -> UntrustedText.duration(written.maxDuration())),
        rule.flatMap(written -> UntrustedText.duration(written.minRenewBefore())),
        IdentityReader.list(rule.map(CredentialPolicySpec.Certificates::allowedIssuers))
            .map(
                written ->
                    new CertificateRule.Allowed(
                        UntrustedText.present(written.group()).orElse(Issuer.GROUP),
                        UntrustedText.present(written.kind()).orElse(""),
                        UntrustedText.present(written.name())))
            .toList(),
        // One of a newer version, which comes as null, allows nothing.
        keys.map(CredentialPolicySpec.Keys::algorithms).stream()
            .flatMap(List::stream)
            .map(algorithm -> algorithm == null ? "unknown" : algorithm.name())
            .collect(Collectors.toSet()),
        bits(keys.map(CredentialPolicySpec.Keys::minRSA)),
        bits(keys.map(CredentialPolicySpec.Keys::minECDSA)));
  }

  private static OptionalInt bits(Optional<Integer> written) {
    return written.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private PolicyRulesReader() {}
}
