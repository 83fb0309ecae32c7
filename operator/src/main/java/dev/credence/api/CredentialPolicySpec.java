// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;

public record CredentialPolicySpec(
    @JsonPropertyDescription(
            "For each section, of the Enforce policies that match an identity and have the section, the one with the highest priority decides, then the first by name. Sections are never merged.")
        @Default("0")
        @Min(-1000000)
        @Max(1000000)
        Integer priority,
    @JsonPropertyDescription("The identities that the policy applies to. Left out or empty: all.")
        Match match,
    @JsonPropertyDescription(
            "Audit (default): the policy changes nothing; what it would do is reported in conditions and metrics. Enforce: its sections apply, and a broken rule makes the identity not Ready.")
        @Default("Audit")
        Enforcement enforcement,
    @JsonPropertyDescription("Who must answer for an identity.") OwnerRule owner,
    @JsonPropertyDescription(
            "Whether a user must approve what an identity requests before the operator creates or rotates anything for it.")
        Approval approval,
    @JsonPropertyDescription("How long an identity may exist, and what becomes of it then.")
        Lifetime lifetime,
    @JsonPropertyDescription("How often generated values are replaced, when and how.")
        PolicyRotation rotation,
    @JsonPropertyDescription("What tokens of ServiceAccounts may be asked for.") Tokens tokens,
    @JsonPropertyDescription(
            "What certificates must be like, linked ones and those that are issued for identities. Where the policy enforces, one that breaks a rule is not created.")
        Certificates certificates,
    @JsonPropertyDescription("Which rights of its accounts are reported.") Privileges privileges,
    @JsonPropertyDescription("What becomes of an identity that nobody uses.") Idle idle,
    @JsonPropertyDescription("How often somebody must confirm that an identity is still needed.")
        Review review,
    @JsonPropertyDescription(
            "What happens to ServiceAccounts that no identity claims, in the selected namespaces.")
        Discovery discovery,
    @JsonPropertyDescription("What the policy may do by itself, and how much of it.")
        Safety safety) {

  public enum Enforcement {
    Audit,
    Enforce
  }

  public record Match(
      @JsonPropertyDescription(
              "The namespaces whose identities are selected, by their labels. Left out or empty: all.")
          LabelSelector namespaceSelector,
      @JsonPropertyDescription(
              "The identities that are selected, by their labels. Left out or empty: all. Users who may write an identity can change its labels and leave the policy: select by namespaceSelector what no tenant is to leave.")
          LabelSelector identitySelector,
      @JsonPropertyDescription(
              "The types of identities that are selected. Left out or empty: all. Users who may write an identity can change its type and leave the policy.")
          @Size(max = 7)
          List<ActorType> types) {}

  public record Approval(
      @JsonPropertyDescription(
              "true: a user with the verb `approve` on machineidentities must approve the requested scope before the operator creates or rotates anything for the identity. Takes effect only where the policy enforces.")
          @Default("false")
          Boolean required) {}

  public enum OnExpiry {
    Report,
    Suspend
  }

  public record Discovery(
      @JsonPropertyDescription(
              "Disabled (default): nothing. Report: the operator counts and lists them. Register: the operator also creates a MachineIdentity for each, which a user adopts.")
          @Default("Disabled")
          DiscoveryMode mode) {}

  public enum DiscoveryMode {
    Disabled,
    Report,
    Register
  }

  public enum Action {
    Report,
    Suspend
  }

  @ValidationRule(
      value =
          "!has(self.unusedFor) || !self.unusedFor.matches('"
              + Form.DURATION
              + "') || duration(self.unusedFor) >= duration('10s')",
      message = "`unusedFor` must be at least 10s",
      fieldPath = ".unusedFor")
  public record Idle(
      @JsonPropertyDescription(
              "How long without any sign of use until an identity counts as idle: 2160h is 90 days. Use of tokens is known to the day.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String unusedFor,
      @JsonPropertyDescription(
              "Report (default): it is shown. Suspend: it is taken out of service, where the policy enforces.")
          @Default("Report")
          Action onIdle) {}

  @ValidationRule(
      value =
          "!has(self.interval) || !self.interval.matches('"
              + Form.DURATION
              + "') || duration(self.interval) >= duration('10s')",
      message = "`interval` must be at least 10s",
      fieldPath = ".interval")
  public record Review(
      @JsonPropertyDescription(
              "How long a review counts, or an identity's creation before the first: 2160h is 90 days.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String interval,
      @JsonPropertyDescription(
              "Report (default): it is shown. Suspend: it is taken out of service, where the policy enforces.")
          @Default("Report")
          Action onOverdue) {}

  public record Privileges(
      @JsonPropertyDescription(
              "From which severity on a finding breaks the policy: Low, Medium, High or Critical. All are listed.")
          @Default("Medium")
          Severity minSeverity,
      @JsonPropertyDescription("Findings that are accepted, each for a reason and a time.")
          @Size(max = 64)
          List<RiskException> exceptions) {}

  public enum Severity {
    Low,
    Medium,
    High,
    Critical
  }

  public record RiskException(
      @JsonPropertyDescription("The rule whose findings are accepted, as in the reference.")
          @Required
          @Size(min = 1, max = 63)
          String rule,
      @JsonPropertyDescription("Why.") @Required @Size(min = 1, max = 1024) @Pattern(Form.LINE)
          String reason,
      @JsonPropertyDescription("Until when it holds. Left out: until it is taken away.")
          Instant expirationTime) {}

  public record Safety(
      @JsonPropertyDescription(
              "How many identities the policy suspends by itself within an hour. The rest waits and says so. 0: none. What people ask for is not counted.")
          @Default("5")
          @Min(0)
          @Max(10000)
          Integer maxSuspensionsPerHour) {}

  public record OwnerRule(
      @JsonPropertyDescription("Whether an identity must name an owner.") @Default("false")
          Boolean required,
      @JsonPropertyDescription(
              "What a contact and a backup must look like: a regular expression (RE2) for the whole value, like [^@ ]+@example\\.com")
          @Size(min = 1, max = 512)
          String contactPattern,
      @JsonPropertyDescription("Whether a backup must be named too.") @Default("false")
          Boolean backupRequired) {}

  @ValidationRule(
      value =
          "!has(self.max) || !self.max.matches('"
              + Form.DURATION
              + "') || duration(self.max) >= duration('10s')",
      message = "`max` must be at least 10s",
      fieldPath = ".max")
  @ValidationRule(
      value =
          "!has(self.decommissionAfter) || !self.decommissionAfter.matches('"
              + Form.DURATION
              + "') || duration(self.decommissionAfter) >= duration('10s')",
      message = "`decommissionAfter` must be at least 10s",
      fieldPath = ".decommissionAfter")
  @ValidationRule(
      value = "!has(self.decommissionAfter) || (has(self.onExpiry) && self.onExpiry == 'Suspend')",
      message = "`decommissionAfter` needs `onExpiry: Suspend`",
      fieldPath = ".decommissionAfter")
  public record Lifetime(
      @JsonPropertyDescription(
              "How long after its creation an identity ends at the latest: 8760h is a year.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String max,
      @JsonPropertyDescription(
              "How long before its end an identity is shown as Expiring, with an Event at each. Default 720h, 168h, 24h.")
          @Size(max = 8)
          List<@Size(max = 24) @Pattern(Form.DURATION) String> warnBefore,
      @JsonPropertyDescription(
              "What becomes of an identity that has ended. Report (default): it is shown. Suspend: it is taken out of service, where the policy enforces.")
          @Default("Report")
          OnExpiry onExpiry,
      @JsonPropertyDescription(
              "How long an identity stays suspended after its end before it is decommissioned, which is final: 336h. Left out: for ever.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String decommissionAfter) {}

  @ValidationRule(
      value = "!(has(self.interval) && has(self.schedule))",
      message = "`interval` may not be specified when `schedule` is set")
  @ValidationRule(
      value = "!has(self.timeZone) || has(self.schedule)",
      message = "`timeZone` needs `schedule`")
  @ValidationRule(
      value = Rotation.INTERVAL_AT_LEAST,
      message = Rotation.INTERVAL_AT_LEAST_SAYS,
      fieldPath = ".interval")
  @ValidationRule(
      value = Rotation.OVERLAP_SHORTER,
      message = Rotation.OVERLAP_SHORTER_SAYS,
      fieldPath = ".overlap")
  @ValidationRule(
      value =
          "!has(self.interval) || !has(self.maxInterval) || !self.interval.matches('"
              + Form.DURATION
              + "') || !self.maxInterval.matches('"
              + Form.DURATION
              + "') || duration(self.interval) <= duration(self.maxInterval)",
      message = "`interval` must not be longer than `maxInterval`",
      fieldPath = ".interval")
  @ValidationRule(
      value =
          "!has(self.maxInterval) || !self.maxInterval.matches('"
              + Form.DURATION
              + "') || duration(self.maxInterval) >= duration('10s')",
      message = "`maxInterval` must be at least 10s",
      fieldPath = ".maxInterval")
  @ValidationRule(
      value =
          "!has(self.overlap) || !has(self.maxOverlap) || !self.overlap.matches('"
              + Form.DURATION
              + "') || !self.maxOverlap.matches('"
              + Form.DURATION
              + "') || duration(self.overlap) <= duration(self.maxOverlap)",
      message = "`maxOverlap` must not be shorter than `overlap`",
      fieldPath = ".maxOverlap")
  public record PolicyRotation(
      @JsonPropertyDescription(
              "How long a value lives before the next one, for identities that say nothing: 720h. Left out (and no schedule): nothing is rotated unless the identity asks for it.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String interval,
      @JsonPropertyDescription(
              "When values are replaced, as five fields of cron with the grammar of a Kubernetes CronJob: `0 2 1 * *` is the first of each month at two. Sunday is 0.")
          @Size(max = 128)
          @Pattern(Form.CRON)
          String schedule,
      @JsonPropertyDescription(
              "The time zone of `schedule`, by its name in the IANA database such as Europe/Berlin; UTC where it is left out.")
          @Size(max = 64)
          @Pattern(Form.ZONE)
          String timeZone,
      @JsonPropertyDescription(
              "The longest life of a value that an identity may ask for. Where it asks for more, or for a schedule with longer gaps, this holds.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxInterval,
      @JsonPropertyDescription(
              "How long the old value stays readable as `<key>.previous` beside the new one. Default 24h, at most half of `interval`.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String overlap,
      @JsonPropertyDescription(
              "How long the old value stays at most, counted from the new one, while it waits for consumers that have not moved. Default 168h, or until the next value is due.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxOverlap,
      @JsonPropertyDescription(
              "What happens to the old value at the end of `maxOverlap` while consumers still use it. Retire (default): it is removed, and the consumers are reported as left behind. Keep: it stays valid until they have moved, which is reported, and the next value waits for that. A token that expires and a value that is revoked are never kept.")
          @Default("Retire")
          OnConsumersPending onConsumersPending,
      @JsonPropertyDescription(
              "When a rotation may begin. None: at any time. What has begun is carried through.")
          @Size(max = 16)
          List<Window> windows,
      @JsonPropertyDescription("How consumers are brought to read a new value.") Restart restart,
      @JsonPropertyDescription(
              "After how many failed attempts of its hooks a new value is given up: the credential is then Blocked, and the old value stays in force.")
          @Default("5")
          @Min(1)
          @Max(20)
          Integer maxAttempts) {}

  public enum OnConsumersPending {
    Retire,
    Keep
  }

  @ValidationRule(
      value =
          "!self.duration.matches('"
              + Form.DURATION
              + "') || (duration(self.duration) >= duration('1s') && duration(self.duration) <= duration('168h'))",
      message = "`duration` must be between 1s and 168h",
      fieldPath = ".duration")
  public record Window(
      @JsonPropertyDescription(
              "When the window opens, as five fields of cron with the grammar of a Kubernetes CronJob: `0 22 * * 1-5` is ten at night on working days. Sunday is 0.")
          @Required
          @Size(max = 128)
          @Pattern(Form.CRON)
          String schedule,
      @JsonPropertyDescription(
              "How long it stays open: 6h. Across midnight and changes of the clock it stays open this long.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String duration,
      @JsonPropertyDescription(
              "The time zone of `schedule`, by its name in the IANA database such as Europe/Berlin; UTC where it is left out.")
          @Size(max = 64)
          @Pattern(Form.ZONE)
          String timeZone) {}

  @ValidationRule(
      value =
          "!has(self.timeout) || !self.timeout.matches('"
              + Form.DURATION
              + "') || duration(self.timeout) >= duration('10s')",
      message = "`timeout` must be at least 10s",
      fieldPath = ".timeout")
  public record Restart(
      @JsonPropertyDescription(
              "None (default): consumers read the new value by themselves. Rollout: an annotation on the pod template of Deployments, StatefulSets and DaemonSets that use the Secret, spec.restartAt of Argo Rollouts; pods of other controllers are evicted. Evict: all of them are evicted, and nothing that Git declares is changed. One pod of a controller is evicted at a time, as far as PodDisruptionBudgets allow it.")
          @Default("None")
          Strategy strategy,
      @JsonPropertyDescription("How many workloads are restarted at once.")
          @Default("1")
          @Min(1)
          @Max(100)
          Integer maxParallel,
      @JsonPropertyDescription(
              "How long a restarted workload may take before it is reported as stuck; the others then wait for it. Also how long a workload that is not fully available for a reason of its own is waited for before it is restarted all the same, or reported. Default 10m.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String timeout) {}

  public enum Strategy {
    None,
    Rollout,
    Evict
  }

  @ValidationRule(
      value =
          "!has(self.maxLifetime) || !self.maxLifetime.matches('"
              + Form.DURATION
              + "') || duration(self.maxLifetime) >= duration('10m')",
      message = "`maxLifetime` must be at least 10m",
      fieldPath = ".maxLifetime")
  public record Tokens(
      @JsonPropertyDescription(
              "The longest life of a token that an identity may ask for: 24h. Where it asks for more, this holds.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxLifetime,
      @JsonPropertyDescription("Secrets with a ServiceAccount token that never expires.")
          LegacyTokens legacy) {}

  public record LegacyTokens(
      @JsonPropertyDescription(
              "How long such a token must not have been used before it counts as unused: 2160h (default) is 90 days.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String unusedFor,
      @JsonPropertyDescription(
              "Ignore: nothing. Report (default): an unused token violates the policy. Invalidate: the API server rejects an unused token from then on, where the policy enforces; the operator can make it valid again.")
          @Default("Report")
          OnUnused onUnused) {}

  @ValidationRule(
      value =
          "!has(self.maxDuration) || !self.maxDuration.matches('"
              + Form.DURATION
              + "') || duration(self.maxDuration) >= duration('1h')",
      message = "`maxDuration` must be at least 1h: cert-manager issues no shorter ones",
      fieldPath = ".maxDuration")
  @ValidationRule(
      value =
          "!has(self.minRenewBefore) || !self.minRenewBefore.matches('"
              + Form.DURATION
              + "') || duration(self.minRenewBefore) >= duration('5m')",
      message = "`minRenewBefore` must be at least 5m",
      fieldPath = ".minRenewBefore")
  @ValidationRule(
      value =
          "!has(self.minRenewBefore) || !has(self.maxDuration) || !self.minRenewBefore.matches('"
              + Form.DURATION
              + "') || !self.maxDuration.matches('"
              + Form.DURATION
              + "') || duration(self.minRenewBefore) < duration(self.maxDuration)",
      message = "`minRenewBefore` must be shorter than `maxDuration`: no certificate could be both",
      fieldPath = ".minRenewBefore")
  public record Certificates(
      @JsonPropertyDescription(
              "The longest `duration` that may be asked for: 2160h is 90 days, which is cert-manager's default too.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxDuration,
      @JsonPropertyDescription(
              "How long before its end a certificate is renewed at the latest: 360h. cert-manager's default is a third of its life.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String minRenewBefore,
      @JsonPropertyDescription("The issuers that may sign. Left out or empty: all. At most 32.")
          @Size(max = 32)
          List<AllowedIssuer> allowedIssuers,
      @JsonPropertyDescription("What the private keys must be like.") Keys keys) {}

  public record AllowedIssuer(
      @JsonPropertyDescription("The API group of the issuer. Left out: cert-manager.io.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String group,
      @JsonPropertyDescription(
              "The kind of the issuer: ClusterIssuer, Issuer, or a kind of `group`. An Issuer of the name may be in any namespace.")
          @Required
          @Size(min = 1, max = 63)
          @Pattern(Form.KIND)
          String kind,
      @JsonPropertyDescription("The name of the issuer. Left out: every one of the kind.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String name) {}

  public record Keys(
      @JsonPropertyDescription("The algorithms that are allowed. Left out or empty: all.")
          @Size(max = 3)
          List<CertificateMember.Algorithm> algorithms,
      @JsonPropertyDescription("How many bits an RSA key has at least: 3072.") @Min(2048) @Max(8192)
          Integer minRSA,
      @JsonPropertyDescription("How many bits an ECDSA key has at least: 256, 384 or 521.")
          @Min(256)
          @Max(521)
          Integer minECDSA) {}

  public enum OnUnused {
    Ignore,
    Report,
    Invalidate
  }
}
