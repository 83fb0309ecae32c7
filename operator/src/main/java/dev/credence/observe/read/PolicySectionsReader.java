// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.Action;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.policy.Certificates;
import dev.credence.facts.policy.ExpectedNetworks;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.PolicySections.Approval;
import dev.credence.facts.policy.PolicySections.Behavior;
import dev.credence.facts.policy.PolicySections.Discovery;
import dev.credence.facts.policy.PolicySections.Exemption;
import dev.credence.facts.policy.PolicySections.Idle;
import dev.credence.facts.policy.PolicySections.Legacy;
import dev.credence.facts.policy.PolicySections.Lifetime;
import dev.credence.facts.policy.PolicySections.OnOdd;
import dev.credence.facts.policy.PolicySections.Owner;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.policy.PolicySections.Review;
import dev.credence.facts.policy.PolicySections.Rotation;
import dev.credence.facts.policy.PolicySections.Safety;
import dev.credence.facts.policy.PolicySections.Tokens;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.text.ContactPattern;
import dev.credence.raw.UntrustedText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// The sections of a CredentialPolicy, as facts. A section is there where its author wrote it: the
/// defaults of the schema inside a section never make one.
final class PolicySectionsReader {

  static PolicySections of(Optional<CredentialPolicySpec> spec) {
    return new PolicySections(
        spec.map(CredentialPolicySpec::owner).map(PolicySectionsReader::owner),
        spec.map(CredentialPolicySpec::approval)
            .map(written -> new Approval(Objects.requireNonNullElse(written.required(), false))),
        spec.map(CredentialPolicySpec::lifetime).map(PolicySectionsReader::lifetime),
        spec.map(CredentialPolicySpec::rotation).map(PolicySectionsReader::rotation),
        spec.map(CredentialPolicySpec::tokens).map(PolicySectionsReader::tokens),
        spec.map(CredentialPolicySpec::certificates).map(PolicySectionsReader::certificates),
        spec.map(CredentialPolicySpec::privileges).map(PolicySectionsReader::privileges),
        spec.map(CredentialPolicySpec::idle).map(PolicySectionsReader::idle),
        spec.map(CredentialPolicySpec::behavior).map(PolicySectionsReader::behavior),
        spec.map(CredentialPolicySpec::review).map(PolicySectionsReader::review),
        spec.map(CredentialPolicySpec::discovery)
            .map(
                written ->
                    written.mode() == null
                        ? Discovery.Disabled
                        : Discovery.valueOf(written.mode().name())),
        spec.map(CredentialPolicySpec::safety).map(PolicySectionsReader::safety));
  }

  private static Owner owner(CredentialPolicySpec.OwnerRule written) {
    return new Owner(
        Objects.requireNonNullElse(written.required(), false),
        Optional.ofNullable(written.contactPattern()).map(ContactPattern::of),
        Objects.requireNonNullElse(written.backupRequired(), false));
  }

  private static Lifetime lifetime(CredentialPolicySpec.Lifetime written) {
    return new Lifetime(
        UntrustedText.duration(written.max()),
        Optional.ofNullable(written.warnBefore())
            .map(PolicySectionsReader::durations)
            .orElse(Lifetime.WARN_BEFORE),
        written.onExpiry() == CredentialPolicySpec.OnExpiry.Suspend,
        UntrustedText.duration(written.decommissionAfter()));
  }

  /// An empty list is an answer too: no warnings.
  private static List<Duration> durations(List<String> texts) {
    return texts.stream().flatMap(text -> UntrustedText.duration(text).stream()).toList();
  }

  private static Rotation rotation(CredentialPolicySpec.PolicyRotation written) {
    return new Rotation(
        new RotationRule(
            TimingReader.of(written.interval(), written.schedule(), written.timeZone()),
            UntrustedText.duration(written.overlap()),
            UntrustedText.duration(written.maxInterval())),
        RotationProcedureReader.of(Optional.of(written)));
  }

  private static Idle idle(CredentialPolicySpec.Idle written) {
    return new Idle(
        UntrustedText.duration(written.unusedFor()), written.onIdle() == Action.Suspend);
  }

  /// An action of a newer version, which comes as null, is the default.
  private static Behavior behavior(CredentialPolicySpec.Behavior written) {
    return new Behavior(
        UntrustedText.duration(written.learningTime()).orElse(Behavior.DEFAULT.learningTime()),
        ExpectedNetworks.of(IdentityReader.list(Optional.ofNullable(written.networks())).toList()),
        IdentityReader.list(Optional.ofNullable(written.ignore()))
            .map(Enum::name)
            .collect(Collectors.toSet()),
        Objects.requireNonNullElse(written.rateFactor(), Behavior.DEFAULT.rateFactor()),
        written.onOdd() == null ? OnOdd.Report : OnOdd.valueOf(written.onOdd().name()));
  }

  private static Review review(CredentialPolicySpec.Review written) {
    return new Review(
        UntrustedText.duration(written.interval()), written.onOverdue() == Action.Suspend);
  }

  private static Safety safety(CredentialPolicySpec.Safety written) {
    return written.maxSuspensionsPerHour() == null
        ? Safety.DEFAULT
        : new Safety(written.maxSuspensionsPerHour());
  }

  /// A severity of a newer version, which comes as null, is taken for the default.
  private static Privileges privileges(CredentialPolicySpec.Privileges written) {
    return new Privileges(
        written.minSeverity() == null
            ? Severity.Medium
            : Severity.valueOf(written.minSeverity().name()),
        IdentityReader.list(Optional.ofNullable(written.exceptions()))
            .filter(exception -> exception.rule() != null)
            .map(
                exception ->
                    new Exemption(
                        exception.rule(),
                        UntrustedText.present(exception.reason()).orElse(""),
                        Optional.ofNullable(exception.expirationTime())))
            .toList(),
        UntrustedText.duration(written.unusedFor())
            .filter(_ -> written.onUnused() != CredentialPolicySpec.OnUnusedRights.Ignore));
  }

  private static Tokens tokens(CredentialPolicySpec.Tokens written) {
    var legacy = Optional.ofNullable(written.legacy());
    return new Tokens(
        UntrustedText.duration(written.maxLifetime()),
        legacy
            .map(CredentialPolicySpec.LegacyTokens::onUnused)
            .map(action -> Legacy.valueOf(action.name()))
            .orElse(Legacy.Report),
        legacy
            .flatMap(tokens -> UntrustedText.duration(tokens.unusedFor()))
            .orElse(Tokens.UNUSED_FOR));
  }

  private static Certificates certificates(CredentialPolicySpec.Certificates rule) {
    var keys = Optional.ofNullable(rule.keys());
    return new Certificates(
        UntrustedText.duration(rule.maxDuration()),
        UntrustedText.duration(rule.minRenewBefore()),
        IdentityReader.list(Optional.ofNullable(rule.allowedIssuers()))
            .map(
                written ->
                    new Certificates.Allowed(
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

  private PolicySectionsReader() {}
}
